package api

// ArchiveEntry is a file or folder below the folder that is archived; `.` is that folder.
type ArchiveEntry struct {
	Path   string `json:"path"`
	Folder bool   `json:"folder"`
	// Mode are the permission bits as the file system has them.
	Mode int64 `json:"mode"`
}

// ArchiveRequest asks which entries are kept when Contents is absent, and for their archive when it is there.
type ArchiveRequest struct {
	Entries []ArchiveEntry `json:"entries"`
	// Ignore are patterns as .gitignore has them.
	Ignore []string `json:"ignore"`
	// Contents has one element for each entry; those of folders are empty.
	Contents [][]byte `json:"contents"`
}

// ArchiveResult is the answer to an ArchiveRequest.
type ArchiveResult struct {
	Kept    []int  `json:"kept,omitempty"`
	Archive []byte `json:"archive,omitempty"`
	// DiffID is the digest of the archive before it is compressed.
	DiffID  string `json:"diffId,omitempty"`
	Failure string `json:"failure,omitempty"`
}

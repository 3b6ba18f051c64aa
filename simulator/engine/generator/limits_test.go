package generator

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

// generate builds with one source, `repo`, of the given files.
func generate(content map[string][]byte, spec string) *api.GeneratorResult {
	store := memfs.NewStore()
	for name, data := range content {
		store.Ensure("r1").Put(name, data)
	}
	raw := []byte(`{"spec": {"sources": [{"alias": "repo"}], ` + spec + `}}`)
	return Build(store, &api.GeneratorRequest{Generator: raw, Sources: []api.GeneratorSource{{Alias: "repo", Artifact: "r1", Revision: "1"}}})
}

func expectLimit(t *testing.T, got *api.GeneratorResult, message string) {
	t.Helper()
	if got.Failure == nil || got.Failure.Stage != api.StageEngine || got.Failure.Cause != api.CauseLimit || !strings.Contains(got.Failure.Message, message) {
		t.Errorf("got %+v", got.Failure)
	}
	if len(got.Artifacts) != 0 {
		t.Errorf("%d artifacts beside the failure", len(got.Artifacts))
	}
}

func expectFailure(t *testing.T, got *api.GeneratorResult, message string) {
	t.Helper()
	if got.Failure == nil || !strings.Contains(got.Failure.Message, message) {
		t.Errorf("got %+v", got.Failure)
	}
}

// folders has so many of them, with a file in each.
func folders(count int) map[string][]byte {
	content := map[string][]byte{}
	for i := range count {
		content[fmt.Sprintf("apps/a%d/x", i)] = nil
	}
	return content
}

func TestArtifactsAreLimited(t *testing.T) {
	spec := `"pathPattern": "@repo/apps/{app}", "artifacts": [{"name": "{app}", "copy": []}]`
	if got := generate(folders(maxArtifacts), spec); got.Failure != nil || len(got.Artifacts) != maxArtifacts {
		t.Errorf("%d artifacts, %+v", len(got.Artifacts), got.Failure)
	}
	expectLimit(t, generate(folders(maxArtifacts+1), spec), "more than 5000 artifacts")
}

func TestFilesAreLimited(t *testing.T) {
	content := folders(501)
	for i := range 1000 {
		content[fmt.Sprintf("many/%d", i)] = nil
	}
	spec := `"pathPattern": "@repo/apps/{app}", "artifacts": [{"name": "{app}", "copy": [{"from": "@repo/many", "to": "@artifact/"}]}]`
	expectLimit(t, generate(content, spec), "more than 500000 files")
}

// extracting makes one artifact out of so many copies of an archive.
func extracting(name string, times int) string {
	copies := make([]string, 0, times)
	for i := range times {
		copies = append(copies, fmt.Sprintf(`{"from": "@repo/%s", "to": "@artifact/%d/", "strategy": "Extract"}`, name, i))
	}
	return `"artifacts": [{"name": "out", "copy": [` + strings.Join(copies, ",") + `]}]`
}

func packed(t *testing.T, write func(*tar.Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	writer := tar.NewWriter(zipped)
	for _, err := range []error{write(writer), writer.Close(), zipped.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func zeros(size int) func(*tar.Writer) error {
	return func(writer *tar.Writer) error {
		if err := writer.WriteHeader(&tar.Header{Name: "zeros", Size: int64(size), Mode: 0o644}); err != nil {
			return err
		}
		_, err := writer.Write(make([]byte, size))
		return err
	}
}

func TestContentIsLimited(t *testing.T) {
	content := map[string][]byte{"x.tgz": packed(t, zeros(60<<20))}
	expectLimit(t, generate(content, extracting("x.tgz", 5)), "more than 256 MiB")
}

func TestOneArchiveIsLimited(t *testing.T) {
	content := map[string][]byte{"x.tgz": packed(t, zeros(maxUntar+1))}
	expectFailure(t, generate(content, extracting("x.tgz", 1)), "bigger than max archive size")
}

// Entries without content count for nothing, and are read all the same.
func TestEntriesWithoutContentAreLimited(t *testing.T) {
	content := map[string][]byte{"x.tgz": packed(t, func(writer *tar.Writer) error {
		header := &tar.Header{Name: "d/", Typeflag: tar.TypeDir, Mode: 0o755}
		for range maxUnzipped / 512 {
			if err := writer.WriteHeader(header); err != nil {
				return err
			}
		}
		return zeros(1)(writer)
	})}
	expectLimit(t, generate(content, extracting("x.tgz", 1)), "unpacking gives more than 150 MiB")
}

func TestEntriesThatAreNoFiles(t *testing.T) {
	for name, kind := range map[string]byte{"a device": tar.TypeChar, "a pipe": tar.TypeFifo} {
		t.Run(name, func(t *testing.T) {
			content := map[string][]byte{"x.tgz": packed(t, func(writer *tar.Writer) error {
				return writer.WriteHeader(&tar.Header{Name: "it", Typeflag: kind, Mode: 0o644})
			})}
			expectFailure(t, generate(content, extracting("x.tgz", 1)), "unsupported file type")
		})
	}
}

func TestTargetsStayInside(t *testing.T) {
	content := map[string][]byte{"x.tgz": packed(t, zeros(1)), "folder/y": nil}
	for _, operation := range []string{
		`{"from": "@repo/x.tgz", "to": "@artifact/../../out/", "strategy": "Extract"}`,
		`{"from": "@repo/folder", "to": "@artifact/../out/"}`,
		`{"from": "@repo/folder/**", "to": "@artifact/../out/"}`,
		`{"from": "@repo/folder/y", "to": "@artifact/../y"}`,
		`{"from": "@repo/folder/y", "to": "@artifact/../y", "strategy": "Merge"}`,
	} {
		expectFailure(t, generate(content, `"artifacts": [{"name": "out", "copy": [`+operation+`]}]`), "escapes from parent")
	}
}

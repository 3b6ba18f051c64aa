// Package remote answers kustomize's wish for a Git clone or an HTTP file from what the host has fetched.
// The overlaid files of kustomize's loader call it; an engine runs one build at a time, so one session is current.
package remote

import "fmt"

// Session is the view of one build on the remotes.
type Session interface {
	// Git returns the absolute folder that shows the repository, or the error of the clone.
	Git(url, ref string, submodules bool) (folder string, err error)
	// HTTP returns the content at url, a status other than 200, or the error of the connection.
	HTTP(url string) (content []byte, status int, err error)
}

// Current is the session of the running build.
var Current Session

// Git asks the running build for a clone.
func Git(url, ref string, submodules bool) (string, error) {
	if Current == nil {
		return "", fmt.Errorf("no build is running that could fetch %s", url)
	}
	return Current.Git(url, ref, submodules)
}

// HTTP asks the running build for a file.
func HTTP(url string) ([]byte, int, error) {
	if Current == nil {
		return nil, 0, fmt.Errorf("no build is running that could fetch %s", url)
	}
	return Current.HTTP(url)
}

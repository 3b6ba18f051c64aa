package images

import (
	"strings"
	"testing"

	"sluice.dev/engine/api"
)

func TestWrittenFilesAreLimited(t *testing.T) {
	text := "image: repo/app:v1.0.0 # {\"$imagepolicy\": \"flux-system:app\"}\nrest: " + strings.Repeat("x", maxChanged/2) + "\n"
	if got := updated(t, map[string]string{"a.yaml": text}, "."); got.Failure != nil || len(got.Files) != 1 {
		t.Errorf("%d files, %+v", len(got.Files), got.Failure)
	}
	got := updated(t, map[string]string{"a.yaml": text, "b.yaml": text}, ".")
	if got.Failure == nil || got.Failure.Stage != api.StageEngine || got.Failure.Cause != api.CauseLimit || len(got.Files) != 0 {
		t.Errorf("%d files, %+v", len(got.Files), got.Failure)
	}
}

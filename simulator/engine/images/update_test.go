package images

import (
	"strings"
	"testing"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

const deployment = `# The app.
apiVersion: apps/v1
kind: Deployment
metadata:
    name: app
    namespace: web
spec:
    template:
        spec:
            containers:
            - name: app
              image: repo/app:v1.0.0 # {"$imagepolicy": "flux-system:app"}
            - name: other
              image: repo/other:1.0 # {"$imagepolicy": "flux-system:unknown"}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: values
data:
  list:
    - a
  tag: v1.0.0 # {"$imagepolicy": "flux-system:app:tag"}
  image: repo/app # {"$imagepolicy": "flux-system:app:name"}
  digest: "" # {"$imagepolicy": "flux-system:app:digest"}
  numeric: '1.1' # {"$imagepolicy": "flux-system:number:tag"}
`

func updated(t *testing.T, files map[string]string, at string) *api.ImageUpdateResult {
	t.Helper()
	store := memfs.NewStore()
	tree := store.Ensure("repo")
	for name, text := range files {
		tree.Put(name, []byte(text))
	}
	return Update(store, &api.ImageUpdateRequest{Artifact: "repo", Path: at, Policies: []api.PolicyImage{
		{Namespace: "flux-system", Name: "app", Image: "repo/app", Tag: "v1.1.0", Digest: "sha256:00"},
		{Namespace: "flux-system", Name: "number", Image: "repo/number", Tag: "1.20"},
	}})
}

func TestUpdate(t *testing.T) {
	got := updated(t, map[string]string{
		"apps/deployment.yaml": deployment,
		"apps/plain.yaml":      "a: b\n",
		"apps/broken.yaml":     "a: [ # {\"$imagepolicy\": \"flux-system:app\"}\n",
		"apps/chart/x.tpl":     `image: x # {"$imagepolicy": "flux-system:app"}`,
		"Kustomization":        `newTag: old # {"$imagepolicy": "flux-system:app:tag"}`,
	}, "apps")
	if got.Failure != nil || len(got.Files) != 1 || got.Files[0].Path != "apps/deployment.yaml" {
		t.Fatalf("%+v", got)
	}
	want := strings.NewReplacer(
		"    name: app\n    namespace", "  name: app\n  namespace",
		"    template:\n        spec:\n            containers:\n            - name: app\n              image: repo/app:v1.0.0",
		"  template:\n    spec:\n      containers:\n      - name: app\n        image: repo/app:v1.1.0@sha256:00",
		"            - name: other\n              image", "      - name: other\n        image",
		"tag: v1.0.0", "tag: v1.1.0", `digest: ""`, `digest: "sha256:00"`, "'1.1'", "'1.20'",
	).Replace(deployment)
	if got.Files[0].Text != want {
		t.Errorf("got\n%s\nwant\n%s", got.Files[0].Text, want)
	}
	var changes []string
	for _, change := range got.Changes {
		changes = append(changes, change.Object+" "+change.Setter+" "+change.Before+"→"+change.After)
	}
	if text := strings.Join(changes, "\n"); text != `Deployment/web/app flux-system:app repo/app:v1.0.0→repo/app:v1.1.0@sha256:00
ConfigMap//values flux-system:app:tag v1.0.0→v1.1.0
ConfigMap//values flux-system:app:digest →sha256:00
ConfigMap//values flux-system:number:tag 1.1→1.20` {
		t.Errorf("changes:\n%s", text)
	}
	if reads := strings.Join(got.Reads.Listings, " "); reads != "repo/apps/ repo/apps/chart/" {
		t.Errorf("listings %q", reads)
	}
}

func TestUpdateOfOneFile(t *testing.T) {
	got := updated(t, map[string]string{"a/Kustomization": `newTag: old # {"$imagepolicy": "flux-system:app:tag"}`, "b.yaml": deployment}, "./a/Kustomization")
	if len(got.Files) != 1 || got.Files[0].Text != "newTag: v1.1.0 # {\"$imagepolicy\": \"flux-system:app:tag\"}\n" {
		t.Errorf("%+v", got.Files)
	}
}

func TestUpdateWhereNothingIs(t *testing.T) {
	got := updated(t, map[string]string{"a.yaml": "a: b"}, "absent")
	if got.Failure == nil || !strings.Contains(got.Failure.Message, "no such file") || len(got.Reads.Absent) != 1 {
		t.Errorf("%+v %+v", got.Failure, got.Reads)
	}
	if got = updated(t, map[string]string{"a.yaml": "a: b"}, "../../.."); got.Failure != nil {
		t.Errorf("a path that climbs stays inside: %+v", got.Failure)
	}
}

func TestUnchangedFilesAreNotWritten(t *testing.T) {
	current := `newTag:    v1.1.0 # {"$imagepolicy": "flux-system:app:tag"}`
	if got := updated(t, map[string]string{"a.yaml": current}, ""); len(got.Files) != 0 || len(got.Changes) != 0 {
		t.Errorf("%+v", got)
	}
}

package generator

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

// files of the source with alias `repo`; those of `other` have one file.
var files = map[string]string{
	"README.md": "readme", "apps/one/app.yaml": "one: 1", "apps/one/notes.md": "notes", "apps/Two/app.yaml": "two: 2",
	"apps/app.yaml": "apps", "config/values.yaml": "a: {b: 1, c: [1]}\n---\na: {d: 4}", "logo.png": "picture", "lib/deep/er/x.yaml": "x",
}

func build(t *testing.T, spec string) *api.GeneratorResult {
	t.Helper()
	store := memfs.NewStore()
	for name, text := range files {
		store.Ensure("r1").Put(name, []byte(text))
	}
	store.Ensure("r1").Put("dist/chart.tgz", archive(t, map[string]string{"chart/Chart.yaml": "name: x", "chart/values.yaml": "v"}))
	store.Ensure("r1").Put("dist/evil.tgz", archive(t, map[string]string{"../../etc/passwd": "x"}))
	store.Ensure("r1").Put("dist/link.tgz", archive(t, map[string]string{"link": "→/etc/passwd"}))
	store.Ensure("r2").Put("values.yaml", []byte("a: {c: [2, 3], e: 5}\n"))
	raw, err := yaml.YAMLToJSON([]byte("spec:\n  sources: [{alias: repo}, {alias: other}]\n  " + strings.ReplaceAll(strings.TrimSpace(spec), "\n", "\n  ")))
	if err != nil {
		t.Fatal(err)
	}
	return Build(store, &api.GeneratorRequest{Generator: raw, Sources: []api.GeneratorSource{
		{Alias: "repo", Artifact: "r1", Revision: "main@sha1:1"}, {Alias: "other", Artifact: "r2", Revision: "v2@sha256:2"},
	}})
}

func archive(t *testing.T, content map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	writer := tar.NewWriter(zipped)
	for name, text := range content {
		header := &tar.Header{Name: name, Size: int64(len(text)), Mode: 0o644}
		if target, isLink := strings.CutPrefix(text, "→"); isLink {
			header = &tar.Header{Name: name, Linkname: target, Typeflag: tar.TypeSymlink}
			text = ""
		}
		if writer.WriteHeader(header) != nil {
			t.Fatal("header")
		}
		_, _ = writer.Write([]byte(text))
	}
	_, _ = writer.Close(), zipped.Close()
	return out.Bytes()
}

// show lists the files of an artifact: `path=source` or `path:content`.
func show(artifact api.GeneratedArtifact) string {
	var list []string
	for _, file := range artifact.Files {
		if file.Content != nil {
			list = append(list, fmt.Sprintf("%s:%s", file.Path, *file.Content))
			continue
		}
		list = append(list, file.Path+"="+file.From)
	}
	return strings.Join(list, " ")
}

func TestCopies(t *testing.T) {
	cases := []struct{ name, operations, want string }{
		{"a file into a folder", `{from: "@repo/README.md", to: "@artifact/docs/"}`, "docs/README.md=r1/README.md"},
		{"a file under a name", `{from: "@repo/README.md", to: "@artifact/docs"}`, "docs=r1/README.md"},
		{"a file into a folder that is there", `{from: "@repo/apps/one/app.yaml", to: "@artifact/docs/"}, {from: "@repo/README.md", to: "@artifact/docs"}`,
			"docs/README.md=r1/README.md docs/app.yaml=r1/apps/one/app.yaml"},
		{"a folder keeps its name", `{from: "@repo/apps/one", to: "@artifact/x"}`, "x/one/app.yaml=r1/apps/one/app.yaml x/one/notes.md=r1/apps/one/notes.md"},
		{"the content of a folder", `{from: "@repo/apps/one/**", to: "@artifact/x/"}`, "x/app.yaml=r1/apps/one/app.yaml x/notes.md=r1/apps/one/notes.md"},
		{"a glob keeps the path", `{from: "@repo/apps/*/app.yaml", to: "@artifact/"}`, "apps/Two/app.yaml=r1/apps/Two/app.yaml apps/one/app.yaml=r1/apps/one/app.yaml"},
		{"two stars are one for copies", `{from: "@repo/lib/**/x.yaml", to: "@artifact/"}, {from: "@repo/README.md", to: "@artifact/"}`, ""},
		{"exclude by name and by path", `{from: "@repo/apps", to: "@artifact/", exclude: ["*.md", "Two/**", "apps/app.yaml"]}`, "apps/one/app.yaml=r1/apps/one/app.yaml"},
		{"what archives leave out", `{from: "@repo/*", to: "@artifact/", exclude: [apps, dist, config, lib]}`, "README.md=r1/README.md"},
		{"later wins", `{from: "@repo/README.md", to: "@artifact/a"}, {from: "@repo/apps/app.yaml", to: "@artifact/a"}`, "a=r1/apps/app.yaml"},
		{"merge", `{from: "@repo/config/values.yaml", to: "@artifact/v.yaml"}, {from: "@other/values.yaml", to: "@artifact/v.yaml", strategy: Merge}`,
			"v.yaml:a:\n  b: 1\n  c:\n  - 2\n  - 3\n  d: 4\n  e: 5\n"},
		{"merge with nothing is a copy", `{from: "@other/values.yaml", to: "@artifact/v.yaml", strategy: Merge}`, "v.yaml=r2/values.yaml"},
		{"extract", `{from: "@repo/dist/chart.tgz", to: "@artifact/charts/", strategy: Extract}`, "charts/chart/Chart.yaml:name: x charts/chart/values.yaml:v"},
		{"extract knows two stars", `{from: "@repo/**/c*.tgz", to: "@artifact/", strategy: Extract}`, "chart/Chart.yaml:name: x chart/values.yaml:v"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := build(t, "artifacts: [{name: out, copy: ["+c.operations+"]}]")
			if c.want == "" {
				if got.Failure == nil {
					t.Errorf("no failure")
				}
				return
			}
			if got.Failure != nil {
				t.Fatalf("%+v", got.Failure)
			}
			if text := show(got.Artifacts[0]); text != c.want {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	one := func(operation string) string { return "artifacts: [{name: out, copy: [" + operation + "]}]" }
	cases := []struct{ name, spec, reason, message string }{
		{"nothing matches", one(`{from: "@repo/x*", to: "@artifact/"}`), "BuildFailed", "no files match pattern 'x*' in source 'repo'"},
		{"everything is excluded", one(`{from: "@repo/*.md", to: "@artifact/", exclude: ["*"]}`), "BuildFailed", "were excluded"},
		{"no such file", one(`{from: "@repo/absent", to: "@artifact/"}`), "BuildFailed", "source 'absent' does not exist"},
		{"no such alias", one(`{from: "@none/x", to: "@artifact/"}`), "BuildFailed", "source alias 'none' not found"},
		{"a path that climbs out", one(`{from: "@repo/../x", to: "@artifact/"}`), "BuildFailed", "escapes from parent"},
		{"a target that climbs out", one(`{from: "@repo/README.md", to: "@artifact/../x"}`), "BuildFailed", "escapes from parent"},
		{"no target", one(`{from: "@repo/README.md", to: "x"}`), "BuildFailed", "destination must start with '@artifact/'"},
		{"broken exclude", one(`{from: "@repo/README.md", to: "@artifact/", exclude: ["["]}`), "BuildFailed", "invalid exclude pattern '['"},
		{"extract a folder", one(`{from: "@repo/apps", to: "@artifact/", strategy: Extract}`), "BuildFailed", "not supported for directories"},
		{"extract no archive", one(`{from: "@repo/README.md", to: "@artifact/", strategy: Extract}`), "BuildFailed", "requires tarball file"},
		{"an archive that climbs out", one(`{from: "@repo/dist/evil.tgz", to: "@artifact/", strategy: Extract}`), "BuildFailed", "invalid name error"},
		{"an archive with a link", one(`{from: "@repo/dist/link.tgz", to: "@artifact/", strategy: Extract}`), "BuildFailed", "is a symlink"},
		{"a file where a folder is", one(`{from: "@repo/apps", to: "@artifact/"}, {from: "@repo/README.md", to: "@artifact/apps/one/app.yaml/x"}`), "BuildFailed", "not a directory"},
		{"merge of a list", one(`{from: "@repo/README.md", to: "@artifact/a"}, {from: "@other/values.yaml", to: "@artifact/a", strategy: Merge}`), "BuildFailed", "cannot unmarshal YAML"},
		{"two of a name", "artifacts: [{name: a, copy: []}, {name: a, copy: []}]", "ValidationFailed", "duplicate artifact name 'a'"},
		{"a name that is none", "artifacts: [{name: A_, copy: []}]", "ValidationFailed", "not a valid Kubernetes object name"},
		{"revision of nobody", `artifacts: [{name: a, revision: "@x", copy: []}]`, "ValidationFailed", "revision source alias 'x' not found"},
		{"confused types", "artifacts: 7", "ValidationFailed", "is not valid"},
		{"pattern without source", "pathPattern: apps/{app}\nartifacts: []", "BuildFailed", "invalid pathPattern format"},
		{"capture twice", `pathPattern: "@repo/{a}/{a}"` + "\nartifacts: []", "BuildFailed", `duplicate capture variable "a"`},
		{"capture that is not closed", `pathPattern: "@repo/{a"` + "\nartifacts: []", "BuildFailed", "missing closing brace"},
		{"capture nobody defines", `pathPattern: "@repo/apps/{app}"` + "\nartifacts: [{name: 'x-{env}', copy: []}]", "BuildFailed", `"env" is not defined`},
		{"one name for two folders", `pathPattern: "@repo/apps/{app}"` + "\nartifacts: [{name: x, copy: []}]", "BuildFailed", "both resolve to artifact name"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := build(t, c.spec)
			if got.Failure == nil || got.Failure.Reason != c.reason || !strings.Contains(got.Failure.Message, c.message) {
				t.Errorf("got %+v", got.Failure)
			}
		})
	}
}

func TestPathPattern(t *testing.T) {
	got := build(t, `
pathPattern: "@repo/apps/{app}"
commonMetadata: {labels: {team: a}}
artifacts:
  - {name: "app-{app}", revision: "@repo", copy: [{from: "@repo/apps/{app}/**", to: "@artifact/{app}/", exclude: ["*.md"]}]}
`)
	if got.Failure != nil {
		t.Fatal(got.Failure.Message)
	}
	var list []string
	for _, artifact := range got.Artifacts {
		list = append(list, artifact.Name, artifact.Revision, artifact.Labels["app"], artifact.Labels["team"], show(artifact))
	}
	want := "app-two main@sha1:1 two a Two/app.yaml=r1/apps/Two/app.yaml app-one main@sha1:1 one a one/app.yaml=r1/apps/one/app.yaml"
	if text := strings.Join(list, " "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestRevisionFollowsContent(t *testing.T) {
	spec := `artifacts: [{name: out, copy: [{from: "@repo/README.md", to: "@artifact/"}]}]`
	before := build(t, spec).Artifacts[0].Revision
	files["README.md"] = "changed"
	defer func() { files["README.md"] = "readme" }()
	if after := build(t, spec).Artifacts[0].Revision; before == after || !strings.HasPrefix(after, "latest@sha256:") {
		t.Errorf("%s and %s", before, after)
	}
}

func TestReads(t *testing.T) {
	got := build(t, `artifacts: [{name: out, copy: [{from: "@repo/apps/*/app.yaml", to: "@artifact/"}]}]`)
	reads := strings.Join(got.Reads.Files, " ") + " | " + strings.Join(got.Reads.Listings, " ") + " | " + strings.Join(got.Reads.Absent, " ")
	if !strings.Contains(reads, "r1/apps/one/app.yaml") || !strings.Contains(reads, "r1/apps/ ") || strings.Contains(reads, "lib") {
		t.Errorf("reads %s", reads)
	}
}

func TestMissingSource(t *testing.T) {
	raw := []byte(`{"spec": {"sources": [{"alias": "a"}], "artifacts": []}}`)
	got := Build(memfs.NewStore(), &api.GeneratorRequest{Generator: raw})
	if got.Failure == nil || got.Failure.Reason != "SourceFetchFailed" {
		t.Errorf("%+v", got.Failure)
	}
}

func TestFolderOfASourceWithTheSameName(t *testing.T) {
	got := build(t, `artifacts: [{name: other, copy: [{from: "@repo/README.md", to: "@artifact/"}]}]`)
	if text := show(got.Artifacts[0]); text != "README.md=r1/README.md values.yaml=r2/values.yaml" {
		t.Errorf("got %s", text)
	}
}

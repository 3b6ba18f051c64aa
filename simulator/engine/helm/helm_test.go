package helm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"testing"

	"sluice.dev/engine/api"
)

func TestNondeterministicFunctions(t *testing.T) {
	calls := []string{
		`randAlphaNum 20`, `randAlpha 5`, `randNumeric 5`, `randAscii 9`, `randBytes 9`, `randInt 0 1000000`, `uuidv4`, `shuffle "abcdefghijklmnop"`,
		`now`, `now | date "2006-01-02 15:04"`, `date "2006" nil`, `ago (toDate "2006-01-02" "2020-01-01")`, `genPrivateKey "ed25519"`,
		`(genCA "ca" 365).Cert`, `(genSignedCert "a" nil nil 365 (genCA "ca" 365)).Key`, `bcrypt "x"`, `htpasswd "u" "p"`, `encryptAES "k" "secret text"`,
	}
	var data strings.Builder
	for i, call := range calls {
		data.WriteString("\n  k" + strings.Repeat("x", i) + ": {{ " + call + " | toString | quote }}")
	}
	files := map[string]string{"templates/a.yaml": configMap("a", data.String()), "templates/b.yaml": configMap("b", data.String())}
	first, second := render(t, files, `{}`), render(t, files, `{}`)
	if asText(t, first) != asText(t, second) {
		t.Error("two renders differ")
	}
	a, b := dataOf(t, first, "a"), dataOf(t, first, "b")
	if a["k"] == b["k"] || a["k"] == "" {
		t.Errorf("two files get the same random text: %v", a["k"])
	}
	if len(first.Warnings) != 1 || first.Warnings[0].Code != api.WarningNondeterministic || !strings.Contains(first.Warnings[0].Message, "genCA") {
		t.Errorf("warnings: %v", first.Warnings)
	}
	quiet := render(t, map[string]string{"templates/a.yaml": configMap("a", `k: {{ date "2006" 0 }}`)}, `{}`)
	if len(quiet.Warnings) > 0 || dataOf(t, quiet, "a")["k"] == nil {
		t.Errorf("a date that is given is no matter of time: %v", quiet.Warnings)
	}
}

func TestOrderOfKeys(t *testing.T) {
	files := map[string]string{
		"values.yaml":      "m: {z: 1, a: 2, m: 3, b: 4, w: 5}\n",
		"templates/a.yaml": configMap("a", `k: {{ keys .Values.m | join "," }} {{ values .Values.m | join "," }}`),
	}
	if got := dataOf(t, render(t, files, `{}`), "a")["k"]; got != "a,b,m,w,z 2,4,3,5,1" {
		t.Errorf("got %v", got)
	}
}

func TestLimits(t *testing.T) {
	for name, template := range map[string]string{
		"repeat":    `{{ repeat 1000000000 "x" }}`,
		"until":     `{{ until 1000000000 | len }}`,
		"seq":       `{{ seq 1000000000 }}`,
		"nindent":   `{{ nindent 1000000000 "x" }}`,
		"randBytes": `{{ randBytes 1000000000 }}`,
		"tpl":       `{{ define "x" }}{{ tpl "{{ include \"x\" . }}" . }}{{ end }}{{ include "x" . }}`,
		"output":    `{{ $x := repeat 30000000 "x" }}{{ range until 40 }}{{ $x }}{{ end }}`,
		"aliases":   aliasBomb(),
		"many":      `{{ range until 60000 }}` + "\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a{{ . }}}}" + `{{ end }}`,
	} {
		t.Run(name, func(t *testing.T) {
			result := render(t, map[string]string{"templates/a.yaml": template}, `{}`)
			if result.Failure == nil || result.Failure.Cause != api.CauseLimit || result.Failure.Stage != api.StageEngine {
				t.Errorf("got %+v with %d objects", result.Failure, len(result.Objects))
			}
		})
	}
	recursion := render(t, map[string]string{"templates/a.yaml": `{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`}, `{}`)
	if recursion.Failure == nil || !strings.Contains(recursion.Failure.Message, "nested reference name") {
		t.Errorf("got %+v", recursion.Failure)
	}
}

func aliasBomb() string {
	var text strings.Builder
	text.WriteString("{{ \"\" }}apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 9; i++ {
		last, next := string(rune('0'+i-1)), string(rune('0'+i))
		text.WriteString("a" + next + ": &a" + next + " [" + strings.Repeat("*a"+last+", ", 9) + "*a" + last + "]\n")
	}
	return text.String()
}

func TestArchives(t *testing.T) {
	good := pack(map[string]string{"demo/Chart.yaml": metadata, "demo/templates/a.yaml": configMap("a", "k: v")})
	if got := renderArchive(good); got.Failure != nil || len(got.Objects) != 1 {
		t.Fatalf("got %+v", got.Failure)
	}
	for name, archive := range map[string][]byte{
		"no archive":   []byte("hello"),
		"cut off":      good[:len(good)/2],
		"climbing":     pack(map[string]string{"demo/../../etc/passwd": "x", "demo/Chart.yaml": metadata}),
		"no chart":     pack(map[string]string{"demo/README.md": "x"}),
		"large file":   pack(map[string]string{"demo/Chart.yaml": metadata, "demo/big": strings.Repeat("x", 6<<20)}),
		"empty":        pack(nil),
		"bad metadata": pack(map[string]string{"demo/Chart.yaml": "name: [", "demo/values.yaml": ""}),
		"bad values":   pack(map[string]string{"demo/Chart.yaml": metadata, "demo/values.yaml": "a: b: c"}),
	} {
		got := renderArchive(archive)
		if got.Failure == nil || got.Failure.Reason != reasonArtifactFailed || !strings.HasPrefix(got.Failure.Message, "Could not load chart: ") {
			t.Errorf("%s: got %+v", name, got.Failure)
		}
	}
}

func renderArchive(archive []byte) *api.HelmResult {
	store := example(nil)
	store.Ensure("chart").Put("chart.tgz", archive)
	request := requestFor(`{}`)
	request.Chart = api.ChartInput{Artifact: "chart", Form: api.ChartArchive, Path: "chart.tgz"}
	return Run(store, request)
}

func pack(files map[string]string) []byte {
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for name, text := range files {
		_ = archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))})
		_, _ = archive.Write([]byte(text))
	}
	_ = archive.Close()
	_ = zipped.Close()
	return out.Bytes()
}

func TestDirectory(t *testing.T) {
	files := map[string]string{
		"Chart.yaml": metadata + "dependencies:\n  - {name: local, version: 1.x, repository: file://../local}\n" +
			"  - {name: far, version: '>=2', repository: https://charts.example.test, alias: near}\n",
		".helmignore":                     "ignored*\n",
		"ignored.txt":                     "x",
		"kept.txt":                        "y",
		"templates/a.yaml":                configMap("a", `k: "{{ .Files.Get "kept.txt" }}{{ .Files.Get "ignored.txt" }}"`),
		"../local/Chart.yaml":             "apiVersion: v2\nname: local\nversion: 1.5.0\n",
		"../local/values.yaml":            "x: 1\n",
		"../local/templates/b.yaml":       configMap("b", `k: "{{ .Values.x }}"`),
		"../secrets/outside-of-chart.txt": "z",
	}
	store := example(files)
	request := requestFor(`{"values": {"local": {"x": 2}}}`)
	first := Run(store, request)
	if first.Failure == nil || first.Failure.Reason != "DependencyBuildError" || len(first.Needs) != 1 {
		t.Fatalf("got %+v, needs %v", first.Failure, first.Needs)
	}
	need := first.Needs[0]
	if need.Kind != api.NeedChart || need.Name != "far" || need.Version != ">=2" || need.Repository != "https://charts.example.test" {
		t.Errorf("need %+v", need)
	}
	store.Ensure("far").Put("chart.tgz", pack(map[string]string{
		"far/Chart.yaml": "apiVersion: v2\nname: far\nversion: 2.1.0\n", "far/templates/c.yaml": configMap("c", "k: {{ .Chart.Name }}"),
	}))
	request.Remotes = []api.RemoteInput{{Key: need.Key, Artifact: "far"}}
	second := Run(store, request)
	for name, want := range map[string]string{"a": "y", "b": "2", "c": "near"} {
		if got := dataOf(t, second, name)["k"]; got != want {
			t.Errorf("%s: got %v, want %s", name, got, want)
		}
	}
	reads := strings.Join(second.Reads.Files, " ")
	for _, path := range []string{"repo/chart/Chart.yaml", "repo/chart/.helmignore", "repo/local/values.yaml", "far/chart.tgz"} {
		if !strings.Contains(reads, path) {
			t.Errorf("%s is not among the reads: %s", path, reads)
		}
	}
	if strings.Contains(reads, "outside") || strings.Contains(reads, "ignored.txt") {
		t.Errorf("read too much: %s", reads)
	}
}

func TestLocalDependencyStaysInside(t *testing.T) {
	files := map[string]string{"Chart.yaml": metadata + "dependencies:\n  - {name: up, version: '*', repository: 'file://../../../etc'}\n"}
	got := render(t, files, `{}`)
	if got.Failure == nil || got.Failure.Message != "dependency build error: failed to add local dependency 'up': no chart found at '/etc' (reference 'file://../../../etc')" {
		t.Errorf("got %+v", got.Failure)
	}
}

func TestValuesFiles(t *testing.T) {
	files := map[string]string{
		"values.yaml":      "a: chart\nb: chart\n",
		"prod.yaml":        "b: prod\n",
		"templates/a.yaml": configMap("a", `k: "{{ .Values.a }} {{ .Values.b }}"`),
	}
	for _, c := range []struct {
		files   []string
		missing bool
		want    string
	}{
		{nil, false, "chart chart"},
		{[]string{"./chart/prod.yaml"}, false, " prod"},
		{[]string{"chart/values.yaml", "chart/prod.yaml"}, false, "chart prod"},
		{[]string{"chart/nobody.yaml"}, true, " "},
		{[]string{"values.yaml"}, false, "chart chart"},
	} {
		request := requestFor(`{}`)
		request.Chart.ValuesFiles, request.Chart.IgnoreMissingValuesFiles, request.Chart.VersionMetadata = c.files, c.missing, "7"
		result := Run(example(files), request)
		if got := dataOf(t, result, "a")["k"]; got != c.want || result.Chart.Version != "1.2.3+7" {
			t.Errorf("%v: got %q with %s", c.files, got, result.Chart.Version)
		}
	}
	request := requestFor(`{}`)
	request.Chart.ValuesFiles = []string{"chart/nobody.yaml"}
	want := "values files merge error: no values file found at path '/chart/nobody.yaml' (reference 'chart/nobody.yaml')"
	if got := Run(example(files), request).Failure; got == nil || got.Message != want || got.Reason != "ValuesFilesError" {
		t.Errorf("got %+v", got)
	}
}

func TestCapabilities(t *testing.T) {
	files := map[string]string{"templates/a.yaml": configMap("a",
		`k: "{{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions.Has "resource.k8s.io/v1" }} {{ .Capabilities.APIVersions.Has "x.test/v1/X" }}"`)}
	for version, want := range map[string]string{"": "36 true true", "v1.33.1-eks-1": "33 false true", "v1.99.0": "99 true true"} {
		request := requestFor(`{}`)
		request.KubeVersion, request.APIVersions = version, []string{"x.test/v1", "x.test/v1/X"}
		result := Run(example(files), request)
		if got := dataOf(t, result, "a")["k"]; got != want {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
		if asked := strings.Join(*result.APIVersionsAsked, " "); asked != "resource.k8s.io/v1 x.test/v1/X" {
			t.Errorf("asked %s", asked)
		}
	}
	for _, use := range []string{`{{ .Capabilities.APIVersions | join "," }}`, `{{ $c := .Capabilities }}{{ $c.APIVersions.Has "a" }}`, `{{ toYaml .Capabilities }}`} {
		result := render(t, map[string]string{"templates/a.yaml": configMap("a", "k: x") + "# " + use}, `{}`)
		if asked := strings.Join(*result.APIVersionsAsked, " "); asked != "*" {
			t.Errorf("%s: asked %s", use, asked)
		}
	}
}

func TestLookup(t *testing.T) {
	files := map[string]string{"templates/a.yaml": configMap("a", `k: "{{ (lookup "v1" "Secret" "apps" "s").data | default dict | len }}"`)}
	request := requestFor(`{}`)
	first := Run(example(files), request)
	if len(first.Needs) != 1 || first.Needs[0].Key != "lookup:v1/Secret/apps/s" || len(first.Warnings) != 1 || first.Warnings[0].Code != api.WarningLookupUnanswered {
		t.Fatalf("needs %v, warnings %v", first.Needs, first.Warnings)
	}
	found := `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "aHVudGVyMg=="}}`
	request.Lookups = []api.LookupAnswer{{Key: first.Needs[0].Key, Found: &found}}
	if got := Run(example(files), request); dataOf(t, got, "a")["k"] != "1" || len(got.Needs)+len(got.Warnings) > 0 {
		t.Errorf("got %+v", got)
	}
	request.Lookups = []api.LookupAnswer{{Key: first.Needs[0].Key, UnknownKind: true}}
	got := Run(example(files), request)
	if got.Failure == nil || !strings.Contains(got.Failure.Message, "the server could not find the requested resource") {
		t.Errorf("got %+v", got.Failure)
	}
}

func TestValueOrigins(t *testing.T) {
	files := map[string]string{"values.yaml": "a: chart\nb: chart\nm: {x: chart, v: chart}\nl: [chart]\n"}
	request := requestFor(`{"values": {"b": "inline", "m": {"v": "inline"}}, "valuesFrom": [
		{"kind": "ConfigMap", "name": "c"}, {"kind": "ConfigMap", "name": "c", "valuesKey": "one", "targetPath": "l[0]"}]}`)
	request.Objects = []api.DataObject{{Kind: "ConfigMap", Namespace: "apps", Name: "c", Data: map[string]string{"values.yaml": "m: {x: from}\nz: 1\n", "one": "v"}}}
	request.Mode = api.ModeOrigins
	result := Run(example(files), request)
	got := map[string]string{}
	for _, origin := range result.ValueOrigins {
		got[origin.Pointer] = origin.From
	}
	want := map[string]string{"/a": "chart", "/b": "values", "/m/x": "valuesFrom[0]", "/m/v": "values", "/z": "valuesFrom[0]", "/l/0": "valuesFrom[1]"}
	text, _ := json.Marshal(got)
	for pointer, from := range want {
		if got[pointer] != from {
			t.Errorf("%s: got %q, want %q in %s", pointer, got[pointer], from, text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %s", text)
	}
}

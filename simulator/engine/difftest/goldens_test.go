package difftest

// The golden files of upstream's own tests: fluxcd/pkg kustomize and the flux command. The engine builds the same input and
// must give the same objects in the same order.
//
// What is known to differ, and is levelled before comparing:
//   - A golden is printed YAML; both sides are read as objects, and the golden goes through fluxcd/pkg ssa `normalize`, as
//     everything that a controller applies (`stringData` becomes `data`).
//   - fluxcd/pkg kustomize ends before the owner labels; they are taken off the engine's objects (`withoutOwner`).
//   - `flux build` shows `**SOPS**` in place of values that it does not decrypt, the engine a digest. Since the controller
//     decrypts before it builds, the hash in the name of a Secret generated from such a file differs too (`withMask`).
//
// What is not held against the engine: the tables inside `kustomize_generator_test.go` that look at the text of a generated
// kustomization.yaml (components, images, buildMetadata, remote resources), which the engine does not give out; the calls of
// the `flux` command that only differ in flags (`--in-memory-build`, `--dry-run`, absolute paths).

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/ssa/normalize"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	"sigs.k8s.io/yaml"
)

const namespaceOfTests = "flux-system-0"

// golden is one case: a folder below the module's testdata, built as `path` of an artifact.
type golden struct {
	name          string
	folder        string // of testdata, becomes the artifact
	kustomization string // file of testdata
	path          string // overrides spec.path, as `--path` of the flux command does
	objects       []dataObject
	ignore        string // spec.ignore of the source; also means that source-controller filters the artifact
	filtered      bool
	wanted        string // file of testdata with the objects; empty: none
}

func TestGoldensOfKustomizePackage(t *testing.T) {
	testdata := moduleInUse(t, "github.com/fluxcd/pkg/kustomize") + "/testdata/"
	vars := dataObject{"ConfigMap", "apps", "app-vars", dataOf(t, readText(t, testdata, "configmap.yaml"))}
	for _, test := range []golden{
		{name: "patches and target namespace", folder: "resources", kustomization: "kustomization.yaml",
			wanted: "kustomization_expected.yaml"},
		{name: "variables", folder: "resources", kustomization: "kustomization_varsub.yaml", objects: []dataObject{vars},
			wanted: "kustomization_varsub_expected.yaml"},
		{name: "sourceignore", folder: "resources", kustomization: "kustomization.yaml", filtered: true},
		{name: "sourceignore and ignore", folder: "resources", kustomization: "kustomization.yaml", filtered: true,
			ignore: "!config.yaml", wanted: "kustomization_with_ignore_expected.yaml"},
		{name: "empty folder", kustomization: "empty/ks.yaml"},
		{name: "no resources", folder: "noResources", kustomization: "noResources/ks.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.path = "./"
			files := map[string]string{}
			if test.folder != "" {
				files = filesBelow(t, testdata+test.folder, "")
			}
			ours := test.build(t, testdata, files)
			for _, object := range ours {
				withoutOwner(object)
			}
			test.compare(t, testdata, ours)
		})
	}
}

func TestGoldensOfFluxBuild(t *testing.T) {
	testdata := fluxFolder(t) + "/cmd/flux/testdata/build-kustomization/"
	for _, test := range []golden{
		{name: "podinfo", path: "podinfo", wanted: "podinfo-result.yaml"},
		{name: "without service", path: "delete-service", wanted: "podinfo-without-service-result.yaml"},
		{name: "variables", path: "var-substitution", wanted: "podinfo-with-var-substitution-result.yaml"},
		{name: "ignore", folder: "ignore", path: "./", filtered: true, ignore: "!configmap.yaml\n!secret.yaml",
			wanted: "podinfo-with-ignore-result.yaml"},
		{name: "recursive", path: "podinfo-with-my-app", wanted: "podinfo-with-my-app-result.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.kustomization = "podinfo-kustomization.yaml"
			files := filesBelow(t, testdata+test.folder, "")
			ours := test.build(t, testdata, files)
			for _, object := range slices.Clone(ours) {
				if object["kind"] == "Kustomization" {
					ours = append(ours, buildObjects(t, files, object, nil)...)
				}
			}
			test.compare(t, testdata, ours)
		})
	}
}

func (g golden) build(t *testing.T, testdata string, files map[string]string) []map[string]any {
	t.Helper()
	applier := readObject(t, readText(t, testdata, g.kustomization))
	spec := applier["spec"].(map[string]any)
	spec["path"] = g.path
	// The flux command masks what the controller would decrypt or refuse.
	spec["decryption"] = map[string]any{"provider": "sops"}
	if g.filtered {
		files = filter(t, files, g.ignore)
	}
	return buildObjects(t, files, applier, g.objects)
}

func (g golden) compare(t *testing.T, testdata string, ours []map[string]any) {
	t.Helper()
	var wanted []map[string]any
	if g.wanted != "" {
		wanted = readGolden(t, readText(t, testdata, g.wanted))
	}
	if len(wanted) != len(ours) {
		t.Fatalf("the golden has %d objects, the engine %d", len(wanted), len(ours))
	}
	for i, object := range wanted {
		withMask(t, object)
		withMask(t, ours[i])
		if wanted, ours := canonical(t, object), canonical(t, ours[i]); wanted != ours {
			t.Errorf("object %d differs\ngolden: %s\nengine: %s", i, wanted, ours)
		}
	}
}

func buildObjects(t *testing.T, files map[string]string, applier map[string]any, objects []dataObject) []map[string]any {
	t.Helper()
	answer := build(t, files, applier, objects, true)
	if answer.Failure != nil {
		t.Fatal(answer.Failure.Message)
	}
	result := make([]map[string]any, len(answer.Objects))
	for i, object := range answer.Objects {
		decode(t, []byte(object.JSON), &result[i])
	}
	return result
}

func build(t *testing.T, files map[string]string, applier map[string]any, objects []dataObject, strict bool) buildAnswer {
	t.Helper()
	var answer buildAnswer
	decode(t, ask(t, putFiles("golden", files), question{opBuild, map[string]any{
		"artifact": "golden", "kustomization": applier, "flux": "2.9", "strict": strict, "objects": objects,
		"undecryptable": "placeholder", "mode": "exact",
	}})[1], &answer)
	return answer
}

// filter leaves out what source-controller would leave out of the artifact.
func filter(t *testing.T, files map[string]string, ignore string) map[string]string {
	t.Helper()
	ignoreFiles := map[string]string{}
	for path, text := range files {
		if strings.HasSuffix("/"+path, "/.sourceignore") {
			ignoreFiles[path] = text
		}
	}
	var excluded []string
	decode(t, ask(t, question{opIgnore, map[string]any{
		"paths": slices.Collect(maps.Keys(files)), "ignoreFiles": ignoreFiles, "ignore": ignore,
	}})[0], &excluded)
	kept := maps.Clone(files)
	for _, path := range excluded {
		delete(kept, path)
	}
	return kept
}

func readGolden(t *testing.T, text string) []map[string]any {
	t.Helper()
	objects, err := ssautil.ReadObjects(strings.NewReader(filled(text)))
	if err == nil {
		err = normalize.UnstructuredList(objects)
	}
	if err != nil {
		t.Fatal(err)
	}
	result := make([]map[string]any, len(objects))
	for i, object := range objects {
		result[i] = object.Object
	}
	return result
}

// filled puts the namespace into the place that the flux command's tests leave for it.
func filled(text string) string {
	return strings.ReplaceAll(text, "{{ .fluxns }}", namespaceOfTests)
}

func readObject(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := yaml.Unmarshal([]byte(filled(text)), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func dataOf(t *testing.T, text string) map[string]string {
	t.Helper()
	data := map[string]string{}
	for _, field := range []string{"data", "stringData"} {
		values, _ := readObject(t, text)[field].(map[string]any)
		for name, value := range values {
			data[name] = value.(string)
		}
	}
	return data
}

func canonical(t *testing.T, object map[string]any) string {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func withoutOwner(object map[string]any) {
	metadata := object["metadata"].(map[string]any)
	labels, _ := metadata["labels"].(map[string]any)
	delete(labels, "kustomize.toolkit.fluxcd.io/name")
	delete(labels, "kustomize.toolkit.fluxcd.io/namespace")
	if len(labels) == 0 {
		delete(metadata, "labels")
	}
}

// mask stands for a value that the flux command and the engine hide in their own ways.
var mask = regexp.MustCompile(`^(secret-[0-9a-f]{12}|\*\*SOPS\*\*|\{"mask":"\*\*SOPS\*\*"\})$`)

// generated is the end of a name that kustomize made from the content, which for the controller is the decrypted one.
var generated = regexp.MustCompile(`-[a-z0-9]{10}$`)

func withMask(t *testing.T, object map[string]any) {
	t.Helper()
	data, hasData := object["data"].(map[string]any)
	if object["kind"] != "Secret" || !hasData {
		return
	}
	metadata := object["metadata"].(map[string]any)
	for key, value := range data {
		text, err := base64.StdEncoding.DecodeString(value.(string))
		if err != nil {
			t.Fatal(err)
		}
		if mask.Match(text) {
			data[key] = "masked"
			metadata["name"] = generated.ReplaceAllString(metadata["name"].(string), "-hash")
		}
	}
}

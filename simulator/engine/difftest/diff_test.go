package difftest

// The golden files of `flux diff kustomization` (flux2 `cmd/flux/diff_kustomization_test.go`) against the bundled command.
// `flux diff` asks a cluster that holds one object; here the old state is a repository that renders that object alone, so
// the same objects must be created and the same fields differ.
//
// Goldens that can't be equal, and why:
//   - diff-with-drifted-key-sops-secret, diff-with-drifted-value-sops-secret, diff-with-dockerconfigjson-sops-secret,
//     diff-with-drifted-stringdata-sops-secret: `flux diff` never decrypts, compares only the keys of a SOPS Secret and
//     expects its masks on the cluster; the engine compares the values (by digest) as the controller applies them.
//   - diff-taking-ownership, diff-with-drift-ignore: they are about an object on a cluster that no Kustomization owns yet;
//     both sides of a comparison of repositories carry the owner labels.
//   - flux-kustomization-local-only.yaml: the same input and golden as the case with several objects.
//   - new-namespace-and-configmap: asserts the failure of a dry run, which asks an API server.

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	commandPath = "../../../dist/sluice.cjs"
	nodePath    = "../../../node_modules/.bin/node"
)

type diffGolden struct {
	name   string
	golden string // of testdata/diff-kustomization
	path   string // of testdata/build-kustomization
	file   string // of testdata/diff-kustomization with the Kustomization; without it podinfo's own
	live   string // of testdata/diff-kustomization with the object on the cluster
	fields []string
}

func TestGoldensOfFluxDiff(t *testing.T) {
	testdata := fluxFolder(t) + "/cmd/flux/testdata/"
	for _, test := range []diffGolden{
		{name: "nothing deployed", golden: "diff-new-kustomization", path: "podinfo"},
		{name: "several objects in the file", golden: "diff-new-kustomization", path: "podinfo",
			file: "flux-kustomization-multiobj.yaml"},
		{name: "deployment", golden: "diff-with-deployment", path: "podinfo", live: "deployment.yaml"},
		{name: "drifted service", golden: "diff-with-drifted-service", path: "podinfo", live: "service.yaml",
			fields: []string{"Service/default/podinfo spec.ports.http.port"}},
		{name: "drifted secret", golden: "diff-with-drifted-secret", path: "podinfo", live: "secret.yaml",
			fields: []string{"Secret/default/db-user-pass-bkbd782d2c data.password"}},
		{name: "recursive", golden: "diff-with-recursive", path: "podinfo-with-my-app", live: "my-app.yaml"},
		{name: "new namespace", golden: "diff-new-namespace-only", path: "new-namespace-only",
			file: "flux-kustomization-new-namespace-only.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := readText(t, testdata, "diff-kustomization", test.golden+".golden")
			wanted, fields := headings(text)
			if !slices.Equal(fields, test.fields) {
				t.Fatalf("the golden has the fields %v", fields)
			}
			if ours := test.run(t, testdata); !slices.Equal(ours, slices.Sorted(slices.Values(append(wanted, fields...)))) {
				t.Errorf("golden: %v %v\nsluice: %v", wanted, fields, ours)
			}
		})
	}
}

var heading = regexp.MustCompile(`^► (\S+) (created|drifted|deleted)$`)
var dottedPath = regexp.MustCompile(`^[a-z]+(\.[a-z]+)+$`)

// headings are the objects of a golden with what happens to them, and the fields below them.
func headings(text string) (objects, fields []string) {
	object := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if found := heading.FindStringSubmatch(line); found != nil {
			object = found[1]
			objects = append(objects, levelled(object)+" "+strings.Replace(found[2], "drifted", "changed", 1))
		} else if dottedPath.MatchString(line) {
			fields = append(fields, object+" "+line)
		}
	}
	return objects, fields
}

// levelled takes off the hash of the one Secret that is generated from an encrypted file, see `withMask`.
func levelled(object string) string {
	if strings.HasPrefix(object, "Secret/default/podinfo-token-") {
		return generated.ReplaceAllString(object, "-hash")
	}
	return object
}

func (d diffGolden) run(t *testing.T, testdata string) []string {
	t.Helper()
	folder := t.TempDir()
	root := d.root(t, testdata)
	for _, side := range []string{"from", "to"} {
		write(t, filepath.Join(folder, side, "root.yaml"), root)
	}
	for path, text := range filesBelow(t, testdata+"build-kustomization", "to/") {
		write(t, filepath.Join(folder, path), filled(text))
	}
	resources := "[]"
	if d.live != "" {
		resources = "[live.yaml]"
		write(t, filepath.Join(folder, "from", d.path, "live.yaml"), filled(readText(t, testdata, "diff-kustomization", d.live)))
	}
	write(t, filepath.Join(folder, "from", d.path, "kustomization.yaml"), "resources: "+resources+"\n")
	// The flux command reads no folder for a Kustomization that is only on the cluster.
	write(t, filepath.Join(folder, "from", "my-app", "kustomization.yaml"), "resources: []\n")
	return changes(t, folder)
}

// root has the Kustomization as the command would find it on the cluster, and its source.
func (d diffGolden) root(t *testing.T, testdata string) string {
	t.Helper()
	file := filepath.Join("build-kustomization", "podinfo-kustomization.yaml")
	if d.file != "" {
		file = filepath.Join("diff-kustomization", d.file)
	}
	documents := strings.Split(filled(readText(t, testdata, file)), "---\n")
	applier := readObject(t, documents[len(documents)-1])
	metadata, spec := applier["metadata"].(map[string]any), applier["spec"].(map[string]any)
	metadata["namespace"] = namespaceOfTests
	spec["path"], spec["decryption"] = "./"+d.path, map[string]any{"provider": "sops"}
	source := readObject(t, strings.Split(readText(t, testdata, "build-kustomization", "podinfo-source.yaml"), "---\n")[2])
	source["metadata"] = map[string]any{"name": spec["sourceRef"].(map[string]any)["name"], "namespace": namespaceOfTests}
	return canonical(t, source) + "---\n" + canonical(t, applier)
}

// write puts everything into the namespace `default`, where my-app looks for the source of podinfo, which is the repository
// itself: `--local-sources` of the flux command.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(text, namespaceOfTests, "default")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// changes are what `sluice diff` prints, as the goldens name it.
func changes(t *testing.T, folder string) []string {
	t.Helper()
	program, err := filepath.Abs(commandPath)
	if _, missing := os.Stat(program); err != nil || missing != nil {
		t.Fatalf("%s is missing; build it with: npm run build", commandPath)
	}
	node, err := filepath.Abs(nodePath)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node, program, "diff", "to", "--from", "from", "--to", "to", "--root", "to/root.yaml",
		"--offline", "--jobs", "1", "--cache-dir", filepath.Join(folder, "cache"), "-o", "json")
	command.Dir = folder
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder}
	output, err := command.Output()
	var answer struct {
		Clusters []struct {
			Appliers []struct {
				Changes []struct {
					Kind   string
					Ref    struct{ Kind, Namespace, Name string }
					Fields []struct{ Path string }
				}
			}
		}
	}
	if problem := json.Unmarshal(output, &answer); problem != nil {
		t.Fatal(err, problem, string(output))
	}
	var result []string
	for _, cluster := range answer.Clusters {
		for _, applier := range cluster.Appliers {
			for _, change := range applier.Changes {
				object := strings.Join(slices.DeleteFunc([]string{change.Ref.Kind, change.Ref.Namespace, change.Ref.Name},
					func(part string) bool { return part == "" }), "/")
				result = append(result, levelled(object)+" "+change.Kind)
				for _, field := range change.Fields {
					result = append(result, object+" "+dotted(field.Path))
				}
			}
		}
	}
	slices.Sort(result)
	return result
}

// dotted writes a field as `flux diff` does, which names the first port of podinfo's Service by its name.
func dotted(pointer string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", "."), "ports.0.", "ports.http.")
}

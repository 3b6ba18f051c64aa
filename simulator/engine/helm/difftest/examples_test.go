package difftest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// example is one file of testdata: `#- path` starts a file of the chart's folder `chart`; `#- values` are those of the release
// and `#- strategy` is the post-render strategy.
type example struct {
	files  map[string]string
	values string
	way    string
}

func (e example) strategy() string {
	if e.way == "" {
		return "combined"
	}
	return e.way
}

func TestAgainstUpstream(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatal("no examples", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			example := read(t, name)
			upstream, ours := runUpstream(t, example), runEngine(t, example)
			if upstream.message != ours.message {
				t.Fatalf("messages differ\nupstream: %s\nengine:   %s", upstream.message, ours.message)
			}
			if strings.Contains(name, "fails") != (upstream.message != "") {
				t.Errorf("upstream says %q", upstream.message)
			}
			if got, want := strings.Join(ours.objects, "\n"), strings.Join(upstream.objects, "\n"); got != want {
				t.Errorf("objects differ\nupstream:\n%s\nengine:\n%s", want, got)
			}
			if upstream.message == "" && len(upstream.objects) == 0 {
				t.Error("the example shows nothing")
			}
		})
	}
}

func read(t *testing.T, name string) example {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	result := example{files: map[string]string{
		"chart/Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: \"4\"\n", "chart/values.yaml": "",
	}}
	for _, part := range strings.Split("\n"+string(text), "\n#- ")[1:] {
		path, content, _ := strings.Cut(part, "\n")
		switch path {
		case "values":
			result.values = content
		case "strategy":
			result.way = strings.TrimSpace(content)
		default:
			result.files["chart/"+path] = content + "\n"
		}
	}
	return result
}

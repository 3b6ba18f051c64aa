package difftest

// Upstream's sources with their testdata, as the Go module cache has them. Nothing of them is kept in this repository.

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The flux command is no dependency of anything here, so its version and digest are pinned where they are used.
const (
	fluxCommand       = "github.com/fluxcd/flux2/v2@v2.9.5"
	fluxCommandDigest = "h1:jwCccxvkD+2QnsjN+pl5QqM8KnFUwA8pIoQ1Lf0avkA="
)

// moduleInUse is the folder of a module at the version that this comparison is built with, which must be the engine's.
func moduleInUse(t *testing.T, module string) string {
	t.Helper()
	ours := goList(t, ".", module)
	if engine := goList(t, "..", module); engine.Version != ours.Version {
		t.Fatalf("the engine has %s %s, its comparison %s", module, engine.Version, ours.Version)
	}
	return ours.Dir
}

type goModule struct{ Version, Dir, Sum, Error string }

func goList(t *testing.T, folder, module string) goModule {
	t.Helper()
	command := exec.Command("go", "list", "-mod=readonly", "-m", "-json=Version,Dir", module)
	command.Dir = folder
	return runGo(t, command)
}

// fluxFolder is the folder of the flux command's source, fetched once into the module cache.
func fluxFolder(t *testing.T) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", fluxCommand)
	command.Dir = t.TempDir()
	// The digest is compared here, so the checksum database has nothing to add.
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GONOSUMDB=github.com/fluxcd/flux2")
	module := runGo(t, command)
	if module.Sum != fluxCommandDigest {
		t.Fatalf("%s has the digest %s", fluxCommand, module.Sum)
	}
	return module.Dir
}

func runGo(t *testing.T, command *exec.Cmd) goModule {
	t.Helper()
	command.Stderr = os.Stderr
	output, err := command.Output()
	var module goModule
	if err == nil {
		err = json.Unmarshal(output, &module)
	}
	if err != nil || module.Dir == "" {
		t.Fatalf("%s: %v %s", strings.Join(command.Args, " "), err, output)
	}
	return module
}

// filesBelow are the files of a folder, under a prefix.
func filesBelow(t *testing.T, folder, prefix string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		path, err := filepath.Rel(folder, name)
		if err == nil {
			files[prefix+filepath.ToSlash(path)] = readText(t, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readText(t *testing.T, elements ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

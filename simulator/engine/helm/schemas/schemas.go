// Package schemas feeds Helm's check of `values.schema.json` from the host and keeps what was compiled.
// The overlaid file of `helm.sh/helm/v4/pkg/chart/common/util` calls it.
package schemas

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maxKept is the text of the schemas that are kept compiled.
const maxKept = 16 << 20

type compiled struct {
	schema *jsonschema.Schema
	// remotes are the addresses that took part, with what was behind them.
	remotes map[string]string
}

var (
	kept     = map[string]compiled{}
	keptSize int
	loading  = map[string]string{}
)

// Identify says what is behind an address now, and notes that it was asked for. It is empty for what is not there.
var Identify = func(string) string { return "" }

// Known is the compiled form of a schema, or nil. Remote parts must still be what they were.
func Known(text []byte) *jsonschema.Schema {
	loading = map[string]string{}
	found, ok := kept[string(text)]
	if !ok {
		return nil
	}
	for address, content := range found.remotes {
		if Identify(address) != content {
			return nil
		}
	}
	return found.schema
}

// Keep remembers a schema that was compiled since the last call of Known.
func Keep(text []byte, schema *jsonschema.Schema) {
	for _, content := range loading {
		// A part that could not be loaded may be there next time.
		if content == "" {
			return
		}
	}
	if keptSize += len(text); keptSize > maxKept {
		clear(kept)
		keptSize = len(text)
	}
	kept[string(text)] = compiled{schema: schema, remotes: loading}
}

// Recorded wraps a loader so that Keep knows what was loaded.
func Recorded(loader jsonschema.URLLoader) jsonschema.URLLoader { return recorder{loader} }

type recorder struct{ jsonschema.URLLoader }

// Unavailable is what a loader's error holds when the host cannot fetch at all. Then everything is valid:
// the controller may well reach what the simulation cannot.
const Unavailable = "not available to the simulation"

// Load implements jsonschema.URLLoader.
func (r recorder) Load(address string) (any, error) {
	loading[address] = Identify(address)
	document, err := r.URLLoader.Load(address)
	if err != nil && strings.Contains(err.Error(), Unavailable) {
		return true, nil
	}
	return document, err
}

// NoFiles refuses `file:` references: the files of the machine are none of a chart's business.
type NoFiles struct{}

// Load implements jsonschema.URLLoader, in the words of a container that has no such file.
func (NoFiles) Load(address string) (any, error) {
	return nil, &fs.PathError{Op: "open", Path: strings.TrimPrefix(address, "file://"), Err: fmt.Errorf("no such file or directory")}
}

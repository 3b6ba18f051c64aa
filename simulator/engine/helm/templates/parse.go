package templates

import (
	"strings"
	"text/template"
	"text/template/parse"
)

// maxKept is the text of the templates that are kept parsed.
const maxKept = 8 << 20

type source struct{ name, text string }

var (
	kept     = map[source]map[string]*parse.Tree{}
	keptSize int
	// names are the functions that templates may call. They are the same for every chart.
	names map[string]any
)

// builtins are the functions of text/template itself; parsing only asks whether a name is known.
var builtins = map[string]any{}

func init() {
	for _, name := range strings.Fields("and call html index slice js len not or print printf println urlquery eq ge gt le lt ne") {
		builtins[name] = true
	}
}

// Use learns the functions of the engine.
func Use(funcs template.FuncMap) { names = funcs }

// Parse is `into.New(name).Parse(text)` with memory. Trees are only read, so that sets of templates can share them.
func Parse(into *template.Template, name, text string) (*template.Template, error) {
	trees, err := treesOf(name, text)
	if err != nil {
		return nil, err
	}
	added := into.New(name)
	for defined, tree := range trees {
		if _, err := added.AddParseTree(defined, tree); err != nil {
			return nil, err
		}
	}
	return added, nil
}

// WithoutDefinitions is what `tpl` executes when its text defines no templates: then a copy of the whole set, which is what
// Helm makes to keep definitions apart, would be no different. It is nil for other texts, also for those that do not parse.
func WithoutDefinitions(parent *template.Template, text string) *template.Template {
	if strings.Contains(text, "define") || strings.Contains(text, "block") || strings.Contains(text, parent.Name()) {
		return nil
	}
	trees, err := treesOf(parent.Name(), text)
	if err != nil || len(trees) != 1 || trees[parent.Name()] == nil {
		return nil
	}
	one := parent.New(parent.Name())
	one.Tree = trees[parent.Name()]
	return one
}

func treesOf(name, text string) (map[string]*parse.Tree, error) {
	key := source{name, text}
	if trees, ok := kept[key]; ok {
		return trees, nil
	}
	trees, err := parse.Parse(name, text, "", "", names, builtins)
	if err != nil {
		return nil, err
	}
	if keptSize += len(text); keptSize > maxKept {
		clear(kept)
		keptSize = len(text)
	}
	kept[key] = trees
	return trees, nil
}

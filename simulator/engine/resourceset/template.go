package resourceset

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

// limitError is the end of everything that would fill the memory of the host.
type limitError struct{ text string }

func (e *limitError) Error() string { return e.text }

func overLimit(format string, values ...any) error {
	return &limitError{text: fmt.Sprintf(format, values...)}
}

// placed is an error of text/template with its place in the words of whoever wrote the template.
type placed struct {
	text string
	err  error
}

func (e *placed) Error() string { return e.text }
func (e *placed) Unwrap() error { return e.err }

// templateError finds the place in an error of text/template.
var templateError = regexp.MustCompile(`(?s)^template: [^:]*:(\d+)(?::\d+)?: (.*)$`)

// depthLimit is the end of a recursion, whose number is another under WebAssembly.
var depthLimit = regexp.MustCompile(`exceeded maximum template depth \(\d+\)`)

// parsedTemplate is one template, filled once for each input set.
type parsedTemplate struct {
	text     string
	template *template.Template
	// inputs is what the function `inputs` gives in the current filling.
	inputs inputSet
	// whole is set for `resourcesTemplate`, whose lines are lines of the manifest.
	whole bool
}

func parseTemplate(b *builder, text string) (*parsedTemplate, error) {
	parsed := &parsedTemplate{text: text, whole: true}
	return parsed, parsed.parse(b)
}

// parseResource makes a template of an item of `resources`: its YAML text.
func parseResource(b *builder, resource map[string]any) (*parsedTemplate, error) {
	text, err := yaml.Marshal(resource)
	if err != nil {
		return nil, err
	}
	parsed := &parsedTemplate{text: string(text)}
	return parsed, parsed.parse(b)
}

func (p *parsedTemplate) parse(b *builder) error {
	functions := b.functions()
	functions["inputs"] = func() inputSet { return p.inputs }
	parsed, err := template.New("template").Delims("<<", ">>").Option("missingkey=error").Funcs(functions).Parse(p.text)
	if err != nil {
		return p.explain(err)
	}
	p.template = parsed
	return nil
}

func (p *parsedTemplate) execute(b *builder, set inputSet) ([]map[string]any, error) {
	p.inputs = set
	text := &limited{left: maxOutput - b.written}
	if err := p.template.Execute(text, nil); err != nil {
		if text.over {
			return nil, overLimit("the templates give more than %d MiB", maxOutput>>20)
		}
		return nil, p.explain(err)
	}
	b.written += text.Len()
	b.noticeStandIns(set, text.String())
	return b.parseObjects(text.String(), p.whole)
}

// explain says where: by line in a template of the manifest, by its text in a resource that is YAML only here.
func (p *parsedTemplate) explain(err error) error {
	found := templateError.FindStringSubmatch(err.Error())
	if found == nil {
		return err
	}
	line, _ := strconv.Atoi(found[1])
	found[2] = depthLimit.ReplaceAllString(found[2], "exceeded maximum template depth")
	if p.whole {
		return &placed{text: fmt.Sprintf("line %d: %s", line, found[2]), err: err}
	}
	return &placed{text: quotedLine(p.text, line) + found[2], err: err}
}

func quotedLine(text string, line int) string {
	const longest = 80
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	shown := []rune(strings.TrimSpace(lines[line-1]))
	if len(shown) > longest {
		shown = append(shown[:longest], '…')
	}
	return fmt.Sprintf("at %q: ", string(shown))
}

// noticeStandIns warns when an id that only the operator knows got from the input set into the output.
func (b *builder) noticeStandIns(set inputSet, text string) {
	candidates := []any{set}
	for _, value := range set {
		candidates = append(candidates, value)
	}
	for _, candidate := range candidates {
		inner, _ := candidate.(inputSet)
		if id, _ := inner["id"].(string); b.standIns[id] && strings.Contains(text, id) {
			b.warn(api.WarnValuesUnknown, "inputs.id is made by the operator from what only the cluster knows; another number stands for it here", b.key())
			return
		}
	}
}

func (b *builder) key() string {
	return strings.Join([]string{kindSet, b.set.namespace, b.set.name}, "/")
}

// limited collects text up to a limit.
type limited struct {
	strings.Builder
	left int
	over bool
}

func (l *limited) Write(data []byte) (int, error) {
	if l.left -= len(data); l.left < 0 {
		l.over = true
		return 0, overLimit("the templates give more than %d MiB", maxOutput>>20)
	}
	return l.Builder.Write(data)
}

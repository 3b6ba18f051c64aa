package resourceset

import (
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	sprig "github.com/go-task/slim-sprig/v3"
	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

const (
	// longestList, deepestIndent and longestRepeat bound what one call of a function may make.
	longestList   = 100_000
	deepestIndent = 1_000
	longestRepeat = 1 << 20
)

// functions are slim-sprig's hermetic ones and those that the operator adds. What hangs on a clock, on chance or on the order
// of Go's maps answers the same each time here.
func (b *builder) functions() template.FuncMap {
	functions := sprig.HermeticTxtFuncMap()
	functions["slugify"] = slugify
	// Other than Helm's these keep the line break at the end.
	functions["toYaml"] = func(value any) string {
		text, _ := toYAML(value)
		return text
	}
	functions["mustToYaml"] = toYAML
	b.addPredictable(functions)
	addBounded(functions)
	return functions
}

func toYAML(value any) (string, error) {
	text, err := yaml.Marshal(value)
	return string(text), err
}

func (b *builder) addPredictable(functions template.FuncMap) {
	unpredictable := func(name string) {
		b.warn(api.WarnNondeterministic, fmt.Sprintf("the function %s gives another answer each time; a fixed one stands for it here", name), b.key())
	}
	functions["ago"] = func(any) string {
		unpredictable("ago")
		return "0s"
	}
	functions["randInt"] = func(least, _ int) int {
		unpredictable("randInt")
		return least
	}
	// The operator's container has no time zone but UTC.
	functions["toDate"] = func(layout, text string) time.Time {
		at, _ := time.ParseInLocation(layout, text, time.UTC)
		return at
	}
	functions["mustToDate"] = func(layout, text string) (time.Time, error) {
		return time.ParseInLocation(layout, text, time.UTC)
	}
	functions["keys"] = func(dicts ...map[string]any) []string {
		var names []string
		for _, dict := range dicts {
			for name := range dict {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	functions["values"] = func(dict map[string]any) []any {
		values := []any{}
		for _, name := range sortedKeys(dict) {
			values = append(values, dict[name])
		}
		return values
	}
}

func sortedKeys(dict map[string]any) []string {
	names := make([]string, 0, len(dict))
	for name := range dict {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// addBounded puts limits before the functions whose argument says how much they make.
func addBounded(functions template.FuncMap) {
	numbers := functions["int64"].(func(any) int64)
	until := functions["until"].(func(int) []int)
	untilStep := functions["untilStep"].(func(int, int, int) []int)
	sequence := functions["seq"].(func(...int) string)
	functions["until"] = func(count int) ([]int, error) {
		if err := within("until", count, longestList); err != nil {
			return nil, err
		}
		return until(count), nil
	}
	functions["untilStep"] = func(start, stop, step int) ([]int, error) {
		if err := within("untilStep", steps(start, stop, step), longestList); err != nil {
			return nil, err
		}
		return untilStep(start, stop, step), nil
	}
	functions["seq"] = func(given ...int) (string, error) {
		least, most, step := 1, 1, 1
		switch len(given) {
		case 1:
			most = given[0]
		case 2:
			least, most = given[0], given[1]
		case 3:
			least, step, most = given[0], given[1], given[2]
		}
		if err := within("seq", steps(least, most, step), longestList); err != nil {
			return "", err
		}
		return sequence(given...), nil
	}
	functions["repeat"] = func(count any, text string) (string, error) {
		times := int(numbers(count))
		if times < 0 {
			return "", fmt.Errorf("repeat: negative count %d", times)
		}
		if len(text) > 0 && times > longestRepeat/len(text) {
			return "", overLimit("repeat makes more than %d bytes", longestRepeat)
		}
		return strings.Repeat(text, times), nil
	}
	indent := functions["indent"].(func(int, string) string)
	functions["indent"] = func(spaces int, text string) (string, error) {
		return indented("indent", spaces, text, indent)
	}
	functions["nindent"] = func(spaces int, text string) (string, error) {
		text, err := indented("nindent", spaces, text, indent)
		return "\n" + text, err
	}
}

func indented(name string, spaces int, text string, indent func(int, string) string) (string, error) {
	if spaces < 0 {
		return "", fmt.Errorf("%s: negative count %d", name, spaces)
	}
	if err := within(name, spaces, deepestIndent); err != nil {
		return "", err
	}
	if lines := strings.Count(text, "\n") + 1; lines*spaces > maxOutput {
		return "", overLimit("%s makes more than %d bytes", name, maxOutput)
	}
	return indent(spaces, text), nil
}

func steps(start, stop, step int) int {
	if step == 0 {
		return 0
	}
	return max((stop-start)/step, (start-stop)/step)
}

func within(name string, count, limit int) error {
	if count > limit {
		return overLimit("%s %d is more than the limit of %d", name, count, limit)
	}
	return nil
}

package templates

import (
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

const (
	// maxOutput is the longest text that one function may make.
	maxOutput = 64 << 20
	// maxWritten is what all templates of a chart may write, with what they include.
	maxWritten = 256 << 20
	// maxList is the longest list that one function may make.
	maxList = 4 << 20
	// maxDepth bounds `tpl` inside `tpl`; Helm itself has no limit and dies.
	maxDepth = 200
)

// ErrLimit is the cause of failures that a limit of the simulation brought about, and nothing upstream.
var ErrLimit = errors.New("more than the render engine allows")

func checkSize(name string, size int) error {
	if size > maxOutput {
		return fmt.Errorf("%s makes a text of more than %d MiB: %w", name, maxOutput>>20, ErrLimit)
	}
	return nil
}

func checkList(name string, from, to, step int) error {
	if step == 0 {
		return nil
	}
	if length := (to - from) / step; length > maxList {
		return fmt.Errorf("%s makes a list of more than %d items: %w", name, maxList, ErrLimit)
	}
	return nil
}

// bounded are sprig's functions that make much of little, with a limit.
func bounded() template.FuncMap {
	own := sprig.TxtFuncMap()
	untilStep := own["untilStep"].(func(int, int, int) []int)
	seq := own["seq"].(func(...int) string)
	indent := own["indent"].(func(int, string) string)
	checkIndent := func(name string, spaces int, text string) error {
		lines := strings.Count(text, "\n") + 1
		if spaces > maxOutput {
			return checkSize(name, spaces)
		}
		return checkSize(name, spaces*lines+len(text))
	}
	return template.FuncMap{
		"repeat": func(count int, text string) (string, error) {
			if count < 0 {
				return "", errors.New("strings: negative Repeat count")
			}
			if len(text) > 0 && count > maxOutput/len(text) {
				return "", checkSize("repeat", maxOutput+1)
			}
			return strings.Repeat(text, count), nil
		},
		"untilStep": func(from, to, step int) ([]int, error) {
			if err := checkList("untilStep", from, to, step); err != nil {
				return nil, err
			}
			return untilStep(from, to, step), nil
		},
		"until": func(to int) ([]int, error) {
			step := 1
			if to < 0 {
				step = -1
			}
			if err := checkList("until", 0, to, step); err != nil {
				return nil, err
			}
			return untilStep(0, to, step), nil
		},
		"seq": func(params ...int) (string, error) {
			for _, param := range params {
				if param > maxList || param < -maxList {
					return "", fmt.Errorf("seq makes a list of more than %d items: %w", maxList, ErrLimit)
				}
			}
			return seq(params...), nil
		},
		"indent": func(spaces int, text string) (string, error) {
			if err := checkIndent("indent", spaces, text); err != nil {
				return "", err
			}
			return indent(spaces, text), nil
		},
		"nindent": func(spaces int, text string) (string, error) {
			if err := checkIndent("nindent", spaces, text); err != nil {
				return "", err
			}
			return "\n" + indent(spaces, text), nil
		},
	}
}

// Output collects what a template writes, up to the limit.
type Output struct{ strings.Builder }

// Write implements io.Writer.
func (o *Output) Write(text []byte) (int, error) {
	if err := current.count(len(text)); err != nil {
		return 0, err
	}
	return o.Builder.Write(text)
}

// WriteString implements io.StringWriter.
func (o *Output) WriteString(text string) (int, error) {
	if err := current.count(len(text)); err != nil {
		return 0, err
	}
	return o.Builder.WriteString(text)
}

func (s *Session) count(size int) error {
	s.written += size
	if s.written > maxWritten {
		return fmt.Errorf("the templates write more than %d MiB in all: %w", maxWritten>>20, ErrLimit)
	}
	return nil
}

// Deeper is called at the begin of `tpl`, and the function it gives at its end.
func Deeper() (func(), error) {
	if current.depth >= maxDepth {
		return nil, fmt.Errorf("tpl is nested more than %d times: %w", maxDepth, ErrLimit)
	}
	current.depth++
	return func() { current.depth-- }, nil
}

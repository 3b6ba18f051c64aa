package native

// The generated table, read on demand: the list of kinds at first use, each struct's fields when an
// object first needs them, so that starting up costs nothing.

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:generate sh -c "cd generate && go run . > ../table.new && mv ../table.new ../table.txt"

//go:embed table.txt
var tableText string

type groupVersionKind struct{ group, version, kind string }

type kindEntry struct {
	scope byte
	shape *shape
}

type table struct {
	kinds   map[groupVersionKind]kindEntry
	structs []*structShape
}

// form is what a value of a shape is.
type form byte

const (
	formString    form = 's'
	formBool      form = 'b'
	formInt32     form = 'i'
	formInt64     form = 'l'
	formBytes     form = 'y'
	formPointer   form = '*'
	formList      form = '['
	formMap       form = '{'
	formStruct    form = '#'
	formQuantity  form = 'Q'
	formIntOrText form = 'O'
	formTime      form = 'T'
	formMicroTime form = 'M'
	formFieldsV1  form = 'F'
	formRaw       form = 'R'
)

// shape is a type expression.
type shape struct {
	form    form
	element *shape
	fields  *structShape
	// keyed lists are merged by their keys, or as a set when they have none.
	keyed bool
	keys  []listKey
}

type listKey struct {
	name       string
	fallback   any
	hasDefault bool
}

type structShape struct {
	line   string
	table  *table
	once   sync.Once
	list   []field
	byName map[string]*shape
}

type field struct {
	name      string
	omitEmpty bool
	omitZero  bool
	shape     *shape
}

var builtin = sync.OnceValue(readTable)

func readTable() *table {
	body := tableText
	for strings.HasPrefix(body, "#") {
		_, body, _ = strings.Cut(body, "\n")
	}
	head, rest, _ := strings.Cut(body, "\n\n")
	result := &table{kinds: map[groupVersionKind]kindEntry{}}
	for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\n"), "\n") {
		result.structs = append(result.structs, &structShape{line: line, table: result})
	}
	for line := range strings.SplitSeq(head, "\n") {
		words := strings.Fields(line)
		key := groupVersionKind{strings.TrimPrefix(words[0], "-"), words[1], words[2]}
		shape, _ := result.parse(words[4])
		result.kinds[key] = kindEntry{scope: words[3][0], shape: shape}
	}
	return result
}

// read parses the fields of a struct once.
func (s *structShape) read() *structShape {
	s.once.Do(func() {
		s.byName = map[string]*shape{}
		for word := range strings.FieldsSeq(s.line) {
			name, expression, _ := strings.Cut(word, ":")
			parsed, _ := s.table.parse(expression)
			bare := strings.TrimRight(name, "?!")
			flags := name[len(bare):]
			s.list = append(s.list, field{
				name:      bare,
				omitEmpty: strings.Contains(flags, "?"),
				omitZero:  strings.Contains(flags, "!"),
				shape:     parsed,
			})
			s.byName[bare] = parsed
		}
	})
	return s
}

// parse reads one type expression and gives what follows it.
func (t *table) parse(expression string) (*shape, string) {
	if expression == "" {
		panic("native: the table ends in the middle of a type")
	}
	first := form(expression[0])
	switch first {
	case formPointer, formMap, formList:
		result := &shape{form: first}
		rest := expression[1:]
		if first == formList && strings.HasPrefix(rest, "(") {
			keys, after, _ := strings.Cut(rest[1:], ")")
			result.keyed, result.keys, rest = true, parseKeys(keys), after
		}
		result.element, rest = t.parse(rest)
		return result, rest
	}
	if first < '0' || first > '9' {
		return &shape{form: first}, expression[1:]
	}
	number, err := strconv.Atoi(expression)
	if err != nil || number >= len(t.structs) {
		panic(fmt.Sprintf("native: no struct type %s in the table", expression))
	}
	return &shape{form: formStruct, fields: t.structs[number]}, ""
}

func parseKeys(text string) []listKey {
	var keys []listKey
	for part := range strings.SplitSeq(text, ",") {
		name, fallback, hasDefault := strings.Cut(part, "=")
		if name == "" {
			continue
		}
		key := listKey{name: name, hasDefault: hasDefault}
		if hasDefault {
			if err := json.Unmarshal([]byte(fallback), &key.fallback); err != nil {
				panic(fmt.Sprintf("native: default of key %s in the table: %v", part, err))
			}
		}
		keys = append(keys, key)
	}
	return keys
}

func splitAPIVersion(apiVersion string) (group, version string) {
	if before, after, found := strings.Cut(apiVersion, "/"); found {
		return before, after
	}
	return "", apiVersion
}

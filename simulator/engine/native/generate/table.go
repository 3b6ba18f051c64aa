// The struct types of the table: numbered in the order in which they are met, inlined structs
// flattened, types with their own JSON form named by a letter.
package main

import (
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// letters of the types that read and write JSON themselves.
var letters = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():    "Q",
	reflect.TypeFor[intstr.IntOrString]():   "O",
	reflect.TypeFor[metav1.Time]():          "T",
	reflect.TypeFor[metav1.MicroTime]():     "M",
	reflect.TypeFor[metav1.FieldsV1]():      "F",
	reflect.TypeFor[runtime.RawExtension](): "R",
}

type table struct {
	order   []reflect.Type
	numbers map[reflect.Type]int
	lists   schemaLists
}

func newTable(lists schemaLists) *table {
	return &table{numbers: map[reflect.Type]int{}, lists: lists}
}

// index is the number of a struct type, a new one for a type not met before.
func (t *table) index(goType reflect.Type) int {
	if number, ok := t.numbers[goType]; ok {
		return number
	}
	t.numbers[goType] = len(t.order)
	t.order = append(t.order, goType)
	return t.numbers[goType]
}

// line describes one struct.
func (t *table) line(goType reflect.Type) string {
	return strings.Join(t.fields(goType, modelName(goType)), " ")
}

func (t *table) fields(goType reflect.Type, model string) []string {
	var fields []string
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" && field.Anonymous {
			if field.Type.Kind() != reflect.Struct || value.TypeReflectEntryOf(field.Type).CanConvertFromUnstructured() {
				panic(fmt.Sprintf("inlined field of an unexpected sort: %v.%s", goType, field.Name))
			}
			fields = append(fields, t.fields(field.Type, model)...)
			continue
		}
		if name == "" || name == "-" || !field.IsExported() {
			panic(fmt.Sprintf("field without a JSON name: %v.%s", goType, field.Name))
		}
		flags := ""
		if strings.Contains(options, "omitempty") {
			flags += "?"
		}
		if strings.Contains(options, "omitzero") {
			if field.Type != reflect.TypeFor[metav1.Time]() {
				panic(fmt.Sprintf("omitzero on an unexpected type: %v.%s", goType, field.Name))
			}
			flags += "!"
		}
		fields = append(fields, name+flags+":"+t.expression(field.Type, t.lists[model][name]))
	}
	return fields
}

// expression writes a type; keys is how the API server merges it when it is a list.
func (t *table) expression(goType reflect.Type, keys string) string {
	if letter, ok := letters[goType]; ok {
		return letter
	}
	if value.TypeReflectEntryOf(goType).CanConvertFromUnstructured() {
		panic(fmt.Sprintf("type with its own JSON form: %v", goType))
	}
	switch goType.Kind() {
	case reflect.Pointer:
		return "*" + t.expression(goType.Elem(), keys)
	case reflect.Slice:
		if goType.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		return "[" + keys + t.expression(goType.Elem(), "")
	case reflect.Map:
		return "{" + t.expression(goType.Elem(), "")
	case reflect.Struct:
		return fmt.Sprint(t.index(goType))
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Int32:
		return "i"
	case reflect.Int64:
		return "l"
	default:
		panic(fmt.Sprintf("type of an unexpected kind: %v", goType))
	}
}

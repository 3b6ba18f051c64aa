package native

// The round trip through a Go struct, both ways in one walk: what apimachinery's
// runtime.DefaultUnstructuredConverter makes of FromUnstructured followed by ToUnstructured.

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
)

// convert gives a value as its type would write it. A missing value (nil) is the type's zero value.
func convert(value any, s *shape) (any, error) {
	switch s.form {
	case formString:
		return convertScalar(value, "")
	case formBool:
		return convertScalar(value, false)
	case formInt32, formInt64:
		return convertInteger(value, s.form)
	case formPointer:
		if value == nil {
			return nil, nil
		}
		return convert(value, s.element)
	case formBytes:
		return convertBytes(value)
	case formList:
		return convertList(value, s)
	case formMap:
		return convertMap(value, s)
	case formStruct:
		return convertStruct(value, s.fields.read())
	default:
		return convertSpecial(value, s.form)
	}
}

func convertScalar[T string | bool](value any, zero T) (any, error) {
	switch value := value.(type) {
	case nil:
		return zero, nil
	case T:
		return value, nil
	}
	return nil, mismatch(value, zero)
}

// mismatch words its error as the converter does: types that Go could convert are named, others
// are not recognised.
func mismatch(value, zero any) error {
	_, wantsText := zero.(string)
	if _, isInteger := value.(int64); isInteger && wantsText {
		return errors.New("cannot convert int64 to string")
	}
	return fmt.Errorf("unrecognized type: %T", zero)
}

// convertInteger cuts off high bits silently, as Go's conversion does.
func convertInteger(value any, f form) (any, error) {
	var number int64
	switch value := value.(type) {
	case nil:
	case int64:
		number = value
	case int:
		number = int64(value)
	case float64:
		if value != math.Trunc(value) {
			return nil, errors.New("cannot convert float64 to " + integerName(f))
		}
		number = int64(value)
	default:
		return nil, errors.New("unrecognized type: " + integerName(f))
	}
	if f == formInt32 {
		number = int64(int32(number))
	}
	return number, nil
}

func integerName(f form) string {
	if f == formInt32 {
		return "int32"
	}
	return "int64"
}

func convertBytes(value any) (any, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil
	case string:
		data, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return nil, fmt.Errorf("error decoding from json: %w", err)
		}
		return base64.StdEncoding.EncodeToString(data), nil
	case []any:
		data := make([]byte, len(value))
		for i, item := range value {
			number, err := convertInteger(item, formInt64)
			if err != nil {
				return nil, err
			}
			data[i] = byte(number.(int64))
		}
		return base64.StdEncoding.EncodeToString(data), nil
	}
	return nil, fmt.Errorf("cannot restore slice from %s", kindName(value))
}

func convertList(value any, s *shape) (any, error) {
	if value == nil {
		return nil, nil
	}
	items, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("cannot restore slice from %s", kindName(value))
	}
	if items == nil {
		return nil, nil
	}
	out := make([]any, len(items))
	for i, item := range items {
		converted, err := convert(item, s.element)
		if err != nil {
			return nil, err
		}
		out[i] = converted
	}
	return out, nil
}

func convertMap(value any, s *shape) (any, error) {
	if value == nil {
		return nil, nil
	}
	entries, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("cannot restore map from %s", kindName(value))
	}
	if entries == nil {
		return nil, nil
	}
	out := make(map[string]any, len(entries))
	for key, entry := range entries {
		converted, err := convert(entry, s.element)
		if err != nil {
			return nil, err
		}
		out[key] = converted
	}
	return out, nil
}

func convertStruct(value any, s *structShape) (any, error) {
	entries, ok := value.(map[string]any)
	if !ok && value != nil {
		return nil, fmt.Errorf("cannot restore struct from: %s", kindName(value))
	}
	out := make(map[string]any, len(s.list))
	for _, field := range s.list {
		given := entries[field.name]
		converted, err := convert(given, field.shape)
		if err != nil {
			return nil, err
		}
		if field.omitEmpty && isEmpty(given, converted, field.shape.form) {
			continue
		}
		// Only a Time is ever marked so, and a zero Time is written as null.
		if field.omitZero && converted == nil {
			continue
		}
		out[field.name] = converted
	}
	return out, nil
}

// isEmpty is encoding/json's notion: structs are never empty, pointers only when absent.
func isEmpty(given, converted any, f form) bool {
	switch f {
	case formString, formBytes:
		return converted == nil || converted == ""
	case formBool:
		return converted == false
	case formInt32, formInt64:
		return converted == int64(0)
	case formPointer:
		return given == nil
	case formList:
		items, _ := converted.([]any)
		return len(items) == 0
	case formMap:
		entries, _ := converted.(map[string]any)
		return len(entries) == 0
	default:
		return false
	}
}

// kindName is reflect's name of the kind of a JSON value.
func kindName(value any) string {
	switch value.(type) {
	case map[string]any:
		return "map"
	case []any:
		return "slice"
	default:
		return fmt.Sprintf("%T", value)
	}
}

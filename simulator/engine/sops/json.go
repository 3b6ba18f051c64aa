package sops

// JSON documents in the order of their text, and the binary format, which is JSON with the content
// under "data".

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

func readJSON(data []byte) ([]branch, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	first, err := decoder.Token()
	if err == nil && first != json.Delim('{') {
		err = errors.New("SOPS only supports JSON files with a top-level object (starting with '{')")
	}
	var tree branch
	if err == nil {
		tree, err = readObject(decoder)
	}
	if err != nil {
		return nil, fmt.Errorf("Could not unmarshal input data: %w", err)
	}
	return []branch{tree}, nil
}

func readObject(decoder *json.Decoder) (branch, error) {
	var tree branch
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		if token == json.Delim('}') {
			return tree, nil
		}
		// The decoder itself insists on texts for keys.
		value, err := readMember(decoder)
		if err != nil {
			return nil, err
		}
		tree = append(tree, item{token, value})
	}
}

// endOfList is what readMember gives for a closing bracket.
var endOfList = errors.New("end of list")

func readMember(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		switch token {
		case '{':
			return readObject(decoder)
		case '[':
			return readList(decoder)
		default:
			return nil, endOfList
		}
	case json.Number:
		if whole, err := token.Int64(); err == nil {
			return int(whole), nil
		}
		return token.Float64()
	default:
		return token, nil
	}
}

func readList(decoder *json.Decoder) (any, error) {
	var list []any
	for {
		value, err := readMember(decoder)
		if errors.Is(err, endOfList) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
}

func writeJSON(branches []branch) ([]byte, error) {
	var compact, out bytes.Buffer
	if err := writeValue(&compact, branches[0]); err != nil {
		return nil, fmt.Errorf("Error marshaling to json: %w", err)
	}
	if err := json.Indent(&out, compact.Bytes(), "", "\t"); err != nil {
		return nil, fmt.Errorf("Error marshaling to json: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// writeValue leaves comments out.
func writeValue(out *bytes.Buffer, value any) error {
	switch value := value.(type) {
	case branch:
		return writeObject(out, value)
	case []any:
		separator := "["
		for _, element := range value {
			if _, ok := element.(Comment); ok {
				continue
			}
			out.WriteString(separator)
			separator = ","
			if err := writeValue(out, element); err != nil {
				return err
			}
		}
		if separator == "[" {
			out.WriteString(separator)
		}
		out.WriteByte(']')
		return nil
	default:
		data, err := json.Marshal(value)
		out.Write(data)
		return err
	}
}

func writeObject(out *bytes.Buffer, tree branch) error {
	separator := "{"
	for _, pair := range tree {
		name, ok := pair.Key.(string)
		if !ok {
			continue
		}
		out.WriteString(separator)
		separator = ","
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		out.Write(key)
		out.WriteByte(':')
		if err := writeValue(out, pair.Value); err != nil {
			return err
		}
	}
	if separator == "{" {
		out.WriteString(separator)
	}
	out.WriteByte('}')
	return nil
}

func writeBinary(branches []branch) ([]byte, error) {
	if len(branches) != 1 {
		return nil, errors.New("error emitting binary store: there must be exactly one tree branch")
	}
	for _, pair := range branches[0] {
		if pair.Key != "data" {
			continue
		}
		text, ok := pair.Value.(string)
		if !ok {
			return nil, errors.New("error emitting binary store: 'data' key in tree does not have a string value")
		}
		return []byte(text), nil
	}
	return nil, errors.New("error emitting binary store: no binary data found in tree")
}

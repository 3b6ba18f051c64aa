package sops

// Environment files and INI files: names and values, comments kept.

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gopkg.in/ini.v1"
)

func readDotenv(data []byte) ([]branch, error) {
	var tree branch
	for line := range strings.SplitSeq(string(data), "\n") {
		if line == "" {
			continue
		}
		if comment, ok := strings.CutPrefix(line, "#"); ok {
			tree = append(tree, item{Comment{Value: comment}, nil})
			continue
		}
		name, value, found := strings.Cut(line, "=")
		if !found {
			return nil, fmt.Errorf("invalid dotenv input line: %s", line)
		}
		tree = append(tree, item{name, strings.ReplaceAll(value, `\n`, "\n")})
	}
	return []branch{tree}, nil
}

func writeDotenv(branches []branch) ([]byte, error) {
	var out bytes.Buffer
	for _, pair := range branches[0] {
		switch value := pair.Value.(type) {
		case branch, []any:
			return nil, fmt.Errorf("cannot use complex value in dotenv file; offending key %v", pair.Key)
		case string:
			fmt.Fprintf(&out, "%v=%s\n", pair.Key, strings.ReplaceAll(value, "\n", `\n`))
		default:
			if comment, ok := pair.Key.(Comment); ok {
				fmt.Fprintf(&out, "#%s\n", comment.Value)
			} else {
				fmt.Fprintf(&out, "%v=%s\n", pair.Key, scalarText(value))
			}
		}
	}
	return out.Bytes(), nil
}

// scalarText keeps floats apart from integers.
func scalarText(value any) string {
	switch value := value.(type) {
	case float64:
		text := strconv.FormatFloat(value, 'G', -1, 64)
		if !strings.ContainsAny(text, ".E") {
			text = strconv.FormatFloat(value, 'f', 1, 64)
		}
		return text
	case time.Time:
		return value.Format(time.RFC3339)
	default:
		return fmt.Sprint(value)
	}
}

func readINI(data []byte) ([]branch, error) {
	file, err := ini.LoadSources(ini.LoadOptions{AllowNonUniqueSections: true}, data)
	if err != nil {
		return nil, fmt.Errorf("Could not unmarshal input data: %w", err)
	}
	var tree branch
	for _, section := range file.Sections() {
		var members branch
		if section.Comment != "" {
			members = append(members, item{iniComment(section.Comment), nil})
		}
		for _, key := range section.Keys() {
			members = append(members, item{key.Name(), key.Value()})
			if key.Comment != "" {
				members = append(members, item{iniComment(key.Comment), nil})
			}
		}
		tree = append(tree, item{section.Name(), members})
	}
	return []branch{tree}, nil
}

func iniComment(text string) Comment {
	if strings.HasPrefix(text, ";") {
		return Comment{Value: strings.TrimLeft(text, "; ")}
	}
	if strings.HasPrefix(text, "#") {
		return Comment{Value: strings.TrimLeft(text, "# ")}
	}
	return Comment{Value: text}
}

func writeINI(branches []branch) ([]byte, error) {
	file := ini.Empty(ini.LoadOptions{AllowNonUniqueSections: true})
	file.DeleteSection(ini.DefaultSection)
	for _, tree := range branches {
		for _, pair := range tree {
			name, ok := pair.Key.(string)
			if !ok {
				continue
			}
			members, ok := pair.Value.(branch)
			if !ok {
				return nil, fmt.Errorf("Error marshaling to INI: section %s is not a mapping", name)
			}
			section, err := file.NewSection(name)
			if err == nil {
				err = fillSection(section, members)
			}
			if err != nil {
				return nil, fmt.Errorf("Error marshaling to INI: %w", err)
			}
		}
	}
	var out bytes.Buffer
	_, err := file.WriteTo(&out)
	return out.Bytes(), err
}

// fillSection gives a comment to the key before it; the first belongs to the section.
func fillSection(section *ini.Section, members branch) error {
	var last *ini.Key
	for i, pair := range members {
		if comment, ok := pair.Key.(Comment); ok {
			if i == 0 {
				section.Comment = comment.Value
			} else if last != nil {
				last.Comment = comment.Value
			}
			continue
		}
		key, err := section.NewKey(pair.Key.(string), scalarText(pair.Value))
		if err != nil {
			return err
		}
		last = key
	}
	return nil
}

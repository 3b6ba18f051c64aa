package sops

// The metadata of a document: which values are encrypted, for whom, and the MAC.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

type metadata struct {
	rule             rule
	groups           []keyGroup
	shamirThreshold  int
	mac              string
	lastModified     string
	macOnlyEncrypted bool
}

var errNoMetadata = errors.New("sops metadata not found")

// extractMetadata takes the metadata out of the trees: a `sops` mapping, flattened below the section
// in INI files, flattened into names with a prefix in environment files.
func (d *document) extractMetadata(format Format) error {
	var found branch
	var err error
	if format == Dotenv {
		found = d.takePrefixed("sops_")
	} else if found, err = d.takeTopLevel("sops"); err != nil {
		return err
	}
	if found == nil {
		return errNoMetadata
	}
	if format == INI || format == Dotenv {
		if format == INI {
			// The INI store escapes newlines once more than the file format does.
			for i, pair := range found {
				if text, ok := pair.Value.(string); ok {
					found[i].Value = strings.ReplaceAll(text, `\n`, "\n")
				}
			}
		}
		if found, err = unflatten(found); err != nil {
			return err
		}
	}
	fields, err := plainMap(found)
	if err != nil {
		return err
	}
	d.metadata, err = parseMetadata(fields)
	return err
}

// takeTopLevel removes the entry from every tree; the first tree's counts.
func (d *document) takeTopLevel(name string) (branch, error) {
	var found branch
	for number, tree := range d.branches {
		kept := tree[:0]
		for _, pair := range tree {
			if pair.Key != name {
				kept = append(kept, pair)
				continue
			}
			if number > 0 {
				continue
			}
			if found != nil {
				return nil, fmt.Errorf("Found duplicate %v entry", name)
			}
			mapping, ok := pair.Value.(branch)
			if !ok {
				return nil, fmt.Errorf("Found %v entry that is not a mapping", name)
			}
			found = mapping
		}
		d.branches[number] = kept
	}
	return found, nil
}

func (d *document) takePrefixed(prefix string) branch {
	var found branch
	for number, tree := range d.branches[:min(1, len(d.branches))] {
		kept := tree[:0]
		for _, pair := range tree {
			if name, ok := pair.Key.(string); ok && strings.HasPrefix(name, prefix) {
				found = append(found, item{name[len(prefix):], pair.Value})
			} else {
				kept = append(kept, pair)
			}
		}
		d.branches[number] = kept
	}
	return found
}

// plainMap forgets order and comments.
func plainMap(tree branch) (map[string]any, error) {
	result := make(map[string]any, len(tree))
	for _, pair := range tree {
		if _, ok := pair.Key.(Comment); ok {
			continue
		}
		name, ok := pair.Key.(string)
		if !ok {
			return nil, fmt.Errorf("Unexpected key type %T", pair.Key)
		}
		value, err := plainValue(pair.Value)
		if err != nil {
			return nil, err
		}
		result[name] = value
	}
	return result, nil
}

func plainValue(value any) (any, error) {
	switch value := value.(type) {
	case branch:
		return plainMap(value)
	case []any:
		var items []any
		for _, element := range value {
			if _, ok := element.(Comment); ok {
				continue
			}
			plain, err := plainValue(element)
			if err != nil {
				return nil, err
			}
			items = append(items, plain)
		}
		return items, nil
	default:
		return value, nil
	}
}

func parseMetadata(fields map[string]any) (metadata, error) {
	var result metadata
	var texts = map[string]string{}
	for _, name := range []string{"mac", "lastmodified", "shamir_threshold", "mac_only_encrypted"} {
		text, err := weakText(fields[name])
		if err != nil {
			return result, fmt.Errorf("%s: %w", name, err)
		}
		texts[name] = text
	}
	lastModified, err := time.Parse(time.RFC3339, texts["lastmodified"])
	if err != nil {
		return result, err
	}
	result.mac, result.lastModified = texts["mac"], lastModified.Format(time.RFC3339)
	if text := texts["shamir_threshold"]; text != "" {
		if result.shamirThreshold, err = strconv.Atoi(text); err != nil {
			return result, fmt.Errorf("shamir_threshold: %w", err)
		}
	}
	if text := texts["mac_only_encrypted"]; text != "" {
		if result.macOnlyEncrypted, err = strconv.ParseBool(text); err != nil {
			return result, fmt.Errorf("mac_only_encrypted: %w", err)
		}
	}
	if result.groups, err = parseGroups(fields); err != nil {
		return result, err
	}
	result.rule, err = parseRule(fields)
	return result, err
}

// weakText accepts numbers and booleans for text, as getsops' decoding does.
func weakText(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case int, float64:
		return fmt.Sprint(value), nil
	case bool:
		if value {
			return "1", nil
		}
		return "0", nil
	default:
		return "", fmt.Errorf("expected a text, got %T", value)
	}
}

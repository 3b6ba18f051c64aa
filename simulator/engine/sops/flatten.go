package sops

// Nested metadata in formats that know only names and values: `a__list_0__map_b` is the field b of
// the first element of the list a.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	mapSeparator  = "__map_"
	listSeparator = "__list_"
)

// place is a node of the tree being rebuilt.
type place struct {
	value    any
	isValue  bool
	fields   map[string]*place
	elements map[int]*place
}

func unflatten(flat branch) (branch, error) {
	root := &place{}
	for _, pair := range flat {
		if _, ok := pair.Key.(Comment); ok {
			continue
		}
		name, ok := pair.Key.(string)
		if !ok {
			return nil, fmt.Errorf("Found non-string key %v when unflattening", pair.Key)
		}
		target := root.descend(name)
		if target.isValue {
			return nil, fmt.Errorf("Error while unflattening %q: Duplicate value", name)
		}
		target.value, target.isValue = pair.Value, true
	}
	result, err := root.rebuild()
	if err != nil {
		return nil, fmt.Errorf("Error while unflattening: %w", err)
	}
	mapping, ok := result.(branch)
	if !ok {
		return nil, fmt.Errorf("Error while unflattening: no mapping at the top")
	}
	return mapping, nil
}

func (p *place) descend(name string) *place {
	end := nextSeparator(name)
	current := p.field(name[:end])
	for name = name[end:]; name != ""; name = name[end:] {
		if rest, ok := strings.CutPrefix(name, mapSeparator); ok {
			length := nextSeparator(rest)
			current = current.field(rest[:length])
			end = len(mapSeparator) + length
			continue
		}
		rest := strings.TrimPrefix(name, listSeparator)
		length := nextSeparator(rest)
		// Upstream takes a position that is no number for zero.
		position, _ := strconv.Atoi(rest[:length])
		current = current.element(position)
		end = len(listSeparator) + length
	}
	return current
}

func nextSeparator(text string) int {
	end := len(text)
	for _, separator := range []string{mapSeparator, listSeparator} {
		if at := strings.Index(text, separator); at >= 0 {
			end = min(end, at)
		}
	}
	return end
}

func (p *place) field(name string) *place {
	if p.fields == nil {
		p.fields = map[string]*place{}
	}
	if p.fields[name] == nil {
		p.fields[name] = &place{}
	}
	return p.fields[name]
}

func (p *place) element(position int) *place {
	if p.elements == nil {
		p.elements = map[int]*place{}
	}
	if p.elements[position] == nil {
		p.elements[position] = &place{}
	}
	return p.elements[position]
}

func (p *place) rebuild() (any, error) {
	switch {
	case p.isValue && p.fields == nil && p.elements == nil:
		return p.value, nil
	case !p.isValue && p.elements == nil:
		mapping := branch{}
		for _, name := range sortedNames(p.fields) {
			value, err := p.fields[name].rebuild()
			if err != nil {
				return nil, err
			}
			mapping = append(mapping, item{name, value})
		}
		return mapping, nil
	case !p.isValue && p.fields == nil:
		list := make([]any, len(p.elements))
		for i := range list {
			if p.elements[i] == nil {
				return nil, fmt.Errorf("Incomplete list")
			}
			value, err := p.elements[i].rebuild()
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	default:
		return nil, fmt.Errorf("Type mismatch")
	}
}

func sortedNames(fields map[string]*place) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

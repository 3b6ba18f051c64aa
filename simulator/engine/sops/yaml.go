package sops

// YAML documents, with their comments: a comment is a member of the mapping or list in which it
// stands, so that it can be encrypted like a value. Which comment belongs where follows getsops'
// stores/yaml, because the decrypted bytes end up in generated Secrets.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits for hostile text: aliases of aliases, and nesting.
const (
	maxYAMLNodes = 1_000_000
	maxYAMLDepth = 1_000
)

// yamlReader counts what it has expanded.
type yamlReader struct{ nodes, depth int }

func readYAML(data []byte) ([]branch, error) {
	if len(data) > 0 {
		// Only decoding into a map finds duplicate keys and aliases that contain themselves.
		if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(make(map[string]any)); err != nil {
			return nil, err
		}
	}
	var branches []branch
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	reader := &yamlReader{}
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return branches, nil
		}
		var tree branch
		if err == nil {
			tree, err = reader.mapping(&node, branch{}, false)
		}
		if err != nil {
			return nil, fmt.Errorf("Error unmarshaling input YAML: %w", err)
		}
		branches = append(branches, tree)
	}
}

func (r *yamlReader) enter() error {
	r.nodes++
	r.depth++
	if r.nodes > maxYAMLNodes {
		return errors.New("document contains excessive aliasing")
	}
	if r.depth > maxYAMLDepth {
		return errors.New("document is nested too deeply")
	}
	return nil
}

// mapping appends a node's pairs to a tree. The node's own comments have been taken by its parent
// when owned is set.
func (r *yamlReader) mapping(node *yaml.Node, tree branch, owned bool) (branch, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer func() { r.depth-- }()
	if !owned {
		tree = tree.comment(node.HeadComment, false).comment(node.LineComment, false)
	}
	var err error
	switch node.Kind {
	case yaml.DocumentNode:
		for _, child := range node.Content {
			if tree, err = r.mapping(child, tree, false); err != nil {
				return nil, err
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if tree, err = r.pair(node.Content[i], node.Content[i+1], tree); err != nil {
				return nil, err
			}
		}
	case yaml.AliasNode:
		if tree, err = r.mapping(node.Alias, tree, false); err != nil {
			return nil, err
		}
	case yaml.ScalarNode:
		if node.ShortTag() == "!!null" {
			// A document that is only a marker; even its last comment is dropped.
			return tree, nil
		}
		return nil, errors.New("YAML documents that are values are not supported")
	case yaml.SequenceNode:
		return nil, errors.New("YAML documents that are sequences are not supported")
	}
	if !owned {
		tree = tree.comment(node.FootComment, false)
	}
	return tree, nil
}

func (r *yamlReader) pair(key, value *yaml.Node, tree branch) (branch, error) {
	// A collection keeps its comments inside, a scalar's go next to it.
	outside := value.Kind == yaml.ScalarNode || value.Kind == yaml.AliasNode
	tree = tree.comment(key.HeadComment, false).comment(key.LineComment, false)
	if outside {
		tree = tree.comment(value.HeadComment, false).comment(value.LineComment, true)
	}
	var name any
	_ = key.Decode(&name)
	content, err := r.value(value, outside)
	if err != nil {
		return nil, err
	}
	tree = append(tree, item{name, content})
	if outside {
		tree = tree.comment(value.FootComment, false)
	}
	return tree.comment(key.FootComment, false), nil
}

func (r *yamlReader) value(node *yaml.Node, owned bool) (any, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer func() { r.depth-- }()
	switch node.Kind {
	case yaml.MappingNode:
		return r.mapping(node, branch{}, owned)
	case yaml.SequenceNode:
		return r.list(node, owned)
	case yaml.AliasNode:
		return r.value(node.Alias, false)
	default:
		var scalar any
		_ = node.Decode(&scalar)
		return scalar, nil
	}
}

func (r *yamlReader) list(node *yaml.Node, owned bool) (any, error) {
	var list []any
	add := func(text string, inline bool) {
		for _, comment := range commentLines(text, inline) {
			list = append(list, comment)
		}
	}
	if !owned {
		add(node.HeadComment, false)
		add(node.LineComment, false)
	}
	for _, element := range node.Content {
		add(element.HeadComment, false)
		add(element.LineComment, true)
		value, err := r.value(element, true)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
		add(element.FootComment, false)
	}
	if !owned {
		add(node.FootComment, false)
	}
	return list, nil
}

func (b branch) comment(text string, inline bool) branch {
	for _, comment := range commentLines(text, inline) {
		b = append(b, item{comment, nil})
	}
	return b
}

// commentLines drops the # of each line.
func commentLines(text string, inline bool) []Comment {
	var comments []Comment
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			comments = append(comments, Comment{Value: line[1:], Inline: inline})
		}
	}
	return comments
}

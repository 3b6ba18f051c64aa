package sops

// Writes YAML with four blanks of indentation, comments where yaml.v3 puts them back.

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

func writeYAML(branches []branch) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(4)
	for _, tree := range branches {
		root := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{mappingNode(tree)}}
		if err := encoder.Encode(root); err != nil {
			return nil, fmt.Errorf("Error marshaling to YAML: %w", err)
		}
	}
	if err := encoder.Close(); err != nil && len(branches) > 0 {
		return nil, fmt.Errorf("Error marshaling to YAML: %w", err)
	}
	return out.Bytes(), nil
}

// pending holds the comments met since the last member.
type pending struct {
	above, beside []string
	started       bool
}

func (p *pending) add(comment Comment) {
	if comment.Inline {
		p.beside = append(p.beside, comment.Value)
	} else {
		p.above = append(p.above, comment.Value)
	}
}

// first gives the comments before the first member to the collection itself.
func (p *pending) first(collection *yaml.Node) {
	if !p.started {
		p.started = true
		p.attachAbove(collection)
	}
}

func (p *pending) attachAbove(node *yaml.Node) {
	node.HeadComment = joinComments(commentText(p.above), node.HeadComment)
	p.above = nil
}

func (p *pending) attachBeside(node *yaml.Node) {
	node.LineComment = joinComments(node.LineComment, commentText(p.beside))
	p.beside = nil
}

// rest gives what is left to the last member's foot, or to an empty collection's head.
func (p *pending) rest(collection, last *yaml.Node) {
	p.above = append(p.above, p.beside...)
	if last == nil {
		p.attachAbove(collection)
		return
	}
	last.FootComment = joinComments(last.FootComment, commentText(p.above))
}

func mappingNode(tree branch) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	var comments pending
	var last *yaml.Node
	for _, pair := range tree {
		if comment, ok := pair.Key.(Comment); ok {
			comments.add(comment)
			continue
		}
		comments.first(node)
		key := &yaml.Node{}
		_ = key.Encode(pair.Key)
		comments.attachAbove(key)
		value := valueNode(pair.Value)
		comments.attachBeside(value)
		node.Content = append(node.Content, key, value)
		last = key
	}
	comments.rest(node, last)
	return node
}

func valueNode(value any) *yaml.Node {
	switch value := value.(type) {
	case branch:
		return mappingNode(value)
	case []any:
		return listNode(value)
	default:
		node := &yaml.Node{}
		_ = node.Encode(value)
		return node
	}
}

func listNode(list []any) *yaml.Node {
	node := &yaml.Node{Kind: yaml.SequenceNode}
	var comments pending
	var last *yaml.Node
	for _, element := range list {
		if comment, ok := element.(Comment); ok {
			comments.add(comment)
			continue
		}
		comments.first(node)
		last = valueNode(element)
		comments.attachAbove(last)
		comments.attachBeside(last)
		node.Content = append(node.Content, last)
	}
	comments.rest(node, last)
	return node
}

func commentText(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return "#" + strings.Join(lines, "\n#")
}

func joinComments(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "\n" + second
}

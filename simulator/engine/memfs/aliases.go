package memfs

import (
	"bytes"
	"errors"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
)

// maxExpandedNodes bounds what the aliases of one file may grow to.
// kustomize copies aliased nodes, so a few lines could otherwise fill the memory ("billion laughs").
const maxExpandedNodes = 1_000_000

var errExcessiveAliasing = errors.New("yaml: document contains excessive aliasing")

type aliasVerdict int8

const (
	aliasesUnknown aliasVerdict = iota
	aliasesFine
	aliasesExcessive
)

// checkAliases judges a file once and remembers the verdict.
func (e *entry) checkAliases(name string) error {
	if e.aliases == aliasesUnknown {
		e.aliases = aliasesFine
		if mayAlias(e.data) && expandsTooFar(e.data, isKustomization(name)) {
			e.aliases = aliasesExcessive
		}
	}
	if e.aliases == aliasesExcessive {
		return errExcessiveAliasing
	}
	return nil
}

func isKustomization(name string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(name))
}

// ExpandsTooFar judges a text that is in no file.
func ExpandsTooFar(text []byte) bool { return mayAlias(text) && expandsTooFar(text, false) }

// mayAlias says whether the text has both an anchor and an alias, as far as bytes can tell.
func mayAlias(data []byte) bool { return hasMark(data, '&') && hasMark(data, '*') }

func hasMark(data []byte, mark byte) bool {
	for from := 0; ; {
		at := bytes.IndexByte(data[from:], mark)
		if at < 0 {
			return false
		}
		at += from
		from = at + 1
		startsWord := at == 0 || bytes.IndexByte([]byte(" \t\n[{,:-"), data[at-1]) >= 0
		if startsWord && at+1 < len(data) && bytes.IndexByte([]byte(" \t\r\n&*"), data[at+1]) < 0 {
			return true
		}
	}
}

// expandsTooFar also looks into the texts of a kustomization file, which may hold patches.
func expandsTooFar(data []byte, nested bool) bool {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	total := 0
	for {
		var document yaml.Node
		if err := decoder.Decode(&document); err != nil {
			// Text that is no YAML is somebody else's problem: kustomize says it better.
			return false
		}
		total += expandedSize(&document, map[*yaml.Node]int{})
		if total > maxExpandedNodes || nested && textExpandsTooFar(&document) {
			return true
		}
	}
}

func textExpandsTooFar(node *yaml.Node) bool {
	if node.Kind == yaml.ScalarNode {
		text := []byte(node.Value)
		return mayAlias(text) && expandsTooFar(text, false)
	}
	return slices.ContainsFunc(node.Content, textExpandsTooFar)
}

// expandedSize counts the nodes below node with every alias replaced by its target; it saturates at the limit.
func expandedSize(node *yaml.Node, known map[*yaml.Node]int) int {
	if size, ok := known[node]; ok {
		return size
	}
	// A cycle meets this value and counts as too large.
	known[node] = maxExpandedNodes + 1
	size := 1
	if node.Alias != nil {
		size += expandedSize(node.Alias, known)
	}
	for _, child := range node.Content {
		size += expandedSize(child, known)
		if size > maxExpandedNodes {
			break
		}
	}
	known[node] = size
	return size
}

// Package templates is what Helm's template engine is given besides its own functions: answers that are the same each time,
// limits, and parsed templates that are kept. The overlaid file of `helm.sh/helm/v4/pkg/engine` calls it.
package templates

import (
	"maps"
	"slices"
	"text/template"
)

// Lookup answers a template's question to the cluster.
type Lookup func(apiVersion, kind, namespace, name string) (map[string]any, error)

// Session is one render. An engine renders one chart at a time, so one session is current.
type Session struct {
	// seed begins what random functions are made from.
	seed string
	// template is the file that is being rendered.
	template string
	counters map[string]int
	used     map[string]bool
	written  int
	depth    int
}

var current = &Session{}

// NewSession makes the session of a release current.
func NewSession(seed string) *Session {
	current = &Session{seed: seed, counters: map[string]int{}, used: map[string]bool{}}
	return current
}

// Nondeterministic lists the functions that were used although their real answer differs each time.
func (s *Session) Nondeterministic() []string { return slices.Sorted(maps.Keys(s.used)) }

// Funcs are the functions that take the place of Helm's own.
func (s *Session) Funcs(lookup Lookup) template.FuncMap {
	funcs := template.FuncMap{"lookup": asking(lookup)}
	maps.Copy(funcs, s.random())
	maps.Copy(funcs, s.clock())
	maps.Copy(funcs, s.secrets())
	maps.Copy(funcs, bounded())
	maps.Copy(funcs, growing())
	maps.Copy(funcs, sorted())
	maps.Copy(funcs, written())
	maps.Copy(funcs, read())
	return funcs
}

// Enter is called before a file is rendered.
func Enter(name string) { current.template = name }

// use notes a function whose real answer differs each time.
func (s *Session) use(name string) { s.used[name] = true }

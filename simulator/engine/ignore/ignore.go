// Package ignore tells which files source-controller leaves out of an artifact.
// The patterns are parsed and matched by upstream's own sourceignore; only the reading of files differs.
package ignore

import (
	"path"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"

	"sluice.dev/engine/api"
)

// Excluded lists the paths that are left out, sorted.
//
// Any user pattern switches off the default patterns but those of version control
// (`SourceIgnoreFilter` in fluxcd/pkg artifact/storage). Each file is matched by itself, so that `!` brings back
// files below an excluded folder.
func Excluded(request *api.IgnoreRequest) []string {
	patterns := load(request.IgnoreFiles)
	if request.Ignore != nil {
		patterns = append(patterns, sourceignore.ReadPatterns(strings.NewReader(*request.Ignore), nil)...)
	}
	matcher := sourceignore.NewDefaultMatcher(patterns, nil)
	if len(patterns) > 0 {
		matcher = sourceignore.NewMatcher(append(sourceignore.VCSPatterns(nil), patterns...))
	}
	excluded := []string{}
	for _, name := range request.Paths {
		if matcher.Match(strings.Split(name, "/"), false) {
			excluded = append(excluded, name)
		}
	}
	slices.Sort(excluded)
	return excluded
}

// load reads the ignore files in the order of `LoadIgnorePatterns`: a folder's own file, then its sub-folders by name.
func load(files map[string]string) []gitignore.Pattern {
	folders := make([][]string, 0, len(files))
	texts := map[string]string{}
	for name, text := range files {
		if path.Base(name) != sourceignore.IgnoreFile || strings.HasPrefix(name, ".git/") || strings.Contains(name, "/.git/") {
			continue
		}
		var domain []string
		if folder := path.Dir(name); folder != "." {
			domain = strings.Split(folder, "/")
		}
		folders = append(folders, domain)
		texts[strings.Join(domain, "/")] = text
	}
	slices.SortFunc(folders, slices.Compare)
	var patterns []gitignore.Pattern
	for _, domain := range folders {
		text := texts[strings.Join(domain, "/")]
		patterns = append(patterns, sourceignore.ReadPatterns(strings.NewReader(text), domain)...)
	}
	return patterns
}

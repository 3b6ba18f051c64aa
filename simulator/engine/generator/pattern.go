package generator

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

var (
	captureName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	captureRef  = regexp.MustCompile(`\\\{([a-zA-Z0-9_]+)\\\}`)
)

// expand makes the outputs of each folder that `pathPattern` matches (`artifactgenerator_pathpattern.go`).
func (r *run) expand(generator *artifactGenerator) ([]outputArtifact, error) {
	pattern := generator.Spec.PathPattern
	if pattern == "" {
		return generator.Spec.Artifacts, nil
	}
	alias, rest, found := strings.Cut(pattern, "/")
	if !found || !strings.HasPrefix(alias, "@") {
		return nil, fmt.Errorf("invalid pathPattern format: %s", pattern)
	}
	from := r.sources[alias[1:]]
	if from == nil {
		return nil, fmt.Errorf("pathPattern %q: source alias %s not found in local sources", pattern, alias[1:])
	}
	if err := checkCaptures(rest); err != nil {
		return nil, fmt.Errorf("pathPattern %q: %w", pattern, err)
	}
	matcher, err := regexp.Compile("^" + captureRef.ReplaceAllString(regexp.QuoteMeta(rest), `(?P<$1>[^/]+)`) + "$")
	if err != nil {
		return nil, fmt.Errorf("pathPattern %q: failed to compile path pattern: %w", pattern, err)
	}
	e := &expansion{outputs: generator.Spec.Artifacts, matcher: matcher, folders: map[string]string{}}
	err = from.fs.Walk(sourceRoot, func(name string, info os.FileInfo, err error) error {
		if err != nil || !info.IsDir() || name == sourceRoot {
			return err
		}
		return e.visit(strings.TrimPrefix(name, sourceRoot+"/"))
	})
	if err != nil {
		return nil, fmt.Errorf("pathPattern %q: %w", pattern, err)
	}
	return e.expanded, nil
}

// expansion collects the outputs of the folders that match.
type expansion struct {
	outputs  []outputArtifact
	matcher  *regexp.Regexp
	expanded []outputArtifact
	// folders has the folder that gave an artifact's name.
	folders map[string]string
}

func (e *expansion) visit(folder string) error {
	groups := e.matcher.FindStringSubmatch(folder)
	if groups == nil {
		return nil
	}
	raw, small := map[string]string{}, map[string]string{}
	for i, name := range e.matcher.SubexpNames() {
		if i == 0 || name == "" {
			continue
		}
		raw[name], small[name] = groups[i], strings.ToLower(groups[i])
		if problems := validation.IsValidLabelValue(small[name]); len(problems) > 0 {
			return fmt.Errorf("captured value %q for variable %q is not a valid Kubernetes label value: %s", small[name], name, strings.Join(problems, "; "))
		}
	}
	for _, output := range e.outputs {
		filled, err := fill(output, small, raw)
		if err != nil {
			return fmt.Errorf("failed to render artifact %s for match %s: %w", output.Name, folder, err)
		}
		if problems := validation.IsDNS1123Subdomain(filled.Name); len(problems) > 0 {
			return fmt.Errorf("rendered artifact name %q is not a valid Kubernetes object name: %s", filled.Name, strings.Join(problems, "; "))
		}
		if before, taken := e.folders[filled.Name]; taken {
			return fmt.Errorf("directories %q and %q both resolve to artifact name %q", before, folder, filled.Name)
		}
		if len(e.expanded) == maxArtifacts {
			return &limitError{fmt.Sprintf("more than %d artifacts", maxArtifacts)}
		}
		e.folders[filled.Name] = folder
		e.expanded = append(e.expanded, filled)
	}
	return nil
}

// fill puts captures into an output: in small letters into its name, as they are into its paths.
func fill(output outputArtifact, small, raw map[string]string) (outputArtifact, error) {
	name, err := replaceCaptures(output.Name, small)
	if err != nil {
		return output, err
	}
	filled := outputArtifact{Name: name, Revision: output.Revision, labels: small, Copy: slices.Clone(output.Copy)}
	for i, operation := range output.Copy {
		if filled.Copy[i].From, err = replaceCaptures(operation.From, raw); err != nil {
			return output, err
		}
		if filled.Copy[i].To, err = replaceCaptures(operation.To, raw); err != nil {
			return output, err
		}
	}
	return filled, nil
}

func replaceCaptures(template string, captures map[string]string) (string, error) {
	var filled strings.Builder
	err := eachCapture(template, func(text string) { filled.WriteString(text) }, func(name string) error {
		value, known := captures[name]
		if !known {
			return fmt.Errorf("capture variable %q is not defined by pathPattern", name)
		}
		filled.WriteString(value)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("invalid template %q: %w", template, err)
	}
	return filled.String(), nil
}

func checkCaptures(pattern string) error {
	seen := map[string]bool{}
	return eachCapture(pattern, func(string) {}, func(name string) error {
		if seen[name] {
			return fmt.Errorf("duplicate capture variable %q", name)
		}
		seen[name] = true
		if problems := validation.IsQualifiedName(name); len(problems) > 0 {
			return fmt.Errorf("capture variable %q is not a valid Kubernetes label key: %s", name, strings.Join(problems, "; "))
		}
		return nil
	})
}

// eachCapture splits a text into plain parts and `{captures}`.
func eachCapture(template string, plain func(string), capture func(string) error) error {
	rest := template
	for rest != "" {
		at := strings.IndexAny(rest, "{}")
		if at < 0 {
			break
		}
		plain(rest[:at])
		offset := len(template) - len(rest) + at
		if rest[at] == '}' {
			return fmt.Errorf("invalid capture ending at offset %d: missing opening brace", offset)
		}
		name, after, closed := strings.Cut(rest[at+1:], "}")
		switch {
		case !closed:
			return fmt.Errorf("invalid capture starting at offset %d: missing closing brace", offset)
		case name == "":
			return fmt.Errorf("empty capture variable")
		case !captureName.MatchString(name):
			return fmt.Errorf("capture variable %q must be a valid capture name matching [A-Za-z_][A-Za-z0-9_]*", name)
		}
		if err := capture(name); err != nil {
			return err
		}
		rest = after
	}
	plain(rest)
	return nil
}

// local cleans a path and refuses one that leaves its root, as os.Root does.
func local(name string) (string, error) {
	cleaned := path.Clean(name)
	if path.IsAbs(cleaned) || cleaned == ".." || strings.HasPrefix(cleaned, "../") {
		return "", fmt.Errorf("path %s escapes from parent", name)
	}
	return cleaned, nil
}

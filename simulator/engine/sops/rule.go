package sops

// Which values of a document are encrypted: by the end of a name on the way to them, by a pattern
// for such a name, or by a pattern for the comments above them.

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

type rule struct {
	// inverted rules name what stays plain.
	inverted bool
	suffix   string
	path     *regexp.Regexp
	comment  *regexp.Regexp
}

// defaultSuffix ends names of values that stay plain when a file has no rule of its own.
const defaultSuffix = "_unencrypted"

func parseRule(fields map[string]any) (rule, error) {
	var given []string
	var text string
	for _, name := range []string{
		"unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex",
		"unencrypted_comment_regex", "encrypted_comment_regex",
	} {
		value, err := weakText(fields[name])
		if err != nil {
			return rule{}, fmt.Errorf("%s: %w", name, err)
		}
		if value != "" {
			given, text = append(given, name), value
		}
	}
	switch len(given) {
	case 0:
		return rule{inverted: true, suffix: defaultSuffix}, nil
	case 1:
	default:
		return rule{}, errors.New("Cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex," +
			" unencrypted_regex, encrypted_comment_regex, or unencrypted_comment_regex in the same file")
	}
	result := rule{inverted: strings.HasPrefix(given[0], "un")}
	switch {
	case strings.HasSuffix(given[0], "_suffix"):
		result.suffix = text
	case strings.HasSuffix(given[0], "_comment_regex"):
		result.comment = compile(text)
	default:
		result.path = compile(text)
	}
	return result, nil
}

// compile makes a pattern that never matches of a broken one: upstream ignores the error.
func compile(text string) *regexp.Regexp {
	pattern, err := regexp.Compile(text)
	if err != nil {
		return regexp.MustCompile(`[^\x00-\x{10FFFF}]`)
	}
	return pattern
}

func (r rule) encrypted(path []string, comments [][]string) bool {
	return r.matches(path, comments) != r.inverted
}

// matches takes a comment that itself fits an encrypted_comment_regex for encrypted, although
// encrypting leaves that one readable: decrypting tries, fails and keeps it.
func (r rule) matches(path []string, comments [][]string) bool {
	if r.comment != nil {
		for _, line := range slices.Concat(comments...) {
			if r.comment.MatchString(line) {
				return true
			}
		}
		return false
	}
	for _, name := range path {
		if r.path != nil && r.path.MatchString(name) || r.path == nil && strings.HasSuffix(name, r.suffix) {
			return true
		}
	}
	return false
}

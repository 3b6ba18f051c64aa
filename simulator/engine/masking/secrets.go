package masking

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const (
	// shortest is the length from which a secret value is looked for inside other text, as a word of its own.
	shortest = 4
	// anywhere is the length from which it is looked for anywhere.
	anywhere = 8
)

// commonWords are values that say nothing, although a Secret may hold them.
var commonWords = map[string]bool{"true": true, "false": true, "null": true, "none": true, "default": true}

// Secrets holds the plain values that came from Secrets or were encrypted.
type Secrets map[string]bool

// Replace puts digests where a secret value is or is part of a text.
func (s Secrets) Replace(tree any) any {
	switch value := tree.(type) {
	case map[string]any:
		for _, key := range slices.Collect(maps.Keys(value)) {
			inner := s.Replace(value[key])
			delete(value, key)
			value[s.Text(key)] = inner
		}
		return value
	case []any:
		for i := range value {
			value[i] = s.Replace(value[i])
		}
		return value
	case string:
		return s.Text(value)
	case nil:
		return nil
	}
	if text := fmt.Sprint(tree); s[text] {
		return Digest(text)
	}
	return tree
}

// Text puts a digest in place of a text that is a secret value, or in place of its parts that are.
func (s Secrets) Text(text string) string {
	if s[text] {
		return Digest(text)
	}
	return s.Parts(text)
}

// Parts puts digests in place of the parts of a text that are secret values.
func (s Secrets) Parts(text string) string {
	for _, secret := range s.long() {
		if !strings.Contains(text, secret) {
			continue
		}
		if len(secret) >= anywhere {
			text = strings.ReplaceAll(text, secret, Digest(secret))
			continue
		}
		word := regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(secret) + `(\W|$)`)
		text = word.ReplaceAllString(text, "${1}"+Digest(secret)+"${2}")
	}
	return text
}

// long lists the values that may be looked for inside text, longest first.
func (s Secrets) long() []string {
	var long []string
	for secret := range s {
		if len(secret) >= shortest && !commonWords[secret] {
			long = append(long, secret)
		}
	}
	slices.SortFunc(long, func(a, c string) int {
		if len(a) != len(c) {
			return len(c) - len(a)
		}
		return strings.Compare(a, c)
	})
	return long
}

// Scrub takes secret values out of a message, also where the API server quotes a short one.
func (s Secrets) Scrub(message string) string {
	message = s.Parts(message)
	for secret := range s {
		if secret != "" {
			message = strings.ReplaceAll(message, "{Value:"+secret+"}", "{Value:"+Digest(secret)+"}")
		}
	}
	return message
}

// Learn notes a secret value, in the forms in which it may appear.
func (s Secrets) Learn(text string) {
	for _, form := range []string{text, strings.TrimSpace(text), strings.ReplaceAll(text, "\n", "")} {
		if form != "" {
			s[form] = true
		}
	}
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil && len(plain) >= shortest {
		s[string(plain)] = true
	}
}

// MaskSecret replaces the values of a Secret, wherever they came from.
func MaskSecret(tree any) any {
	object, ok := tree.(map[string]any)
	if !ok || object["kind"] != "Secret" || object["apiVersion"] != "v1" {
		return tree
	}
	maskValues(object["data"], true)
	maskValues(object["stringData"], false)
	return object
}

func maskValues(field any, encoded bool) {
	values, _ := field.(map[string]any)
	for key, value := range values {
		text := fmt.Sprint(value)
		if plain, err := base64.StdEncoding.DecodeString(text); encoded && err == nil {
			text = string(plain)
		}
		if !DigestPattern.MatchString(text) || len(text) > DigestLength {
			text = Digest(text)
		}
		values[key] = text
	}
}

// Decode reads JSON and keeps numbers as they are written.
func Decode(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var tree any
	_ = decoder.Decode(&tree)
	return tree
}

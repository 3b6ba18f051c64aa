package helm

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
	"sluice.dev/engine/masking"
)

// standIn makes the text that stands in the place of a secret value in a shadow run.
type standIn func(text string) string

// digests stand in where a chart only passes values on: the digest then shows where the value went.
func digests(text string) string {
	if isTyped(text) {
		return otherNumber(text)
	}
	return masking.Digest(text)
}

// lookalikes stand in where a chart looks at its values: the form stays, so that checks of it pass.
func lookalikes(text string) string {
	if isTyped(text) {
		return otherNumber(text)
	}
	sum := sha256.Sum256([]byte("sluice lookalike\x00" + text))
	out := []byte(text)
	for i, char := range out {
		step := 1 + sum[i%len(sum)]
		switch {
		case char >= 'a' && char <= 'z':
			out[i] = 'a' + (char-'a'+step%25+1)%26
		case char >= 'A' && char <= 'Z':
			out[i] = 'A' + (char-'A'+step%25+1)%26
		case char >= '1' && char <= '9':
			out[i] = '1' + (char-'1'+step%8+1)%9
		}
	}
	return string(out)
}

// isTyped is true for texts that YAML and `--set` take for something else than text.
func isTyped(text string) bool {
	if text == "true" || text == "false" || text == "null" {
		return true
	}
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}

// longestNumber is a number of digits that every kind of integer can hold.
const longestNumber = 18

// otherNumber keeps numbers numbers of the same length; truth values say nothing.
func otherNumber(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		return text
	}
	sum := sha256.Sum256([]byte("sluice number\x00" + text))
	out := []byte(text[:min(len(text), longestNumber)])
	for i, char := range out {
		if char < '0' || char > '9' {
			continue
		}
		out[i] = '1' + sum[i]%9
	}
	if string(out) == text {
		out[len(out)-1] = '1' + (out[len(out)-1]-'0')%9
	}
	return string(out)
}

// words are what is between the marks of Helm's `--set` grammar.
var words = regexp.MustCompile(`[^,={}\[\]\\"']+`)

// object replaces the values of a Secret in the way in which the release uses each of them.
func (s standIn) object(secret api.DataObject, release *helmRelease) api.DataObject {
	out := api.DataObject{Kind: secret.Kind, Data: map[string]string{}}
	asValue := map[string]bool{}
	for _, reference := range release.Spec.ValuesFrom {
		if reference.Kind == secret.Kind && reference.Name == secret.Name && reference.TargetPath != "" {
			asValue[reference.GetValuesKey()] = true
		}
	}
	for key, value := range secret.Data {
		if asValue[key] {
			out.Data[key] = words.ReplaceAllStringFunc(value, s)
			continue
		}
		out.Data[key] = s.document(value)
	}
	return out
}

// document replaces the leaves of a YAML text.
func (s standIn) document(text string) string {
	var values map[string]any
	if yaml.Unmarshal([]byte(text), &values) != nil || values == nil {
		return s(text)
	}
	replaced, err := yaml.Marshal(s.leaves(values))
	if err != nil {
		return s(text)
	}
	return string(replaced)
}

func (s standIn) leaves(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			value[key] = s.leaves(inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = s.leaves(inner)
		}
	case string:
		return s(value)
	case float64:
		number, _ := strconv.ParseFloat(otherNumber(strconv.FormatInt(int64(value), 10)), 64)
		return number
	}
	return value
}

// encoded replaces one value as it stands in a Secret that a template looks up.
func (s standIn) encoded(text string) string {
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return s(text)
	}
	return base64.StdEncoding.EncodeToString([]byte(s(string(plain))))
}

// leavesOf lists the scalars of a YAML text.
func leavesOf(text string) []string {
	var values map[string]any
	if yaml.Unmarshal([]byte(text), &values) != nil {
		return nil
	}
	var leaves []string
	var walk func(value any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, inner := range value {
				walk(inner)
			}
		case []any:
			for _, inner := range value {
				walk(inner)
			}
		case nil, bool:
		case float64:
			leaves = append(leaves, strconv.FormatFloat(value, 'f', -1, 64))
		default:
			leaves = append(leaves, fmt.Sprint(value))
		}
	}
	walk(values)
	return leaves
}

// quoted puts digests in the place of secret values that a message quotes, however short they are.
func quoted(secrets masking.Secrets, message string) string {
	for secret := range secrets {
		for _, mark := range []string{"'", `"`, "`"} {
			message = strings.ReplaceAll(message, mark+secret+mark, mark+masking.Digest(secret)+mark)
		}
	}
	return message
}

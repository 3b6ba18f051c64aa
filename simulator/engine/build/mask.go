package build

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

const (
	// shortest is the length from which a secret value is looked for inside other text, as a word of its own.
	shortest = 4
	// anywhere is the length from which it is looked for anywhere.
	anywhere = 8
)

// commonWords are values that say nothing, although a Secret may hold them.
var commonWords = map[string]bool{"true": true, "false": true, "null": true, "none": true, "default": true}

var digestPattern = regexp.MustCompile(digestPrefix + `[0-9a-f]{12}`)

// mask turns an exact answer into one for people. The whole pipeline runs again with digests in place of the secret values,
// so a digest turns up wherever its value would; where the two answers differ by a digest, the digest is shown.
func mask(store *memfs.Store, request *api.KustomizeRequest, exact *builder, result *api.KustomizeResult) {
	if len(result.Objects) == 0 {
		return
	}
	shadow, failure := newBuilder(store, request)
	var masked []api.Object
	if failure == nil {
		shadow.masking, shadow.cluster.masking = true, true
		answer, _ := shadow.run()
		masked = answer.Objects
	}
	for i := range result.Objects {
		tree := decodeExact(result.Objects[i].JSON)
		if len(masked) == len(result.Objects) && masked[i].Kind == result.Objects[i].Kind {
			tree = exact.overlay(tree, decodeExact(masked[i].JSON))
		} else {
			// The digests broke the build; then the values are looked for in its output.
			tree = exact.replaceSecrets(tree)
		}
		if text, err := canonical(maskSecret(tree)); err == nil {
			result.Objects[i].JSON = text
		}
	}
}

// decodeExact reads JSON and keeps numbers as they are written.
func decodeExact(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var tree any
	_ = decoder.Decode(&tree)
	return tree
}

// overlay takes a digest from masked where it has one, and everything else from exact:
// names that end in a hash of content differ as well, and those must stay.
func (b *builder) overlay(exact, masked any) any {
	switch value := exact.(type) {
	case map[string]any:
		if other, ok := masked.(map[string]any); ok {
			return b.overlayMap(value, other)
		}
	case []any:
		if other, ok := masked.([]any); ok && len(other) == len(value) {
			for i := range value {
				value[i] = b.overlay(value[i], other[i])
			}
			return value
		}
	}
	if hasDigest(masked) {
		return masked
	}
	return exact
}

func (b *builder) overlayMap(exact, masked map[string]any) any {
	for key, value := range exact {
		if other, ok := masked[key]; ok {
			exact[key] = b.overlay(value, other)
			continue
		}
		// The key or its whole branch hangs on a secret value.
		delete(exact, key)
		exact[b.replaceText(key)] = b.replaceSecrets(value)
	}
	return exact
}

func hasDigest(tree any) bool {
	text, err := json.Marshal(tree)
	return err == nil && digestPattern.Match(text)
}

// replaceSecrets puts digests where a secret value is or is part of a text.
func (b *builder) replaceSecrets(tree any) any {
	switch value := tree.(type) {
	case map[string]any:
		for _, key := range slices.Collect(maps.Keys(value)) {
			inner := b.replaceSecrets(value[key])
			delete(value, key)
			value[b.replaceText(key)] = inner
		}
		return value
	case []any:
		for i := range value {
			value[i] = b.replaceSecrets(value[i])
		}
		return value
	case string:
		return b.replaceText(value)
	case nil:
		return nil
	}
	if text := fmt.Sprint(tree); b.secrets[text] {
		return digest(text)
	}
	return tree
}

func (b *builder) replaceText(text string) string {
	if b.secrets[text] {
		return digest(text)
	}
	return b.replaceParts(text)
}

func (b *builder) replaceParts(text string) string {
	for _, secret := range b.longSecrets() {
		if !strings.Contains(text, secret) {
			continue
		}
		if len(secret) >= anywhere {
			text = strings.ReplaceAll(text, secret, digest(secret))
			continue
		}
		word := regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(secret) + `(\W|$)`)
		text = word.ReplaceAllString(text, "${1}"+digest(secret)+"${2}")
	}
	return text
}

// longSecrets lists the values that may be looked for inside text, longest first.
func (b *builder) longSecrets() []string {
	var long []string
	for secret := range b.secrets {
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

// scrub takes secret values out of a message, also where the API server quotes a short one.
func (b *builder) scrub(message string) string {
	message = b.replaceParts(message)
	for secret := range b.secrets {
		if secret != "" {
			message = strings.ReplaceAll(message, "{Value:"+secret+"}", "{Value:"+digest(secret)+"}")
		}
	}
	return message
}

// maskSecret replaces the values of a Secret, wherever they came from.
func maskSecret(tree any) any {
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
		if !digestPattern.MatchString(text) || len(text) > len(digestPrefix)+12 {
			text = digest(text)
		}
		values[key] = text
	}
}

// learnCluster notes the values of the Secrets that take part.
func (b *builder) learnCluster() {
	for _, object := range b.request.Objects {
		if object.Kind != "Secret" {
			continue
		}
		for _, value := range object.Data {
			b.learnText(value)
		}
	}
}

// learn notes the plain values of what was encrypted.
func (b *builder) learn(encrypted, plain any) {
	switch value := plain.(type) {
	case map[string]any:
		before, _ := encrypted.(map[string]any)
		for key := range value {
			b.learn(before[key], value[key])
		}
	case []any:
		before, _ := encrypted.([]any)
		for i := range value {
			if i < len(before) {
				b.learn(before[i], value[i])
			}
		}
	case nil:
	default:
		if isCiphertext(encrypted) {
			b.learnText(fmt.Sprint(plain))
		}
	}
}

func (b *builder) learnText(text string) {
	for _, form := range []string{text, strings.TrimSpace(text), strings.ReplaceAll(text, "\n", "")} {
		if form != "" {
			b.secrets[form] = true
		}
	}
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil && len(plain) >= shortest {
		b.secrets[string(plain)] = true
	}
}

// isCiphertext recognises a value that SOPS encrypted.
func isCiphertext(value any) bool {
	text, ok := value.(string)
	return ok && strings.HasPrefix(text, "ENC[AES256_GCM,")
}

// maskTree puts the digest of each plain value where SOPS had encrypted one.
func maskTree(encrypted, plain any) any {
	switch value := plain.(type) {
	case map[string]any:
		before, _ := encrypted.(map[string]any)
		for key := range value {
			value[key] = maskTree(before[key], value[key])
		}
		return value
	case []any:
		before, _ := encrypted.([]any)
		for i := range value {
			if i < len(before) {
				value[i] = maskTree(before[i], value[i])
			}
		}
		return value
	}
	if isCiphertext(encrypted) {
		return digest(fmt.Sprint(plain))
	}
	return plain
}

// maskLines does the same for files of `key=value` lines, which keep their order.
func maskLines(encrypted, plain []byte) []byte {
	lines := bytes.Split(plain, []byte("\n"))
	for i, value := range lineValues(encrypted, plain) {
		name, _, _ := bytes.Cut(lines[i], []byte("="))
		lines[i] = slices.Concat(name, []byte("="), []byte(digest(value)))
	}
	return bytes.Join(lines, []byte("\n"))
}

// lineValues gives the plain values, by line, of the names whose value is encrypted.
func lineValues(encrypted, plain []byte) map[int]string {
	hidden := map[string]bool{}
	for _, line := range bytes.Split(encrypted, []byte("\n")) {
		name, value, _ := bytes.Cut(line, []byte("="))
		if bytes.HasPrefix(bytes.TrimSpace(value), []byte("ENC[AES256_GCM,")) {
			hidden[string(bytes.TrimSpace(name))] = true
		}
	}
	values := map[int]string{}
	for i, line := range bytes.Split(plain, []byte("\n")) {
		name, value, found := bytes.Cut(line, []byte("="))
		if found && hidden[string(bytes.TrimSpace(name))] {
			values[i] = string(bytes.TrimSpace(value))
		}
	}
	return values
}

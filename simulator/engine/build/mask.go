package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sluice.dev/engine/api"
	"sluice.dev/engine/masking"
	"sluice.dev/engine/memfs"
)

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
		tree := masking.Decode(result.Objects[i].JSON)
		if len(masked) == len(result.Objects) && masked[i].Kind == result.Objects[i].Kind {
			tree = exact.overlay(tree, masking.Decode(masked[i].JSON))
		} else {
			// The digests broke the build; then the values are looked for in its output.
			tree = exact.secrets.Replace(tree)
		}
		if text, err := Canonical(masking.MaskSecret(tree)); err == nil {
			result.Objects[i].JSON = text
		}
	}
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
		exact[b.secrets.Text(key)] = b.secrets.Replace(value)
	}
	return exact
}

func hasDigest(tree any) bool {
	text, err := json.Marshal(tree)
	return err == nil && masking.DigestPattern.Match(text)
}

// learnCluster notes the values of the Secrets that take part.
func (b *builder) learnCluster() {
	for _, object := range b.request.Objects {
		if object.Kind != "Secret" {
			continue
		}
		for _, value := range object.Data {
			b.secrets.Learn(value)
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
			b.secrets.Learn(fmt.Sprint(plain))
		}
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
		return masking.Digest(fmt.Sprint(plain))
	}
	return plain
}

// maskLines does the same for files of `key=value` lines, which keep their order.
func maskLines(encrypted, plain []byte) []byte {
	lines := bytes.Split(plain, []byte("\n"))
	for i, value := range lineValues(encrypted, plain) {
		name, _, _ := bytes.Cut(lines[i], []byte("="))
		lines[i] = slices.Concat(name, []byte("="), []byte(masking.Digest(value)))
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

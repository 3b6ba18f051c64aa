package resourceset

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
)

// digest stands for a secret value, as in package build: the same value has the same digest everywhere.
func digest(value string) string {
	sum := sha256.Sum256([]byte("sluice secret value\x00" + value))
	return "secret-" + hex.EncodeToString(sum[:])[:12]
}

// maskSecret replaces the values of a Secret. The object may be changed, its parts not.
func maskSecret(object map[string]any) {
	if text(object["kind"]) != "Secret" || text(object["apiVersion"]) != "v1" {
		return
	}
	for _, field := range []string{"data", "stringData"} {
		values, ok := object[field].(map[string]any)
		if !ok {
			continue
		}
		masked := make(map[string]any, len(values))
		for name, value := range values {
			plain := fmt.Sprint(value)
			if decoded, err := base64.StdEncoding.DecodeString(plain); field == "data" && err == nil {
				plain = string(decoded)
			}
			masked[name] = digest(plain)
		}
		object[field] = masked
	}
}

func keysOf(values map[string]string) iter.Seq[string] { return maps.Keys(values) }

// Package masking keeps the values of Secrets out of what people see: a digest stands for each of them.
package masking

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
)

// Prefix begins the text that stands for a value of a Secret.
const Prefix = "secret-"

// DigestLength is the length of such a text.
const DigestLength = len(Prefix) + 12

// DigestPattern finds digests.
var DigestPattern = regexp.MustCompile(Prefix + `[0-9a-f]{12}`)

// Digest stands for a secret value: the same value has the same digest everywhere.
func Digest(value string) string {
	sum := sha256.Sum256([]byte("sluice secret value\x00" + value))
	return Prefix + hex.EncodeToString(sum[:])[:12]
}

// IsDigest is true for a text that is a digest and nothing else.
func IsDigest(text string) bool { return len(text) == DigestLength && DigestPattern.MatchString(text) }

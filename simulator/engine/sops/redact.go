package sops

// The shape of encrypted content for someone without the key: every encrypted value becomes a
// placeholder that is the same as long as the ciphertext is, and nothing of the value is shown.

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// RedactTree is DecryptTree without a key.
func RedactTree(tree map[string]any) (map[string]any, error) {
	return throughJSON(tree, func(data []byte) ([]byte, error) {
		return RedactFile(data, JSON)
	})
}

// RedactFile is DecryptFile without a key.
func RedactFile(data []byte, format Format) ([]byte, error) {
	return RedactFileAs(data, format, format)
}

// RedactFileAs is DecryptFileAs without a key.
func RedactFileAs(data []byte, input, output Format) (out []byte, err error) {
	defer recoverInto(&err, input, output)
	document, err := load(data, input)
	if err != nil {
		return nil, err
	}
	for _, tree := range document.branches {
		if err := document.metadata.rule.redact(tree); err != nil {
			return nil, err
		}
	}
	return document.emit(input, output)
}

// redact writes base64 into the data of a Secret, where the API server wants nothing else.
func (r rule) redact(tree branch) error {
	isSecret := tree.field("kind") == "Secret" && tree.field("apiVersion") == "v1"
	return walkBranch(tree, nil, nil, func(leaf any, path []string, comments [][]string) (any, error) {
		comment, isComment := leaf.(Comment)
		if !r.encrypted(path, comments) {
			return leaf, nil
		}
		if isComment {
			comment.Value, _ = placeholder(comment.Value, false).(string)
			return comment, nil
		}
		text, _ := leaf.(string)
		return placeholder(text, isSecret && len(path) > 1 && path[0] == "data"), nil
	})
}

func (b branch) field(name string) any {
	for _, pair := range b {
		if pair.Key == name {
			return pair.Value
		}
	}
	return nil
}

// placeholder keeps the type of the value, so that the redacted object is refused where the real
// one would be. Text that is not encrypted stays.
func placeholder(ciphertext string, asBase64 bool) any {
	parts := encryptedValue.FindStringSubmatch(ciphertext)
	if parts == nil {
		return ciphertext
	}
	digest := sha256.Sum256([]byte(ciphertext))
	number := int(binary.BigEndian.Uint32(digest[:4]) >> 1)
	switch strings.TrimSpace(parts[4]) {
	case "int":
		return number
	case "float":
		return float64(number) + 0.5
	case "bool":
		return false
	}
	text := "secret-" + hex.EncodeToString(digest[:6])
	if asBase64 {
		return base64.StdEncoding.EncodeToString([]byte(text))
	}
	return text
}

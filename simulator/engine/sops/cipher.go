package sops

// One encrypted value: ENC[AES256_GCM,data:…,iv:…,tag:…,type:…], AES-GCM with the value's path as
// additional data.

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

var encryptedValue = regexp.MustCompile(`^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]`)

// errNotEncrypted has the controller's words, which leave the value out.
var errNotEncrypted = errors.New("Input string <redacted> does not match sops' data format")

// decryptValue answers an empty text for an empty one: nothing is encrypted there.
func decryptValue(text string, key []byte, additionalData string) (any, error) {
	if text == "" {
		return "", nil
	}
	parts := encryptedValue.FindStringSubmatch(text)
	if parts == nil {
		return nil, errNotEncrypted
	}
	var raw [3][]byte
	for i, name := range []string{"data", "iv", "tag"} {
		decoded, err := base64.StdEncoding.DecodeString(parts[i+1])
		if err != nil {
			return nil, fmt.Errorf("Error base64-decoding %s: %w", name, err)
		}
		raw[i] = decoded
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	sealed, err := cipher.NewGCMWithNonceSize(block, len(raw[1]))
	if err != nil {
		return nil, err
	}
	plain, err := sealed.Open(nil, raw[1], append(raw[0], raw[2]...), []byte(additionalData))
	if err != nil {
		return nil, fmt.Errorf("Could not decrypt with AES_GCM: %w", err)
	}
	return typedValue(plain, parts[4])
}

func typedValue(plain []byte, datatype string) (any, error) {
	switch datatype {
	case "str":
		return string(plain), nil
	case "int":
		return strconv.Atoi(string(plain))
	case "float":
		return strconv.ParseFloat(string(plain), 64)
	case "bool":
		return strconv.ParseBool(string(plain))
	case "bytes":
		return plain, nil
	case "comment":
		return Comment{Value: string(plain)}, nil
	case "time":
		var at time.Time
		err := at.UnmarshalText(plain)
		return at, err
	default:
		return nil, fmt.Errorf("Unknown datatype: %s", datatype)
	}
}

// Package sops decrypts SOPS files and objects with age keys, as kustomize-controller's decryptor
// does through getsops/sops v3.13. That library cannot be compiled to WebAssembly, so its file
// format is read here; the differential test in difftest holds the two against each other. Other
// kinds of keys (PGP, cloud KMS, Vault) need what the engine cannot reach: without an age key that
// fits, the answer is ErrNoKey, and Redact… gives the shape of the content instead.
package sops

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
)

// ErrNoKey says that no given identity opens the data key.
var ErrNoKey = errors.New("no identity matched any of the recipients")

// maxFileSize is the decryptor's limit for one file.
const maxFileSize = 5 << 20

// Format is a SOPS file format. The order is that of getsops' cmd/sops/formats.
type Format int

// The formats, and the answer of DetectFormat for text without a marker.
const (
	Binary Format = iota
	Dotenv
	INI
	JSON
	YAML
	Unknown Format = -1
)

func (f Format) String() string {
	switch f {
	case Binary:
		return "binary"
	case Dotenv:
		return "dotenv"
	case INI:
		return "INI"
	case JSON:
		return "JSON"
	case YAML:
		return "YAML"
	default:
		return "unknown"
	}
}

// FormatForPath goes by the end of the name, like formatForPath of the decryptor. Environment files
// of a generator are Dotenv when this says Binary.
func FormatForPath(path string) Format {
	switch {
	case strings.HasSuffix(path, ".dockerconfigjson"), strings.HasSuffix(path, ".json"):
		return JSON
	case strings.HasSuffix(path, ".yaml"), strings.HasSuffix(path, ".yml"):
		return YAML
	case strings.HasSuffix(path, ".env"):
		return Dotenv
	case strings.HasSuffix(path, ".ini"):
		return INI
	default:
		return Binary
	}
}

// markers is how the decryptor recognises an encrypted file: by these very bytes. So a YAML file
// whose mac is quoted, or JSON without a blank after the colon, is taken for plain text.
var markers = map[Format][]byte{
	Binary: []byte(`"mac": "ENC[`),
	Dotenv: []byte(`sops_mac=ENC[`),
	INI:    []byte(`[sops]`),
	JSON:   []byte(`"mac": "ENC[`),
	YAML:   []byte(`mac: ENC[`),
}

// HasMarker says whether the decryptor takes a file for encrypted.
func HasMarker(data []byte, format Format) bool {
	marker, ok := markers[format]
	return ok && bytes.Contains(data, marker)
}

// DetectFormat finds the format of a value of a Secret, or Unknown. Upstream asks in random order;
// here JSON goes before Binary, which has the same marker and is read the same.
func DetectFormat(data []byte) Format {
	for _, format := range []Format{YAML, JSON, Dotenv, INI} {
		if HasMarker(data, format) {
			return format
		}
	}
	return Unknown
}

// IsEncrypted is the decryptor's test of a built object: `sops` with a `mac` in it.
func IsEncrypted(tree map[string]any) bool {
	metadata, _ := tree["sops"].(map[string]any)
	return metadata["mac"] != nil
}

// DecryptFile decrypts a file into the same format.
func DecryptFile(data []byte, format Format, ids []age.Identity) ([]byte, error) {
	return DecryptFileAs(data, format, format, ids)
}

// DecryptFileAs decrypts one format into another, as the decryptor does with values of Secrets. The
// MAC is not checked, because the controller does not (objects have changed on their way through
// kustomize); VerifyMAC does.
func DecryptFileAs(data []byte, input, output Format, ids []age.Identity) (out []byte, err error) {
	defer recoverInto(&err, input, output)
	document, err := load(data, input)
	if err != nil {
		return nil, err
	}
	key, err := document.metadata.dataKey(ids)
	if err != nil {
		return nil, fmt.Errorf("cannot get sops data key: %w", err)
	}
	if _, err := document.decrypt(key); err != nil {
		return nil, fmt.Errorf("error decrypting sops tree: %w", err)
	}
	return document.emit(input, output)
}

// VerifyMAC decrypts a file and compares its content with the MAC in it. The controller does not do
// this; a failure means that somebody changed the file by hand.
func VerifyMAC(data []byte, format Format, ids []age.Identity) (err error) {
	defer recoverInto(&err, format, format)
	document, err := load(data, format)
	if err != nil {
		return err
	}
	key, err := document.metadata.dataKey(ids)
	if err != nil {
		return fmt.Errorf("cannot get sops data key: %w", err)
	}
	computed, err := document.decrypt(key)
	if err != nil {
		return fmt.Errorf("error decrypting sops tree: %w", err)
	}
	stored, err := decryptValue(document.metadata.mac, key, document.metadata.lastModified)
	if err != nil {
		return fmt.Errorf("failed to verify sops data integrity: %w", err)
	}
	if stored != computed {
		return errors.New("failed to verify sops data integrity: the content does not match its MAC")
	}
	return nil
}

// DecryptTree decrypts an object, dropping its `sops` field. The controller goes through JSON text;
// so does this.
func DecryptTree(tree map[string]any, ids []age.Identity) (map[string]any, error) {
	return throughJSON(tree, func(data []byte) ([]byte, error) {
		return DecryptFile(data, JSON, ids)
	})
}

func throughJSON(tree map[string]any, change func([]byte) ([]byte, error)) (map[string]any, error) {
	data, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	data, err = change(data)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var out map[string]any
	if err := decoder.Decode(&out); err != nil {
		return nil, err
	}
	return plainNumbers(out).(map[string]any), nil
}

// plainNumbers makes int64 and float64 of numbers, as the Kubernetes libraries do.
func plainNumbers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, entry := range value {
			value[key] = plainNumbers(entry)
		}
	case []any:
		for i, item := range value {
			value[i] = plainNumbers(item)
		}
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		number, _ := value.Float64()
		return number
	}
	return value
}

// recoverInto turns a panic over hostile input into an error, as the decryptor does.
func recoverInto(err *error, input, output Format) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("failed to emit encrypted %s file as decrypted %s: %v", input, output, cause)
	}
}

package templates

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"text/template"
)

const (
	certificateBytes = 800
	keyBytes         = 1190
	bcryptAlphabet   = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	// bcryptLength is the salt and the hash of a bcrypt hash.
	bcryptLength = 53
)

// certificate has the fields of sprig's.
type certificate struct {
	Cert string
	Key  string
}

// keyTypes are the headings that sprig writes for each type of key.
var keyTypes = map[string]string{
	"": "RSA PRIVATE KEY", "rsa": "RSA PRIVATE KEY", "dsa": "DSA PRIVATE KEY", "ecdsa": "EC PRIVATE KEY", "ed25519": "PRIVATE KEY",
}

// secrets stand in for what sprig makes new each time (`crypto.go`): the form is right and the content is not,
// since real keys would take seconds and be other ones on the cluster anyway.
func (s *Session) secrets() template.FuncMap {
	funcs := template.FuncMap{
		"genPrivateKey": func(kind string) string {
			heading, known := keyTypes[kind]
			if !known {
				return "Unknown type " + kind
			}
			return s.block("genPrivateKey", heading, keyBytes)
		},
		"bcrypt": func(string) string { return s.bcrypt("bcrypt") },
		"htpasswd": func(user, _ string) string {
			if strings.Contains(user, ":") {
				return "invalid username: " + user
			}
			return user + ":" + s.bcrypt("htpasswd")
		},
		"encryptAES": s.encryptAES,
	}
	for _, name := range []string{
		"genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
	} {
		funcs[name] = func(...any) certificate {
			return certificate{Cert: s.block(name, "CERTIFICATE", certificateBytes), Key: s.block(name, "RSA PRIVATE KEY", keyBytes)}
		}
	}
	return funcs
}

func (s *Session) block(name, heading string, size int) string {
	content := make([]byte, size)
	_, _ = s.stream(name).Read(content)
	return string(pem.EncodeToMemory(&pem.Block{Type: heading, Bytes: content}))
}

func (s *Session) bcrypt(name string) string {
	return "$2a$10$" + s.stream(name).text(bcryptAlphabet, bcryptLength)
}

// encryptAES is sprig's, except for where the initialisation vector comes from.
func (s *Session) encryptAES(password, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	key := make([]byte, 32)
	copy(key, password)
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", fmt.Errorf("encryptAES: %w", err)
	}
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	content := append([]byte(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
	sealed := make([]byte, aes.BlockSize+len(content))
	_, _ = s.stream("encryptAES").Read(sealed[:aes.BlockSize])
	cipher.NewCBCEncrypter(block, sealed[:aes.BlockSize]).CryptBlocks(sealed[aes.BlockSize:], content)
	return base64.StdEncoding.EncodeToString(sealed), nil
}

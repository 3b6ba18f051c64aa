package sops

// A SOPS document in memory: ordered trees with their comments, and the walk that decrypts them.
// Order matters, because the MAC is taken over the values one after the other.

import (
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
)

// Comment is a line of comment. The names of its fields are what getsops writes when a comment
// stands where JSON has a value.
type Comment struct {
	Value  string
	Inline bool
}

// item is a pair of a mapping; the key of a comment is the Comment, its value nil. Its fields are
// exported because the INI writer prints nested pairs with reflection, as getsops does.
type item struct{ Key, Value any }

// branch is a mapping in the order of its text.
type branch []item

type document struct {
	branches []branch
	metadata metadata
}

func load(data []byte, format Format) (*document, error) {
	if len(data) > maxFileSize {
		return nil, fmt.Errorf("cannot decrypt file with size (%d bytes) exceeding limit (%d)", len(data), maxFileSize)
	}
	var branches []branch
	var err error
	switch format {
	case YAML:
		branches, err = readYAML(data)
	case Dotenv:
		branches, err = readDotenv(data)
	case INI:
		branches, err = readINI(data)
	default:
		branches, err = readJSON(data)
	}
	result := &document{branches: branches}
	if err == nil {
		err = result.extractMetadata(format)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to load encrypted %s data: %w", format, err)
	}
	return result, nil
}

func (d *document) emit(input, output Format) (out []byte, err error) {
	switch output {
	case YAML:
		out, err = writeYAML(d.branches)
	case Dotenv:
		out, err = writeDotenv(d.branches)
	case INI:
		out, err = writeINI(d.branches)
	case JSON:
		out, err = writeJSON(d.branches)
	default:
		out, err = writeBinary(d.branches)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to emit encrypted %s file as decrypted %s: %w", input, output, err)
	}
	return out, nil
}

// visitor answers what takes the place of a leaf.
type visitor func(leaf any, path []string, comments [][]string) (any, error)

// walk visits every leaf of every branch. The comments are those that stand directly above the leaf
// and above each mapping and list around it: rules may depend on them.
func (d *document) walk(visit visitor) error {
	for _, tree := range d.branches {
		if err := walkBranch(tree, nil, nil, visit); err != nil {
			return fmt.Errorf("Error walking tree: %w", err)
		}
	}
	return nil
}

func walkBranch(tree branch, path []string, outer [][]string, visit visitor) error {
	comments := append(outer[:len(outer):len(outer)], nil)
	last := len(comments) - 1
	for i, pair := range tree {
		if comment, ok := pair.Key.(Comment); ok {
			comments[last] = append(comments[last], comment.Value)
			replaced, err := visit(comment, path, comments)
			if err != nil {
				return err
			}
			switch replaced := replaced.(type) {
			case Comment:
				tree[i].Key = replaced
			case string:
				tree[i].Key = Comment{Value: replaced, Inline: comment.Inline}
			default:
				return fmt.Errorf("walkValue of Comment should be either Comment or string, was %T", replaced)
			}
			continue
		}
		name, ok := pair.Key.(string)
		if !ok {
			return fmt.Errorf("Tree contains a non-string key (type %T): %v. Only string keys are supported", pair.Key, pair.Key)
		}
		value, err := walkValue(pair.Value, append(path[:len(path):len(path)], name), comments, visit)
		if err != nil {
			return err
		}
		tree[i].Value = value
		comments[last] = nil
	}
	return nil
}

func walkValue(value any, path []string, comments [][]string, visit visitor) (any, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil
	case branch:
		return value, walkBranch(value, path, comments, visit)
	case []any:
		return value, walkList(value, path, comments, visit)
	case string, int, bool, float64, time.Time, Comment:
		return visit(value, path, comments)
	default:
		return nil, fmt.Errorf("Cannot walk value, unknown type: %T", value)
	}
}

func walkList(list []any, path []string, outer [][]string, visit visitor) error {
	comments := append(outer[:len(outer):len(outer)], nil)
	last := len(comments) - 1
	for i, element := range list {
		comment, isComment := element.(Comment)
		if isComment {
			comments[last] = append(comments[last], comment.Value)
		}
		replaced, err := walkValue(element, path, comments, visit)
		if err != nil {
			return err
		}
		list[i] = replaced
		if !isComment {
			comments[last] = nil
		}
	}
	return nil
}

// decrypt puts plain values in place and gives the MAC of the content.
func (d *document) decrypt(key []byte) (mac string, err error) {
	digest := sha512.New()
	if d.metadata.macOnlyEncrypted {
		digest.Write(macOnlyEncryptedSeed)
	}
	err = d.walk(func(leaf any, path []string, comments [][]string) (any, error) {
		comment, isComment := leaf.(Comment)
		encrypted := d.metadata.rule.encrypted(path, comments)
		plain := leaf
		if encrypted {
			if plain, err = decryptLeaf(leaf, comment, isComment, key, path); err != nil {
				return nil, err
			}
		}
		if !isComment && (encrypted || !d.metadata.macOnlyEncrypted) {
			return plain, addToMAC(digest, plain)
		}
		return plain, nil
	})
	return strings.ToUpper(hex.EncodeToString(digest.Sum(nil))), err
}

// macOnlyEncryptedSeed starts the MAC of files that leave plain values out of it: the SHA-256 of
// "sops", so that switching the setting changes every MAC.
var macOnlyEncryptedSeed, _ = hex.DecodeString("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69")

func decryptLeaf(leaf any, comment Comment, isComment bool, key []byte, path []string) (any, error) {
	place := strings.Join(path, ":") + ":"
	if isComment {
		// A comment that does not decrypt was written before comments were encrypted.
		if plain, err := decryptValue(comment.Value, key, place); err == nil {
			return plain, nil
		}
		return comment, nil
	}
	text, ok := leaf.(string)
	if !ok {
		return nil, fmt.Errorf("Expected encrypted value as string, but got %T", leaf)
	}
	plain, err := decryptValue(text, key, place)
	if err != nil {
		return nil, fmt.Errorf("Could not decrypt value: %w", err)
	}
	return plain, nil
}

func addToMAC(digest hash.Hash, value any) error {
	switch value := value.(type) {
	case string:
		digest.Write([]byte(value))
	case []byte:
		digest.Write(value)
	case int:
		digest.Write(strconv.AppendInt(nil, int64(value), 10))
	case float64:
		digest.Write(strconv.AppendFloat(nil, value, 'f', -1, 64))
	case bool:
		text := "False"
		if value {
			text = "True"
		}
		digest.Write([]byte(text))
	case time.Time:
		text, err := value.MarshalText()
		if err != nil {
			return err
		}
		digest.Write(text)
	case Comment:
		digest.Write([]byte(value.Value))
	default:
		return errors.New("Could not convert value to bytes")
	}
	return nil
}

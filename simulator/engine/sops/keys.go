package sops

// The data key of a document: encrypted for each recipient of a group; with several groups, cut
// into shares (Shamir) of which some number of groups must be opened.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// keyGroup holds the age keys of a group. Keys of other kinds are only counted.
type keyGroup struct {
	age    []ageKey
	others int
}

type ageKey struct{ recipient, encrypted string }

// otherKinds are the names under which keys of other kinds stand.
var otherKinds = []string{"kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp"}

// ParseIdentities reads a key file as `.agekey` entries of the decryption Secret are read: one key a
// line, comments and empty lines left out, anything else an error.
func ParseIdentities(text string) ([]age.Identity, error) {
	var identities []age.Identity
	scanner := bufio.NewScanner(strings.NewReader(text))
	for scanner.Scan() {
		line := scanner.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		identity, err := parseIdentity(line)
		if err != nil {
			return nil, fmt.Errorf("failed to parse and add to age identities: %w", err)
		}
		identities = append(identities, identity)
	}
	return identities, nil
}

func parseIdentity(line string) (age.Identity, error) {
	switch {
	case strings.HasPrefix(line, "AGE-SECRET-KEY-PQ-1"):
		return age.ParseHybridIdentity(line)
	case strings.HasPrefix(line, "AGE-SECRET-KEY-1"):
		return age.ParseX25519Identity(line)
	case strings.HasPrefix(line, "AGE-PLUGIN-"):
		return nil, errors.New("plugin identities cannot be used here")
	default:
		return nil, errors.New("unknown identity type")
	}
}

func parseGroups(fields map[string]any) ([]keyGroup, error) {
	single, err := parseGroup(fields)
	if err != nil {
		return nil, err
	}
	if len(single.age)+single.others > 0 {
		return []keyGroup{single}, nil
	}
	var groups []keyGroup
	for _, entry := range asList(fields["key_groups"]) {
		members, ok := entry.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("key_groups: expected a map, got %T", entry)
		}
		group, err := parseGroup(members)
		if err != nil {
			return nil, err
		}
		groups = append(groups, group)
	}
	if len(groups) == 0 {
		return nil, errors.New("No keys found in file")
	}
	return groups, nil
}

func parseGroup(fields map[string]any) (keyGroup, error) {
	var group keyGroup
	for _, entry := range asList(fields["age"]) {
		key, ok := entry.(map[string]any)
		if !ok {
			return group, fmt.Errorf("age: expected a map, got %T", entry)
		}
		recipient, err := weakText(key["recipient"])
		if err != nil {
			return group, fmt.Errorf("age: recipient: %w", err)
		}
		encrypted, err := weakText(key["enc"])
		if err != nil {
			return group, fmt.Errorf("age: enc: %w", err)
		}
		group.age = append(group.age, ageKey{recipient, encrypted})
	}
	for _, kind := range otherKinds {
		group.others += len(asList(fields[kind]))
	}
	return group, nil
}

// asList takes a single map for a list of one, as getsops' decoding does.
func asList(value any) []any {
	switch value := value.(type) {
	case []any:
		return value
	case map[string]any:
		if len(value) == 0 {
			return nil
		}
		return []any{value}
	case nil, string:
		return nil
	default:
		return []any{value}
	}
}

// dataKey opens the groups. The error wraps ErrNoKey when no identity fits; an identity that fits
// but meets a damaged key is another error.
func (m *metadata) dataKey(ids []age.Identity) ([]byte, error) {
	var parts [][]byte
	var failures []error
	for i, group := range m.groups {
		part, err := group.open(ids)
		if err == nil {
			parts = append(parts, part)
		} else {
			failures = append(failures, fmt.Errorf("Group %d: FAILED\n%w", i, err))
		}
	}
	if len(m.groups) == 1 && len(parts) == 1 {
		return parts[0], nil
	}
	if len(m.groups) > 1 && len(parts) >= max(2, m.shamirThreshold) {
		return combineShares(parts)
	}
	return nil, fmt.Errorf("Failed to get the data key required to decrypt the SOPS file.\n\n%w", errors.Join(failures...))
}

func (g keyGroup) open(ids []age.Identity) ([]byte, error) {
	if len(g.age) == 0 {
		return nil, fmt.Errorf("none of the %d keys is an age key: %w", g.others, ErrNoKey)
	}
	var failures []error
	for _, key := range g.age {
		part, err := key.open(ids)
		if err == nil {
			return part, nil
		}
		failures = append(failures, fmt.Errorf("%s: FAILED\n- %w", key.recipient, err))
	}
	return nil, errors.Join(failures...)
}

func (k ageKey) open(ids []age.Identity) ([]byte, error) {
	if len(ids) == 0 {
		return nil, ErrNoKey
	}
	reader, err := age.Decrypt(armor.NewReader(strings.NewReader(k.encrypted)), ids...)
	if mismatch := new(age.NoIdentityMatchError); errors.As(err, &mismatch) {
		return nil, ErrNoKey
	}
	if err != nil {
		return nil, fmt.Errorf("failed to create reader for decrypting sops data key with age: %w", err)
	}
	part, err := io.ReadAll(reader)
	if err != nil {
		return nil, fmt.Errorf("failed to read age decrypted data: %w", err)
	}
	return part, nil
}

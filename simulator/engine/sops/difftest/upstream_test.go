// Package difftest holds our SOPS walk against getsops/sops: files that the real library encrypts
// must decrypt to the same bytes with both. It is a module of its own because the engine must not
// link getsops.
package difftest

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"filippo.io/age"
	upstream "github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	upstreamage "github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/logging"
	"github.com/sirupsen/logrus"

	"sluice.dev/engine/sops"
)

// formatOf pairs the two enumerations.
var formatOf = map[sops.Format]formats.Format{
	sops.Binary: formats.Binary, sops.Dotenv: formats.Dotenv, sops.INI: formats.Ini,
	sops.JSON: formats.Json, sops.YAML: formats.Yaml,
}

type keyPair struct {
	identity  *age.X25519Identity
	recipient string
}

func newKey(t *testing.T) keyPair {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return keyPair{identity, identity.Recipient().String()}
}

// useKey gives getsops its key the only way it takes one.
func useKey(t *testing.T, keys ...keyPair) []age.Identity {
	t.Helper()
	var ids []age.Identity
	text := ""
	for _, key := range keys {
		ids = append(ids, key.identity)
		text += key.identity.String() + "\n"
	}
	t.Setenv(upstreamage.SopsAgeKeyEnv, text)
	return ids
}

type recipe struct {
	format    sops.Format
	threshold int
	groups    [][]keyPair
	set       func(*upstream.Metadata)
}

// encrypt makes a file as `sops encrypt` does.
func encrypt(t *testing.T, plain string, r recipe) []byte {
	t.Helper()
	store := common.StoreForFormat(formatOf[r.format], config.NewStoresConfig())
	branches, err := store.LoadPlainFile([]byte(plain))
	if err != nil {
		t.Fatalf("%v\n%s", err, plain)
	}
	tree := upstream.Tree{Branches: branches, Metadata: upstream.Metadata{
		UnencryptedSuffix: upstream.DefaultUnencryptedSuffix, Version: "3.13.2", ShamirThreshold: r.threshold,
	}}
	if r.set != nil {
		tree.Metadata.UnencryptedSuffix = ""
		r.set(&tree.Metadata)
	}
	for _, members := range r.groups {
		var group upstream.KeyGroup
		for _, member := range members {
			key, err := upstreamage.MasterKeyFromRecipient(member.recipient)
			if err != nil {
				t.Fatal(err)
			}
			group = append(group, key)
		}
		tree.Metadata.KeyGroups = append(tree.Metadata.KeyGroups, group)
	}
	key, errs := tree.GenerateDataKey()
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	cipher := aes.NewCipher()
	mac, err := tree.Encrypt(key, cipher)
	if err != nil {
		t.Fatalf("%v\n%s", err, plain)
	}
	tree.Metadata.LastModified = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tree.Metadata.MessageAuthenticationCode, err = cipher.Encrypt(mac, key, tree.Metadata.LastModified.Format(time.RFC3339))
	if err != nil {
		t.Fatal(err)
	}
	out, err := store.EmitEncryptedFile(tree)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// decryptUpstream is what kustomize-controller's SopsDecryptWithFormat does.
func decryptUpstream(data []byte, input, output sops.Format, checkMAC bool) (out []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	tree, err := common.StoreForFormat(formatOf[input], config.NewStoresConfig()).LoadEncryptedFile(data)
	if err != nil {
		return nil, err
	}
	key, err := tree.Metadata.GetDataKey()
	if err != nil {
		return nil, err
	}
	cipher := aes.NewCipher()
	mac, err := tree.Decrypt(key, cipher)
	if err != nil {
		return nil, err
	}
	if checkMAC {
		stored, err := cipher.Decrypt(tree.Metadata.MessageAuthenticationCode, key, tree.Metadata.LastModified.Format(time.RFC3339))
		if err != nil {
			return nil, err
		}
		if stored != mac {
			return nil, errors.New("MAC mismatch")
		}
	}
	return common.StoreForFormat(formatOf[output], config.NewStoresConfig()).EmitPlainFile(tree.Branches)
}

// compare decrypts with both, into every format.
func compare(t *testing.T, data []byte, input sops.Format, ids []age.Identity) {
	t.Helper()
	for _, output := range []sops.Format{sops.Binary, sops.Dotenv, sops.INI, sops.JSON, sops.YAML} {
		want, wantErr := decryptUpstream(slices.Clone(data), input, output, false)
		got, gotErr := sops.DecryptFileAs(slices.Clone(data), input, output, ids)
		if (wantErr == nil) != (gotErr == nil) {
			t.Errorf("%v to %v: upstream says %v, we say %v\n%s", input, output, wantErr, gotErr, data)
		} else if wantErr == nil && string(want) != string(got) {
			t.Errorf("%v to %v:\nwant %q\ngot  %q\nfrom %s", input, output, want, got, data)
		}
	}
	_, wantErr := decryptUpstream(slices.Clone(data), input, input, true)
	gotErr := sops.VerifyMAC(slices.Clone(data), input, ids)
	if (wantErr == nil) != (gotErr == nil) {
		t.Errorf("MAC of %v: upstream says %v, we say %v\n%s", input, wantErr, gotErr, data)
	}
}

func TestMain(m *testing.M) {
	// No key of the person who runs this may leak into a comparison.
	dir, err := os.MkdirTemp("", "sops-difftest")
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "GNUPGHOME"} {
		os.Setenv(name, dir)
	}
	logging.SetLevel(logrus.ErrorLevel)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

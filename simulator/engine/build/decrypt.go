package build

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/kustomize/api/resource"

	"sluice.dev/engine/api"
	"sluice.dev/engine/sops"
)

// The rules here are those of kustomize-controller's `internal/decryptor/decryptor.go`.

const (
	sopsProvider = "sops"
	ageKeySuffix = ".agekey"
	// maxEncryptedFile is the size above which the decryptor refuses a file.
	maxEncryptedFile = 5 << 20
	decryptKey       = "kustomize.toolkit.fluxcd.io/decrypt"
	disabled         = "disabled"
)

func (b *builder) decrypts() bool {
	return b.spec.Decryption != nil && b.spec.Decryption.Provider == sopsProvider
}

// importKeys takes the age keys of the Secret that the Kustomization names, then those of the user.
func (b *builder) importKeys() error {
	if !b.decrypts() {
		return nil
	}
	if reference := b.spec.Decryption.SecretRef; reference != nil {
		if err := b.importSecret(reference.Name); err != nil {
			return err
		}
	}
	for _, text := range b.request.AgeIdentities {
		// A key that does not parse opens nothing; whoever keeps the keys reports it.
		if identities, err := sops.ParseIdentities(text); err == nil {
			b.keys = append(b.keys, identities...)
		}
	}
	return nil
}

func (b *builder) importSecret(name string) error {
	namespace := b.object.GetNamespace()
	data, _, err := b.cluster.data("Secret", namespace, name)
	if err != nil {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, name)
	}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if path.Ext(key) != ageKeySuffix {
			continue
		}
		identities, err := sops.ParseIdentities(data[key])
		if err != nil {
			return fmt.Errorf("failed to import '%s' data from %s decryption Secret '%s/%s': %w", key, sopsProvider, namespace, name, err)
		}
		b.keys = append(b.keys, identities...)
	}
	return nil
}

// decryptSources decrypts the files that generators and patches read.
func (b *builder) decryptSources() error {
	if !b.decrypts() {
		return nil
	}
	done := map[string]bool{}
	return b.visitKustomizations(b.folder, func(folder string, file *kustomizationFile) error {
		for _, source := range encryptedSources(file) {
			name := source.path
			if !path.IsAbs(name) {
				name = path.Join(folder, name)
			}
			at := insideRoot(name)
			if done[at] {
				continue
			}
			if err := b.decryptSource(at, source.format); err != nil {
				return err
			}
			done[at] = true
		}
		return nil
	})
}

type encryptedSource struct {
	path   string
	format sops.Format
}

func encryptedSources(file *kustomizationFile) []encryptedSource {
	var sources []encryptedSource
	for _, generator := range file.SecretGenerator {
		for _, entry := range generator.FileSources {
			key, name, found := strings.Cut(entry, "=")
			if !found {
				name = key
			}
			sources = append(sources, encryptedSource{name, sops.FormatForPath(key)})
		}
		for _, name := range generator.EnvSources {
			kind := sops.FormatForPath(name)
			if kind == sops.Binary {
				kind = sops.Dotenv
			}
			sources = append(sources, encryptedSource{name, kind})
		}
	}
	for _, name := range file.patchPaths() {
		if address, err := url.Parse(name); err == nil && address.Scheme != "" && address.Host != "" {
			continue
		}
		sources = append(sources, encryptedSource{name, sops.FormatForPath(name)})
	}
	return sources
}

func (b *builder) decryptSource(name string, kind sops.Format) error {
	found, err := b.fs.Stat(name)
	if err != nil {
		return pathError("lstat", name, err)
	}
	if found.IsDir() {
		return errors.New("cannot decrypt irregular file as it has file mode type bits set")
	}
	if found.Size() > maxEncryptedFile {
		return fmt.Errorf("cannot decrypt file with size (%d bytes) exceeding limit (%d)", found.Size(), maxEncryptedFile)
	}
	data, err := b.fs.ReadFile(name)
	if err != nil {
		return pathError("open", name, err)
	}
	if !sops.HasMarker(data, kind) {
		return nil
	}
	plain, err := b.decryptBytes(data, kind, kind, api.Warning{Path: relative(name)})
	if err != nil {
		return err
	}
	return b.fs.WriteFile(name, plain)
}

// decryptBytes decrypts a file, or the value of a Secret's key. Without a key it gives the shape with placeholders, if allowed.
func (b *builder) decryptBytes(data []byte, in, out sops.Format, place api.Warning) ([]byte, error) {
	plain, err := sops.DecryptFileAs(data, in, out, b.keys)
	if errors.Is(err, sops.ErrNoKey) && b.request.Undecryptable == "placeholder" {
		b.warnUndecrypted(place)
		return sops.RedactFileAs(data, in, out)
	}
	if err != nil {
		return nil, err
	}
	if b.masking {
		return maskFile(data, plain, in, out)
	}
	b.learnFile(data, plain, in)
	return plain, nil
}

func (b *builder) warnUndecrypted(place api.Warning) {
	what := place.Path
	if what == "" {
		what = place.Object
	}
	place.Code = "undecrypted"
	place.Message = what + " is encrypted and none of the keys at hand opens it; a digest stands for each value"
	b.warnings = append(b.warnings, place)
}

// decryptResource decrypts one resource of the build in place.
func (b *builder) decryptResource(res *resource.Resource) (bool, error) {
	if !b.decrypts() || strings.EqualFold(res.GetAnnotations()[decryptKey], disabled) {
		return false, nil
	}
	if isEncrypted(res) {
		return true, b.decryptWhole(res)
	}
	if res.GetKind() != "Secret" {
		return false, nil
	}
	return true, b.decryptData(res)
}

func isEncrypted(res *resource.Resource) bool {
	block := res.Field("sops")
	return !block.IsNilOrEmpty() && !block.Value.Field("mac").IsNilOrEmpty()
}

func (b *builder) decryptWhole(res *resource.Resource) error {
	what := fmt.Sprintf("'%s/%s' %s", res.GetNamespace(), res.GetName(), res.GetKind())
	text, err := res.MarshalJSON()
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		return err
	}
	plain, err := sops.DecryptTree(tree, b.keys)
	switch {
	case errors.Is(err, sops.ErrNoKey) && b.request.Undecryptable == "placeholder":
		b.warnUndecrypted(api.Warning{Object: objectKey(res.GetKind(), res.GetNamespace(), res.GetName())})
		if plain, err = sops.RedactTree(tree); err != nil {
			return fmt.Errorf("failed to decrypt and format %s data: %w", what, err)
		}
	case err != nil:
		return fmt.Errorf("failed to decrypt and format %s data: %w", what, err)
	case b.masking:
		plain = encodeData(tree, maskTree(tree, plain).(map[string]any))
	default:
		b.learn(tree, plain)
	}
	text, err = json.Marshal(plain)
	if err == nil {
		err = res.UnmarshalJSON(text)
	}
	if err != nil {
		return fmt.Errorf("failed to unmarshal decrypted %s to JSON: %w", what, err)
	}
	return nil
}

func (b *builder) decryptData(res *resource.Resource) error {
	data := res.GetDataMap()
	for _, key := range slices.Sorted(maps.Keys(data)) {
		value, err := base64.StdEncoding.DecodeString(data[key])
		if err != nil {
			continue
		}
		in := sops.DetectFormat(value)
		if in == sops.Unknown {
			continue
		}
		place := api.Warning{Object: objectKey("Secret", res.GetNamespace(), res.GetName())}
		plain, err := b.decryptBytes(value, in, sops.FormatForPath(key), place)
		if err != nil {
			return fmt.Errorf("failed to decrypt and format '%s/%s' Secret field '%s': %w", res.GetNamespace(), res.GetName(), key, err)
		}
		data[key] = base64.StdEncoding.EncodeToString(plain)
	}
	res.SetDataMap(data)
	return nil
}

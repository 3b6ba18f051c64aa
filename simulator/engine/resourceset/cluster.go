package resourceset

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

const (
	copyFrom       = group + "/copyFrom"
	convertFrom    = group + "/convertKubeConfigFrom"
	checksumFrom   = group + "/checksumFrom"
	checksumResult = group + "/checksum"
)

// cluster answers for the ConfigMaps and Secrets that annotations name.
type cluster struct {
	known   map[string]api.DataObject
	assumed map[string]bool
	missing map[string]string
}

func newCluster(request *api.ResourceSetRequest) *cluster {
	c := &cluster{known: map[string]api.DataObject{}, assumed: map[string]bool{}, missing: map[string]string{}}
	for _, object := range request.Objects {
		c.known[object.Kind+"/"+object.Namespace+"/"+object.Name] = object
	}
	for _, key := range request.Assumed {
		c.assumed[key] = true
	}
	return c
}

// object finds one. It is unknown when it is only assumed to exist.
func (c *cluster) object(kind, reference string) (object api.DataObject, unknown bool, err error) {
	key := kind + "/" + reference
	if found, ok := c.known[key]; ok {
		return found, false, nil
	}
	if c.assumed[key] {
		return object, true, nil
	}
	c.missing[key] = kind
	return object, false, fmt.Errorf("%s not found", key)
}

// values are the bytes of an object by name.
func values(object api.DataObject) map[string]string {
	all := maps.Clone(object.Data)
	if all == nil {
		all = map[string]string{}
	}
	for name, encoded := range object.Binary {
		if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			all[name] = string(decoded)
		}
	}
	return all
}

func (c *cluster) needs() []api.Need {
	var needs []api.Need
	for key, kind := range c.missing {
		needs = append(needs, api.Need{Kind: kind, Key: key})
	}
	slices.SortFunc(needs, func(a, b api.Need) int { return strings.Compare(a.Key, b.Key) })
	return needs
}

// fill does what `copyFrom` and `convertKubeConfigFrom` ask for.
func (b *builder) fill(object map[string]any) error {
	kind := text(object["kind"])
	if text(object["apiVersion"]) != "v1" || (kind != "ConfigMap" && kind != "Secret") {
		return nil
	}
	annotations := annotationsOf(object)
	if from := annotations[copyFrom]; from != "" {
		if err := b.copyData(object, kind, from); err != nil {
			return fmt.Errorf("%s: %w", copyFrom, err)
		}
	}
	if from := annotations[convertFrom]; from != "" && kind == "ConfigMap" {
		if err := b.convertKubeConfig(object, from); err != nil {
			return fmt.Errorf("%s: %w", convertFrom, err)
		}
	}
	return nil
}

// copyData does what the operator is seen to do: a ConfigMap gets the data of its source in place of its own, and binary data where
// the source has some. A Secret keeps data under other names, but no `stringData`, and has the type of its source unless it says one.
func (b *builder) copyData(object map[string]any, kind, from string) error {
	if err := checkReference(from); err != nil {
		return err
	}
	source, unknown, err := b.cluster.object(kind, from)
	if err != nil {
		return err
	}
	if unknown {
		b.warnUnknown(kind+"/"+from, object)
	}
	if kind == "Secret" {
		copySecret(object, source)
		return nil
	}
	object["data"] = untyped(source.Data)
	if len(source.Binary) > 0 {
		object["binaryData"] = untyped(source.Binary)
	}
	return nil
}

func copySecret(object map[string]any, source api.DataObject) {
	data, ok := object["data"].(map[string]any)
	if !ok {
		data = map[string]any{}
		object["data"] = data
	}
	for name, value := range values(source) {
		data[name] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	delete(object, "stringData")
	if text(object["type"]) == "" && source.Type != "" {
		object["type"] = source.Type
	}
}

func untyped(values map[string]string) map[string]any {
	result := make(map[string]any, len(values))
	for name, value := range values {
		result[name] = value
	}
	return result
}

func checkReference(reference string) error {
	namespace, name, found := strings.Cut(reference, "/")
	if !found || namespace == "" || name == "" || strings.Contains(name, "/") {
		return fmt.Errorf("%q must be written namespace/name", reference)
	}
	return nil
}

func (b *builder) warnUnknown(key string, object map[string]any) {
	b.warn(api.WarnValuesUnknown, fmt.Sprintf("the content of %s is not known here, so it is missing", key), formatObject(object))
}

// convertKubeConfig puts address and certificate of the first cluster of a kubeconfig where they are not written.
func (b *builder) convertKubeConfig(object map[string]any, from string) error {
	reference, key, _ := strings.Cut(from, ":")
	if err := checkReference(reference); err != nil {
		return err
	}
	secret, unknown, err := b.cluster.object("Secret", reference)
	if err != nil {
		return err
	}
	if unknown {
		b.warnUnknown("Secret/"+reference, object)
		return nil
	}
	config, err := pickKubeConfig(secret.Data, key, reference)
	if err != nil {
		return err
	}
	address, certificate, err := readKubeConfig(config)
	if err != nil {
		return fmt.Errorf("the kubeconfig of Secret/%s: %w", reference, err)
	}
	data, ok := object["data"].(map[string]any)
	if !ok {
		data = map[string]any{}
		object["data"] = data
	}
	for name, value := range map[string]string{"address": address, "ca.crt": certificate} {
		if _, written := data[name]; !written && value != "" {
			if b.masking {
				value = digest(value)
			}
			data[name] = value
		}
	}
	return nil
}

func pickKubeConfig(values map[string]string, key, reference string) (string, error) {
	names := []string{key}
	if key == "" {
		names = []string{"kubeconfig", "value"}
	}
	for _, name := range names {
		if config, ok := values[name]; ok {
			return config, nil
		}
	}
	return "", fmt.Errorf("Secret/%s has no key %s", reference, strings.Join(names, " or "))
}

func readKubeConfig(config string) (address, certificate string, err error) {
	var parsed struct {
		Clusters []struct {
			Name    string `json:"name"`
			Cluster struct {
				Server string `json:"server"`
				CA     []byte `json:"certificate-authority-data"`
			} `json:"cluster"`
		} `json:"clusters"`
	}
	// The parser's own message could quote the Secret.
	if yaml.Unmarshal([]byte(config), &parsed) != nil {
		return "", "", fmt.Errorf("it is not valid")
	}
	if len(parsed.Clusters) == 0 {
		return "", "", fmt.Errorf("it has no clusters")
	}
	for _, one := range parsed.Clusters {
		if len(one.Cluster.CA) == 0 {
			return "", "", fmt.Errorf("its cluster %q has no certificate-authority-data", one.Name)
		}
	}
	first := parsed.Clusters[0].Cluster
	return first.Server, string(first.CA), nil
}

// resolveChecksums writes a checksum beside each `checksumFrom`, in any map of annotations of the object.
func (b *builder) resolveChecksums(object map[string]any) error { return b.visit(object, object) }

func (b *builder) visit(object map[string]any, tree any) error {
	switch value := tree.(type) {
	case map[string]any:
		meta, _ := value["metadata"].(map[string]any)
		annotations, _ := meta["annotations"].(map[string]any)
		if from := text(annotations[checksumFrom]); from != "" {
			sum, err := b.checksum(object, from)
			if err != nil {
				return err
			}
			annotations[checksumResult] = sum
		}
		for _, key := range sortedKeys(value) {
			if err := b.visit(object, value[key]); err != nil {
				return err
			}
		}
	case []any:
		for _, item := range value {
			if err := b.visit(object, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// checksum hashes the data of everything named, in that order. Objects of the ResourceSet itself come before those of the cluster.
// How names and values are set apart is not documented; it is what the operator's digests show.
func (b *builder) checksum(object map[string]any, from string) (string, error) {
	hash := sha256.New()
	for _, reference := range strings.Split(from, ",") {
		key := strings.TrimSpace(reference)
		if key == "" {
			continue
		}
		data, ok := b.pending(key)
		if !ok {
			kind, rest, _ := strings.Cut(key, "/")
			found, unknown, err := b.cluster.object(kind, rest)
			if err != nil {
				return "", err
			}
			if unknown {
				b.warnUnknown(key, object)
				continue
			}
			data = values(found)
		}
		fmt.Fprintf(hash, "%s\x00", key)
		for _, name := range slices.Sorted(keysOf(data)) {
			fmt.Fprintf(hash, "%s\x00%s\x00", name, data[name])
		}
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil)), nil
}

// pending gives the data of an object that the ResourceSet itself makes.
func (b *builder) pending(key string) (map[string]string, bool) {
	for _, one := range b.collected.objects {
		if formatObject(one.object) != key {
			continue
		}
		data := map[string]string{}
		for _, field := range []string{"data", "binaryData", "stringData"} {
			values, _ := one.object[field].(map[string]any)
			encoded := field == "binaryData" || field == "data" && text(one.object["kind"]) == "Secret"
			for name, value := range values {
				plain := fmt.Sprint(value)
				if decoded, err := base64.StdEncoding.DecodeString(plain); encoded && err == nil {
					plain = string(decoded)
				}
				data[name] = plain
			}
		}
		return data, true
	}
	return nil, false
}

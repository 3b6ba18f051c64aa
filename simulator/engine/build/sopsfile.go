package build

import (
	"encoding/base64"
	"encoding/json"

	"sigs.k8s.io/yaml"

	"sluice.dev/engine/masking"
	"sluice.dev/engine/sops"
)

// learnFile notes the secret values of a decrypted file.
func (b *builder) learnFile(encrypted, plain []byte, format sops.Format) {
	switch format {
	case sops.YAML, sops.JSON:
		b.learn(parseTree(encrypted), parseTree(plain))
	case sops.Dotenv, sops.INI:
		for _, value := range lineValues(encrypted, plain) {
			b.secrets.Learn(value)
		}
	case sops.Binary, sops.Unknown:
		b.secrets.Learn(string(plain))
	}
}

// maskFile is a decrypted file with digests for what was encrypted.
func maskFile(encrypted, plain []byte, input, output sops.Format) ([]byte, error) {
	if input != output {
		return []byte(masking.Digest(string(plain))), nil
	}
	switch output {
	case sops.JSON:
		return json.Marshal(maskTree(parseTree(encrypted), parseTree(plain)))
	case sops.YAML:
		return yaml.Marshal(maskTree(parseTree(encrypted), parseTree(plain)))
	case sops.Dotenv, sops.INI:
		return maskLines(encrypted, plain), nil
	case sops.Binary, sops.Unknown:
	}
	return []byte(masking.Digest(string(plain))), nil
}

// parseTree reads YAML or JSON; text that is neither is one value.
func parseTree(data []byte) any {
	var tree any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return string(data)
	}
	return tree
}

// encodeData puts what stands for an encrypted value of a Secret's `data` into base64, so that it stays a Secret.
func encodeData(encrypted, tree map[string]any) map[string]any {
	data, ok := tree["data"].(map[string]any)
	if !ok || tree["kind"] != "Secret" {
		return tree
	}
	before, _ := encrypted["data"].(map[string]any)
	for key, value := range data {
		text, isText := value.(string)
		if isText && isCiphertext(before[key]) {
			data[key] = base64.StdEncoding.EncodeToString([]byte(text))
		}
	}
	return tree
}

package sops

// What the engine relies on, over files that the real sops encrypted (testdata; the key there was
// made for them). The module in difftest compares with getsops at length.

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

func file(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func identities(t *testing.T) []age.Identity {
	t.Helper()
	ids, err := ParseIdentities(string(file(t, "key.txt")))
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	return ids
}

var decrypted = map[string]string{
	"secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata:\n    name: s\n# why\ndata:\n    token: c2VzYW1l\n" +
		"stringData:\n    # beside\n    password: hunter2\n    number: 42\n    float: 1.5\n    flag: true\n    text: |\n        one\n        two\n",
	"values.json":  "{\n\t\"a\": {\n\t\t\"b\": [\n\t\t\t\"x\",\n\t\t\t1,\n\t\t\ttrue\n\t\t]\n\t},\n\t\"c_unencrypted\": \"plain\"\n}\n",
	"settings.env": "# note\nUSER=me\nPASS=hunter2\n",
	"settings.ini": "[db]\nuser = me\npass = hunter2\n",
	"blob.bin":     "hunter2\n",
}

func TestDecryptFile(t *testing.T) {
	ids := identities(t)
	for name, want := range decrypted {
		data, format := file(t, name), FormatForPath(name)
		if !HasMarker(data, format) {
			t.Errorf("%s: not recognised", name)
		}
		got, err := DecryptFile(data, format, ids)
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\nwant %q\ngot  %q", name, err, want, got)
		}
		if err := VerifyMAC(data, format, ids); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTampering(t *testing.T) {
	ids := identities(t)
	data := file(t, "secret.yaml")
	renamed := bytes.Replace(data, []byte("name: s\n"), []byte("name: other\n"), 1)
	if _, err := DecryptFile(renamed, YAML, ids); err != nil {
		t.Errorf("the controller accepts a changed plain value: %v", err)
	}
	if err := VerifyMAC(renamed, YAML, ids); err == nil {
		t.Error("a changed plain value passes the MAC")
	}
	moved := bytes.Replace(data, []byte("    password: "), []byte("    passport: "), 1)
	if _, err := DecryptFile(moved, YAML, ids); err == nil || errors.Is(err, ErrNoKey) {
		t.Errorf("a value under another name decrypts: %v", err)
	}
	damaged := bytes.Replace(data, []byte("YWdl"), []byte("YWdm"), 1)
	if _, err := DecryptFile(damaged, YAML, ids); err == nil || errors.Is(err, ErrNoKey) {
		t.Errorf("a damaged key is not a missing key: %v", err)
	}
	plain := bytes.Replace(data, []byte("number: ENC["), []byte("number: EN["), 1)
	_, err := DecryptFile(plain, YAML, ids)
	if err == nil || !strings.Contains(err.Error(), "Input string <redacted> does not match sops' data format") {
		t.Errorf("a plain value where an encrypted one belongs: %v", err)
	}
}

func TestNoKey(t *testing.T) {
	stranger, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name := range decrypted {
		for _, ids := range [][]age.Identity{nil, {stranger}} {
			if _, err := DecryptFile(file(t, name), FormatForPath(name), ids); !errors.Is(err, ErrNoKey) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func tree(t *testing.T) map[string]any {
	t.Helper()
	text, err := readYAML(file(t, "secret.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := plainMap(text[0])
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestTree(t *testing.T) {
	encrypted := tree(t)
	if !IsEncrypted(encrypted) || IsEncrypted(map[string]any{"sops": map[string]any{}}) || IsEncrypted(map[string]any{}) {
		t.Error("IsEncrypted looks for sops.mac")
	}
	plain, err := DecryptTree(encrypted, identities(t))
	want := `{"apiVersion":"v1","data":{"token":"c2VzYW1l"},"kind":"Secret","metadata":{"name":"s"},` +
		`"stringData":{"flag":true,"float":1.5,"number":42,"password":"hunter2","text":"one\ntwo\n"}}`
	if got, _ := json.Marshal(plain); err != nil || string(got) != want {
		t.Errorf("%v\nwant %s\ngot  %s", err, want, got)
	}
	if _, whole := plain["stringData"].(map[string]any)["number"].(int64); !whole {
		t.Error("integers are int64")
	}
}

func TestRedactedTree(t *testing.T) {
	shape, err := RedactTree(tree(t))
	if err != nil {
		t.Fatal(err)
	}
	texts := shape["stringData"].(map[string]any)
	password, _ := texts["password"].(string)
	if !strings.HasPrefix(password, "secret-") || len(password) != len("secret-")+12 {
		t.Errorf("placeholder %q", password)
	}
	if password == texts["text"] {
		t.Error("two values have one placeholder")
	}
	if _, ok := texts["number"].(int64); !ok {
		t.Errorf("a number becomes %T", texts["number"])
	}
	if token := shape["data"].(map[string]any)["token"]; !strings.HasPrefix(token.(string), "c2VjcmV0L") {
		t.Errorf("data of a Secret is base64, not %v", token)
	}
	if shape["sops"] != nil || shape["kind"] != "Secret" {
		t.Errorf("shape %v", shape)
	}
	again, _ := RedactTree(tree(t))
	if again["stringData"].(map[string]any)["password"] != password {
		t.Error("another placeholder the second time")
	}
}

func TestMarkers(t *testing.T) {
	quoted := bytes.Replace(file(t, "secret.yaml"), []byte("mac: ENC["), []byte(`mac: "ENC[`), 1)
	if HasMarker(quoted, YAML) || DetectFormat(quoted) != Unknown {
		t.Error("the controller does not recognise a file whose mac is quoted")
	}
	for name, want := range map[string]Format{
		"secret.yaml": YAML, "values.json": JSON, "settings.env": Dotenv, "settings.ini": INI, "blob.bin": JSON,
	} {
		if got := DetectFormat(file(t, name)); got != want {
			t.Errorf("%s: want %v, got %v", name, want, got)
		}
	}
	for path, want := range map[string]Format{
		"a/b.yml": YAML, "x.yaml": YAML, ".dockerconfigjson": JSON, "c.json": JSON, ".env": Dotenv, "a.ini": INI, "Makefile": Binary,
	} {
		if got := FormatForPath(path); got != want {
			t.Errorf("%s: want %v, got %v", path, want, got)
		}
	}
}

func TestIdentities(t *testing.T) {
	key := string(file(t, "key.txt"))
	for text, wantError := range map[string]bool{
		"": false, "# only a comment\n\n": false, key + key: false, "\r\n": false,
		"AGE-SECRET-KEY-1NONSENSE": true, " " + strings.Split(key, "\n")[1]: true, "AGE-PLUGIN-YUBIKEY-1X": true, "ssh-ed25519 AAAA": true,
	} {
		if _, err := ParseIdentities(text); (err != nil) != wantError {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestHostileYAML(t *testing.T) {
	metadata := string(file(t, "secret.yaml"))
	metadata = metadata[strings.Index(metadata, "sops:"):]
	bomb := "---\na: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		bomb += strings.ReplaceAll("bN: &aN [*aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM]\n", "N", string(rune('0'+i%10))+strings.Repeat("x", i/10))
		bomb = strings.ReplaceAll(bomb, "M", string(rune('0'+(i-1)%10))+strings.Repeat("x", (i-1)/10))
	}
	for name, text := range map[string]string{
		"aliases of aliases in the first document": strings.TrimPrefix(bomb, "---\n") + metadata,
		"aliases of aliases in the second":         metadata + bomb,
		"an alias of itself":                       metadata + "---\na: &a [*a]\n",
		"too deep":                                 metadata + "---\na: " + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "\n",
		"too large":                                metadata + strings.Repeat("#", maxFileSize),
	} {
		if _, err := RedactFile([]byte(text), YAML); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

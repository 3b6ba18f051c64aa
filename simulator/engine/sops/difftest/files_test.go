package difftest

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	upstream "github.com/getsops/sops/v3"

	"sluice.dev/engine/sops"
)

var plainFiles = []struct {
	name   string
	format sops.Format
	text   string
}{
	{"scalars", sops.YAML, "text: hello\nempty: \"\"\nnumber: 42\nnegative: -7\nfloat: 1.5\nwhole: 2.0\nlarge: 1e30\nyes: true\nno: false\nnothing: null\nquoted: \"007\"\nmulti: |\n  a\n  b\nfolded: >-\n  a\n  b\nat: 2021-02-03T04:05:06Z\nday: 2021-02-03\nunicode: \"žluťoučký \\u0001\"\nplain_unencrypted: seen\nalso_unencrypted: 5\n"},
	{"nested", sops.YAML, "a:\n  b:\n    - c\n    - d: e\n      f: [1, 2, {g: h}]\n    - []\n    - {}\n    - null\n  list_unencrypted:\n    - x\n    - y: 1\n"},
	{"secret", sops.YAML, "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  namespace: demo\ntype: Opaque\nstringData:\n  password: hunter2\n  config.yaml: |\n    a: 1\n    # inside\n    b: 2\n"},
	{"comments", sops.YAML, "# head of file\n\n# head of a\na: 1 # beside a\n# above b\nb:\n  # above c\n  c: 2\n  # below c\n# above list\nlist:\n  # above first\n  - one # beside one\n  # between\n  - two\n  # last\nmap: {x: 1} # beside map\nempty: {} # beside empty\n# foot\n"},
	{"several documents", sops.YAML, "a: 1\n---\nb: 2\n# comment\n---\nc:\n  - 3\n"},
	{"anchors", sops.YAML, "base: &base # why\n  x: 1\n  y: [a, b]\ncopy: *base\nmerged:\n  <<: *base\n  z: 3\n"},
	{"only comments", sops.YAML, "# nothing\n# here\n---\na: b\n"},
	{"empty", sops.YAML, "{}\n"},
	{"json", sops.JSON, `{"text":"a<b>&c","n":12345678901234567,"f":1.25,"e":1e3,"t":true,"x":null,"list":[1,"two",{"three":[]},[],[null]],"o":{},"é":"ü","k_unencrypted":{"a":1.5}}`},
	{"environment", sops.Dotenv, "A=1\n# comment\nB=two words\nEMPTY=\nMULTI=a\\nb\nEQ=a=b=c\nX_unencrypted=plain\n"},
	{"sections", sops.INI, "; top\nglobal = 1\n[one]\n; above a\na = 1\nb = \"quoted # text\"\nlong = \"\"\"several\nlines\"\"\"\n\n# section comment\n[two]\nempty =\nx_unencrypted = plain\n"},
	{"bytes", sops.Binary, "any \x00 bytes\nöä\r\n\ttail"},
}

var rules = map[string]func(*upstream.Metadata){
	"default suffix":          nil,
	"unencrypted suffix":      func(m *upstream.Metadata) { m.UnencryptedSuffix = "t" },
	"encrypted suffix":        func(m *upstream.Metadata) { m.EncryptedSuffix = "a" },
	"encrypted pattern":       func(m *upstream.Metadata) { m.EncryptedRegex = "^(data|stringData|list|one|B)$" },
	"unencrypted pattern":     func(m *upstream.Metadata) { m.UnencryptedRegex = "^(kind|apiVersion|metadata|a)$" },
	"encrypted comment":       func(m *upstream.Metadata) { m.EncryptedCommentRegex = "above" },
	"unencrypted comment":     func(m *upstream.Metadata) { m.UnencryptedCommentRegex = "^ ?(above|comment|why|head|nothing|section)" },
	"MAC of encrypted values": func(m *upstream.Metadata) { m.EncryptedRegex = "^(data|stringData|b)$"; m.MACOnlyEncrypted = true },
}

func TestEveryFormatAndRule(t *testing.T) {
	key := newKey(t)
	ids := useKey(t, key)
	for _, file := range plainFiles {
		for name, set := range rules {
			t.Run(file.name+"/"+name, func(t *testing.T) {
				data := encrypt(t, file.text, recipe{format: file.format, groups: [][]keyPair{{key}}, set: set})
				compare(t, data, file.format, ids)
				compareTampered(t, data, file.format)
				if !sops.HasMarker(data, file.format) {
					t.Errorf("no marker in %s", data)
				}
			})
		}
	}
}

// compareTampered changes the text in places that matter and some that do not.
func compareTampered(t *testing.T, data []byte, format sops.Format) {
	t.Helper()
	ids, err := sops.ParseIdentities(environmentKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"data:", "data:AA"}, {"iv:", "iv:AA"}, {"tag:", "tag:AA"}, {"type:str", "type:int"}, {"type:str", "type:what"},
		{"ENC[AES256_GCM", "ENC[AES128_GCM"}, {"hello", "goodbye"}, {"seen", "unseen"}, {"plain", "changed"},
		{"2026-01-02", "2026-01-03"}, {"lastmodified", "lastmod"}, {"BEGIN AGE", "BEGAN AGE"}, {"mac", "mick"}, {"sops", "slops"},
		{"_unencrypted", "_encrypted"},
	} {
		changed := bytes.Replace(data, []byte(change[0]), []byte(change[1]), 1)
		if !bytes.Equal(changed, data) {
			compare(t, changed, format, ids)
		}
	}
}

func TestSeveralRecipientsAndGroups(t *testing.T) {
	a, b, c, stranger := newKey(t), newKey(t), newKey(t), newKey(t)
	text := plainFiles[2].text
	for name, r := range map[string]recipe{
		"two recipients":   {format: sops.YAML, groups: [][]keyPair{{a, b}}},
		"two of three":     {format: sops.YAML, groups: [][]keyPair{{a}, {b}, {c}}, threshold: 2},
		"three of three":   {format: sops.YAML, groups: [][]keyPair{{a}, {b}, {c}}, threshold: 3},
		"two of two":       {format: sops.YAML, groups: [][]keyPair{{a, stranger}, {b}}},
		"environment file": {format: sops.Dotenv, groups: [][]keyPair{{a}, {b}, {c}}, threshold: 2},
		"INI file":         {format: sops.INI, groups: [][]keyPair{{a, b}}},
	} {
		plain := text
		if r.format != sops.YAML {
			plain = "[x]\na = b\n"
		}
		if r.format == sops.Dotenv {
			plain = "A=b\n"
		}
		data := encrypt(t, plain, r)
		for keys, given := range map[string][]keyPair{
			"none that fits": {stranger}, "a": {a}, "b": {b}, "a and b": {a, b}, "all": {a, b, c, stranger}, "b and c": {b, c},
		} {
			t.Run(name+"/"+keys, func(t *testing.T) {
				ids := useKey(t, given...)
				compare(t, data, r.format, ids)
				_, err := sops.DecryptFile(data, r.format, ids)
				if err != nil && !errors.Is(err, sops.ErrNoKey) {
					t.Errorf("not ErrNoKey: %v", err)
				}
			})
		}
	}
}

func TestTexts(t *testing.T) {
	key := newKey(t)
	ids := useKey(t, key)
	good := string(encrypt(t, "a: b\n", recipe{format: sops.YAML, groups: [][]keyPair{{key}}}))
	body, metadata, _ := strings.Cut(good, "sops:")
	for name, text := range map[string]string{
		"nothing":            "",
		"plain":              "a: b\n",
		"a list":             "- a\n",
		"a scalar":           "a\n",
		"broken":             "a: [\n",
		"sops is a text":     "a: b\nsops: yes\n",
		"two of it":          good + "sops:" + metadata,
		"no data":            "sops:" + metadata,
		"number for a value": body + "n: 5\nsops:" + metadata,
		"text for a value":   body + "n: text\nsops:" + metadata,
		"number for a key":   body + "5: null\nsops:" + metadata,
		"two rules":          good + "    encrypted_regex: x\n    unencrypted_suffix: y\n",
		"broken pattern":     strings.Replace(good, "unencrypted_suffix: _unencrypted", "unencrypted_regex: '('", 1),
		"broken pattern 2":   strings.Replace(good, "unencrypted_suffix: _unencrypted", "encrypted_regex: '('", 1),
		"an unquoted date":   strings.Replace(good, `"2026-01-02T03:04:05Z"`, "2026-01-02T03:04:05Z", 1),
		"other kinds only":   body + "sops:\n    pgp:\n        - fp: x\n          enc: y\n          created_at: \"2026-01-02T03:04:05Z\"\n    lastmodified: \"2026-01-02T03:04:05Z\"\n    mac: x\n",
		"no keys":            body + "sops:\n    lastmodified: \"2026-01-02T03:04:05Z\"\n    mac: x\n",
		"itself":             "a: &a [*a]\nsops:" + metadata,
	} {
		t.Run(name, func(t *testing.T) { compare(t, []byte(text), sops.YAML, ids) })
	}
}

// TestRedaction wants the shape of the decrypted file without any of its values.
// standsIn tells whether a value is left in a text. Digits may stand inside a digest by chance, so a number counts only as
// a scalar of its own.
func standsIn(text []byte, value string) bool {
	if strings.Trim(value, "0123456789.") != "" {
		return bytes.Contains(text, []byte(value))
	}
	return regexp.MustCompile(`(^|[^0-9a-zA-Z.])` + regexp.QuoteMeta(value) + `($|[^0-9a-zA-Z.])`).Match(text)
}

func TestRedaction(t *testing.T) {
	key := newKey(t)
	for _, file := range plainFiles {
		data := encrypt(t, file.text, recipe{format: file.format, groups: [][]keyPair{{key}}})
		first, err := sops.RedactFile(data, file.format)
		if err != nil {
			t.Errorf("%s: %v", file.name, err)
			continue
		}
		for _, value := range []string{"hello", "hunter2", "007", "a<b>", "two words", "bytes", "1.25", "12345678901234567", "ENC["} {
			if standsIn(first, value) {
				t.Errorf("%s: %q is in\n%s", file.name, value, first)
			}
		}
		second, err := sops.RedactFile(data, file.format)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: another placeholder the second time", file.name)
		}
	}
}

package helm

import (
	"encoding/base64"
	"strings"
	"testing"

	"sluice.dev/engine/api"
	"sluice.dev/engine/masking"
)

const (
	password = "correct-horse-battery"
	pin      = "73915"
)

// uses are templates that do something with secret values.
var uses = map[string]string{
	"as it is":       `k: {{ .Values.password | quote }}`,
	"in a text":      `k: "user:{{ .Values.password }}@host"`,
	"encoded":        `k: {{ .Values.password | b64enc }}`,
	"upper case":     `k: {{ .Values.password | upper }}`,
	"hashed":         `k: {{ .Values.password | sha256sum }}`,
	"a number":       `k: "{{ .Values.pin }}"`,
	"computed":       `k: "{{ add .Values.pin 1 }}"`,
	"as a key":       `{{ .Values.password }}: k`,
	"checked":        "{{ if not (regexMatch \"^[a-z]+-[a-z]+-[a-z]+$\" .Values.password) }}{{ fail \"bad\" }}{{ end }}k: {{ .Values.password | trunc 7 }}",
	"checked hard":   "{{ if ne .Values.password \"" + password + "\" }}{{ fail \"bad\" }}{{ end }}k: {{ .Values.password | upper }}",
	"as a condition": `k: {{ if hasPrefix "corr" .Values.password }}yes-it-does{{ else }}no{{ end }}`,
	"from a secret":  `k: {{ (lookup "v1" "Secret" "apps" "s").data.password | b64dec | upper }}`,
	"failing":        `k: {{ fail (printf "wrong password %s" .Values.password) }}`,
}

// No form of a secret value is in what people see.
func TestMasked(t *testing.T) {
	found := `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"password": "` +
		base64.StdEncoding.EncodeToString([]byte(password)) + `"}}`
	for name, use := range uses {
		request := requestFor(`{"valuesFrom": [{"kind": "Secret", "name": "s"}, {"kind": "Secret", "name": "s", "valuesKey": "one", "targetPath": "single"}]}`)
		request.Objects = []api.DataObject{{Kind: "Secret", Namespace: "apps", Name: "s", Data: map[string]string{
			"values.yaml": "password: " + password + "\npin: " + pin + "\n", "one": password,
		}}}
		request.Lookups = []api.LookupAnswer{{Key: "lookup:v1/Secret/apps/s", Found: &found}}
		request.Mode = api.ModeMasked
		result := Run(example(map[string]string{
			"templates/a.yaml":    configMap("a", use),
			"templates/NOTES.txt": "Your password is {{ .Values.single }}",
			"templates/b.yaml":    "apiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {p: {{ .Values.password }}}\n",
		}), request)
		text := strings.ToLower(asText(t, result))
		for _, form := range []string{
			password, "horse", "correct", pin, "73916", base64.StdEncoding.EncodeToString([]byte(password)), "yes-it-does",
		} {
			if strings.Contains(text, strings.ToLower(form)) {
				t.Errorf("%s: %q is in %s", name, form, text)
			}
		}
		if !strings.Contains(text, masking.Prefix) {
			t.Errorf("%s: no digest in %s", name, text)
		}
		if name == "as it is" && dataOf(t, result, "a")["k"] != masking.Digest(password) {
			t.Errorf("the digest is not that of the value: %s", text)
		}
		if name == "in a text" && dataOf(t, result, "a")["k"] != "user:"+masking.Digest(password)+"@host" {
			t.Errorf("the rest of the text is lost: %s", text)
		}
	}
}

// What has nothing to do with a Secret stays readable.
func TestMaskedKeepsTheRest(t *testing.T) {
	request := requestFor(`{"valuesFrom": [{"kind": "Secret", "name": "s"}], "values": {"plain": "text"}}`)
	request.Objects = []api.DataObject{{Kind: "Secret", Namespace: "apps", Name: "s", Data: map[string]string{"values.yaml": "p: " + password}}}
	request.Mode = api.ModeMasked
	result := Run(example(map[string]string{"templates/a.yaml": configMap("a", `k: "{{ .Values.plain }} {{ .Release.Name }}"`)}), request)
	if got := dataOf(t, result, "a")["k"]; got != "text app" {
		t.Errorf("got %v", got)
	}
	if !strings.Contains(result.Values, `"plain":"text"`) || strings.Contains(result.Values, password) {
		t.Errorf("got %s", result.Values)
	}
}

package templates

import (
	"encoding/json"
	"testing"

	"sigs.k8s.io/yaml"
)

// The quick way of writing YAML gives the same bytes as Helm's.
func FuzzMarshalYAML(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":"yes","c":[true,null,"~"],"d":{"10":"x","9":"y","a1":0,"a10":-0,"a2":1e3}}`,
		`["a: b","- x","#c","","  lead","trail ","multi\nline\n","\n","tab\tx","012","0x1f","1e3",".5","1_000","2020-01-01","<<","=","null","on"]`,
		`{"<<":{"a":1},"x":12345678901234567890,"y":1.5,"z":"\u0085\u2028\ufeff\u00a0","w":"é日本𝄞","q":"\"'\\"}`,
		`{"long":"aaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccccc ddddddddddddddddddddddddd eeeeeeeeeeee"}`,
		`"x"`, `3`, `null`, `[]`, `{}`, `[[],{}]`, `{"a":{"b":{"c":[{"d":1},{"e":[2]}]}}}`, `[-1,-10,100000000,1000000000,9999999999]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		want, wantErr := yaml.Marshal(value)
		got, err := marshalYAML(value)
		if (err == nil) != (wantErr == nil) || string(got) != string(want) {
			t.Errorf("%s\ngot  %q, %v\nwant %q, %v", text, got, err, want, wantErr)
		}
	})
}

package templates

import (
	"encoding/json"
	"reflect"
	"strconv"
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

// What was remembered is the same as what was read, also after a template wrote into what it got.
func FuzzFromYAML(f *testing.F) {
	for _, seed := range []string{
		"a: 1\nb: [x, {c: null}]\n", "null", "", "3", "- a", "a: {", "a: yes\n1: x", "x: 12345678901234567890\ny: 1.0", "a: &b {c: 1}\nd: *b\n<<: *b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := map[string]any{}
		if err := yaml.Unmarshal([]byte(text), &want); err != nil {
			want["Error"] = err.Error()
		}
		for range 3 {
			got := fromYAML(text)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%q\ngot  %#v\nwant %#v", text, got, want)
			}
			scribble(got)
		}
	})
}

func scribble(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, inner := range value {
			scribble(inner)
		}
		if value != nil {
			value["scribbled"] = true
		}
	case []any:
		for i, inner := range value {
			scribble(inner)
			value[i] = "scribbled"
		}
	}
}

func TestRemembered(t *testing.T) {
	var memory remembered[int]
	memory.put("asked for", 1, 0)
	memory.put("forgotten", 2, 0)
	for i := range 3 * maxRemembered / 1024 {
		memory.put(strconv.Itoa(i), i, 1024)
		if _, ok := memory.get("asked for"); !ok {
			t.Fatalf("forgotten after %d", i)
		}
	}
	if _, ok := memory.get("forgotten"); ok {
		t.Error("kept for ever")
	}
	if memory.put("long", 3, maxRemembered); memory.size > maxRemembered {
		t.Error("more than allowed")
	}
}

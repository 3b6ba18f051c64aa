package helm

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestOrderOfViolations(t *testing.T) {
	cause := errors.New("values don't fit:\nparent:\n- at '/b': no\n- at '/a': 'allOf' failed\n  - at '/a/y': no\n  - at '/a/x': no\nsub:\n- at '': no")
	want := "values don't fit:\nparent:\n- at '/a': 'allOf' failed\n  - at '/a/x': no\n  - at '/a/y': no\n- at '/b': no\nsub:\n- at '': no"
	got := inOrder(cause)
	if got.Error() != want || !errors.Is(got, cause) {
		t.Errorf("got %s", got)
	}
}

func TestViolationsAreTheSameEachTime(t *testing.T) {
	var properties, values strings.Builder
	for i := range 20 {
		fmt.Fprintf(&properties, `, "p%d": {"type": "integer"}`, i)
		fmt.Fprintf(&values, "p%d: text\n", i)
	}
	files := map[string]string{
		"values.yaml":        values.String(),
		"values.schema.json": `{"properties": {"p": {}` + properties.String() + `}}`,
	}
	first := render(t, files, `{}`)
	for range 5 {
		if again := render(t, files, `{}`); again.Failure == nil || again.Failure.Message != first.Failure.Message {
			t.Fatalf("got %+v, then %+v", first.Failure, again.Failure)
		}
	}
}

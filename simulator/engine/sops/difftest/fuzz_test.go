package difftest

import (
	"fmt"
	"math/rand"
	"os"
	"strings"
	"testing"

	upstreamage "github.com/getsops/sops/v3/age"

	"sluice.dev/engine/sops"
)

func environmentKey() string { return os.Getenv(upstreamage.SopsAgeKeyEnv) }

// TestRandomYAML compares files with comments in all sorts of places.
func TestRandomYAML(t *testing.T) {
	key := newKey(t)
	ids := useKey(t, key)
	random := rand.New(rand.NewSource(11))
	for range 400 {
		var text strings.Builder
		writeMap(&text, random, "", 0)
		data := encrypt(t, text.String(), recipe{format: sops.YAML, groups: [][]keyPair{{key}}})
		compare(t, data, sops.YAML, ids)
		if t.Failed() {
			t.Fatalf("plain text:\n%s", text.String())
		}
	}
}

var scalars = []string{"text", "'5'", "5", "1.5", "true", "~", "\"a\\nb\"", "yes", "|\n%s  two\n%s  lines", "2021-02-03", "''", "0x1F", "'#x'", "- "}

func writeMap(out *strings.Builder, random *rand.Rand, indent string, depth int) {
	for i := range 1 + random.Intn(4) {
		comment(out, random, indent)
		fmt.Fprintf(out, "%skey%d:", indent, i)
		writeMember(out, random, indent, depth)
		comment(out, random, indent)
	}
}

func writeList(out *strings.Builder, random *rand.Rand, indent string, depth int) {
	for range 1 + random.Intn(3) {
		comment(out, random, indent)
		fmt.Fprintf(out, "%s-", indent)
		writeMember(out, random, indent, depth)
		comment(out, random, indent)
	}
}

func writeMember(out *strings.Builder, random *rand.Rand, indent string, depth int) {
	switch choice := random.Intn(6); {
	case depth < 3 && choice == 0:
		out.WriteString(beside(random) + "\n")
		writeMap(out, random, indent+"  ", depth+1)
	case depth < 3 && choice == 1:
		out.WriteString(beside(random) + "\n")
		writeList(out, random, indent+"  ", depth+1)
	case choice == 2:
		out.WriteString(" {a: 1, b: [x, y]}" + beside(random) + "\n")
	default:
		scalar := scalars[random.Intn(len(scalars)-1)]
		if strings.Contains(scalar, "%s") {
			fmt.Fprintf(out, " "+scalar+"\n", indent, indent)
			return
		}
		out.WriteString(" " + scalar + beside(random) + "\n")
	}
}

func beside(random *rand.Rand) string {
	if random.Intn(4) == 0 {
		return fmt.Sprintf(" # beside %d", random.Intn(100))
	}
	return ""
}

func comment(out *strings.Builder, random *rand.Rand, indent string) {
	if random.Intn(5) == 0 {
		fmt.Fprintf(out, "%s# comment %d\n", indent, random.Intn(100))
		if random.Intn(3) == 0 {
			out.WriteString("\n")
		}
	}
}

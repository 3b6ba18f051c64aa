package difftest

// Talking to the native build of the engine in its own words (`cmd/native`, `dispatch`).

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

const (
	enginePath = "../../../../dist/engine-native"
	opPutFiles = 1
	opHelm     = 8
)

type answer struct {
	Objects []struct{ JSON string }
	Failure *struct{ Message string }
	Chart   struct{ Version string }
	Error   string
}

func ask(t *testing.T, files map[string]string, request map[string]any) answer {
	t.Helper()
	if _, err := os.Stat(enginePath); err != nil {
		t.Fatalf("%s is missing; build it with: node scripts/build-engine.mjs", enginePath)
	}
	var batch, input bytes.Buffer
	field(&batch, "repo")
	for path, text := range files {
		field(&batch, path)
		field(&batch, text)
	}
	question, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = binary.Write(&input, binary.LittleEndian, uint32(opPutFiles))
	field(&input, batch.String())
	_ = binary.Write(&input, binary.LittleEndian, uint32(opHelm))
	field(&input, string(question))
	command := exec.Command(enginePath)
	command.Stdin = &input
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	first := binary.LittleEndian.Uint32(output)
	var read answer
	if err := json.Unmarshal(output[8+first:], &read); err != nil || read.Error != "" {
		t.Fatal(err, read.Error)
	}
	return read
}

func field(into *bytes.Buffer, text string) {
	_ = binary.Write(into, binary.LittleEndian, uint32(len(text)))
	into.WriteString(text)
}

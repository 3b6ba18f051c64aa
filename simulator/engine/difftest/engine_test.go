package difftest

// Talking to the native build of the engine in its own words (`cmd/native`, `dispatch`).

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"testing"
)

const enginePath = "../../../dist/engine-native"

// The operations used here; `dispatch` has them all.
const (
	opPutFiles = 1
	opBuild    = 3
	opIgnore   = 4
)

// question is one call: bytes, or anything that is sent as JSON.
type question struct {
	operation uint32
	input     any
}

// buildAnswer is what is looked at of the answer to a build.
type buildAnswer struct {
	Objects []struct{ JSON string }
	Failure *struct{ Message string }
}

// ask starts an engine, puts the questions one after the other, and ends it.
func ask(t *testing.T, questions ...question) [][]byte {
	t.Helper()
	if _, err := os.Stat(enginePath); err != nil {
		t.Fatalf("%s is missing; build it with: node scripts/build-engine.mjs", enginePath)
	}
	var input bytes.Buffer
	for _, question := range questions {
		message, isBytes := question.input.([]byte)
		if !isBytes {
			text, err := json.Marshal(question.input)
			if err != nil {
				t.Fatal(err)
			}
			message = text
		}
		_ = binary.Write(&input, binary.LittleEndian, question.operation)
		field(&input, string(message))
	}
	command := exec.Command(enginePath)
	command.Stdin = &input
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	reader := bytes.NewReader(output)
	answers := make([][]byte, len(questions))
	for i := range answers {
		answers[i] = next(t, reader)
	}
	return answers
}

func putFiles(artifact string, files map[string]string) question {
	var message bytes.Buffer
	field(&message, artifact)
	for path, content := range files {
		field(&message, path)
		field(&message, content)
	}
	return question{opPutFiles, message.Bytes()}
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	var problem struct{ Error string }
	if _ = json.Unmarshal(text, &problem); problem.Error != "" {
		t.Fatal(problem.Error)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func field(into *bytes.Buffer, text string) {
	_ = binary.Write(into, binary.LittleEndian, uint32(len(text)))
	into.WriteString(text)
}

func next(t *testing.T, reader io.Reader) []byte {
	t.Helper()
	var length uint32
	if err := binary.Read(reader, binary.LittleEndian, &length); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, length)
	if _, err := io.ReadFull(reader, answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

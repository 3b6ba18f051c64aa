// Command oracle answers, for tests, what the API server's own code says: one JSON request a line, one JSON answer a line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	// Op is "schema", "check", "cel" or "scalars".
	Op string `json:"op"`
	// Schema is the openAPIV3Schema of a version; later requests name it by ID.
	ID     string          `json:"id"`
	Schema json.RawMessage `json:"schema"`
	Object json.RawMessage `json:"object"`
	// Expressions are evaluated without variables.
	Expressions []string `json:"expressions"`
	// Texts are values of a YAML mapping.
	Texts []string `json:"texts"`
}

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := bufio.NewWriter(os.Stdout)
	known := schemas{}
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return
		}
		answer, err := answerTo(known, line)
		if err != nil {
			answer = map[string]string{"failure": err.Error()}
		}
		text, err := json.Marshal(answer)
		if err != nil {
			text = []byte(fmt.Sprintf(`{"failure":%q}`, err))
		}
		output.Write(append(text, '\n'))
		output.Flush()
	}
}

func answerTo(known schemas, line []byte) (any, error) {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, err
	}
	switch asked.Op {
	case "schema":
		return known.add(asked.ID, asked.Schema)
	case "check":
		return known.check(asked.ID, asked.Object)
	case "cel":
		return evaluateAll(asked.Expressions)
	case "scalars":
		return readAll(asked.Texts), nil
	}
	return nil, fmt.Errorf("no such operation: %q", asked.Op)
}

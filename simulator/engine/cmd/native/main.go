// The engine as a plain program: `u32 op, u32 length, bytes` on stdin, `u32 length, bytes` on stdout, little endian.
// It is the oracle of the tests: the same code without WebAssembly.
package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"sluice.dev/engine/dispatch"
)

func main() {
	engine := dispatch.New()
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	for {
		var header [8]byte
		if _, err := io.ReadFull(in, header[:]); err != nil {
			return
		}
		input := make([]byte, binary.LittleEndian.Uint32(header[4:]))
		if _, err := io.ReadFull(in, input); err != nil {
			os.Exit(1)
		}
		output := engine.Call(binary.LittleEndian.Uint32(header[:4]), input)
		var length [4]byte
		binary.LittleEndian.PutUint32(length[:], uint32(len(output)))
		_, _ = out.Write(length[:])
		_, _ = out.Write(output)
		if out.Flush() != nil {
			return
		}
	}
}

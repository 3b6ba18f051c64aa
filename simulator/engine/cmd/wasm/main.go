//go:build wasip1

// The engine as a WebAssembly reactor. The host writes an input into the buffer of alloc, calls, and reads the result.
package main

import (
	"unsafe"

	"sluice.dev/engine/dispatch"
)

var (
	engine = dispatch.New()
	input  []byte
	output []byte
)

// alloc gives a buffer for the input of the next call.
//
//go:wasmexport alloc
func alloc(size uint32) uint32 {
	input = make([]byte, size+1)
	return address(input)
}

// call runs an operation on the first size bytes of the buffer and returns the length of the result.
//
//go:wasmexport call
func call(op, size uint32) uint32 {
	given := input[:size]
	input = nil
	output = engine.Call(op, given)
	return uint32(len(output))
}

// result is where the output of the last call begins; it stays until the next one.
//
//go:wasmexport result
func result() uint32 { return address(output) }

func address(bytes []byte) uint32 { return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes)))) }

func main() {}

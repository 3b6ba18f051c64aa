package main

import (
	"bytes"
	"os"
	"testing"
)

// TestCommittedTable fails when the table is not what the pinned client-go gives.
func TestCommittedTable(t *testing.T) {
	committed, err := os.ReadFile("../table.txt")
	if err != nil {
		t.Fatal(err)
	}
	var made bytes.Buffer
	if err := write(&made); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, made.Bytes()) {
		t.Error("native/table.txt is out of date: run `go generate ./native` in simulator/engine")
	}
}

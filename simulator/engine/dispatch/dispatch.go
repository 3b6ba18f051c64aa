// Package dispatch is the byte-in, byte-out surface of the engine, shared by the WebAssembly module and the native program.
package dispatch

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"sluice.dev/engine/api"
	"sluice.dev/engine/build"
	"sluice.dev/engine/helm"
	"sluice.dev/engine/ignore"
	"sluice.dev/engine/memfs"
)

// operation answers one question; its error means that there is no answer at all.
type operation func(e *Engine, input []byte) (any, error)

// operations has the same numbers as `simulator/engine/instance.ts`. Other files add theirs in init.
var operations = map[uint32]operation{
	0: func(*Engine, []byte) (any, error) { return hello(), nil },
	1: func(e *Engine, input []byte) (any, error) {
		count, err := e.putFiles(input)
		return map[string]int{"files": count}, err
	},
	2: func(e *Engine, input []byte) (any, error) {
		e.store.Drop(string(input))
		return map[string]bool{"dropped": true}, nil
	},
	3: (*Engine).kustomizeBuild,
	4: asking(func(_ *memfs.Store, request *api.IgnoreRequest) any { return ignore.Excluded(request) }),
	5: func(e *Engine, _ []byte) (any, error) { return e.stats(), nil },
	6: func(e *Engine, _ []byte) (any, error) {
		debug.FreeOSMemory()
		return e.stats(), nil
	},
	7: func(e *Engine, _ []byte) (any, error) { return e.warm(), nil },
	8: asking(func(store *memfs.Store, request *api.HelmRequest) any { return helm.Run(store, request) }),
	9: asking(func(store *memfs.Store, request *api.ChartRequest) any { return helm.Describe(store, request) }),
}

// asking makes an operation of a function whose question is plain JSON.
func asking[Request any](answer func(*memfs.Store, *Request) any) operation {
	return func(e *Engine, input []byte) (any, error) {
		var request Request
		if err := json.Unmarshal(input, &request); err != nil {
			return nil, fmt.Errorf("the request is not valid: %w", err)
		}
		return answer(e.store, &request), nil
	}
}

const (
	// collectAbove is the heap at which a call begins with a collection; what survived the last one comes on top.
	// A third more would save a hundredth of the time and cost 10 MB in each worker.
	collectAbove = 24 << 20
	// collectIdleAbove is the same for the pauses between calls, in which nobody waits for it.
	collectIdleAbove = 12 << 20
	// memoryLimit makes the runtime collect inside one huge call.
	memoryLimit = 400 << 20
	// fileDeleted and fileWithheld stand where a file's length would be.
	fileDeleted  = 0xffffffff
	fileWithheld = 0xfffffffe
)

// Engine is one engine with its artifacts. It answers one call at a time.
type Engine struct {
	store *memfs.Store
	// survived is the heap that the last collection could not free: mostly the artifacts.
	survived uint64
}

// New returns an engine without artifacts.
//
// Under WebAssembly nothing runs between two calls, so a concurrent collection stalls and keeps everything alive that was
// allocated meanwhile. Collections are therefore explicit: in a pause when the host says so, or else at the entry of a call.
func New() *Engine {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryLimit)
	return &Engine{store: memfs.NewStore()}
}

// Call runs one operation. It never panics; what cannot be answered comes back as `{"error": …}`.
func (e *Engine) Call(op uint32, input []byte) (output []byte) {
	defer func() {
		if r := recover(); r != nil {
			output = failure(fmt.Errorf("the engine panicked: %v", r))
		}
	}()
	e.collect(collectAbove)
	answer, err := e.answer(op, input)
	if err != nil {
		return failure(err)
	}
	output, err = json.Marshal(answer)
	if err != nil {
		return failure(err)
	}
	return output
}

func (e *Engine) collect(above uint64) {
	if heap() < above+e.survived {
		return
	}
	runtime.GC()
	e.survived = heap()
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func failure(err error) []byte {
	text, _ := json.Marshal(map[string]string{"error": err.Error()})
	return text
}

func (e *Engine) answer(op uint32, input []byte) (any, error) {
	if operation, known := operations[op]; known {
		return operation(e, input)
	}
	return nil, fmt.Errorf("unknown operation %d", op)
}

func hello() map[string]any {
	versions := map[string]string{"go": runtime.Version(), "openapi": openapi.GetSchemaVersion()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			switch module.Path {
			case "sigs.k8s.io/kustomize/api", "sigs.k8s.io/kustomize/kyaml",
				"github.com/fluxcd/pkg/kustomize", "github.com/fluxcd/pkg/envsubst", "github.com/fluxcd/pkg/sourceignore":
				versions[module.Path] = module.Version
			}
		}
	}
	return map[string]any{"versions": versions}
}

func (e *Engine) stats() map[string]uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	artifacts, files := e.store.Size()
	return map[string]uint64{
		"heap": stats.HeapAlloc, "system": stats.Sys, "collections": uint64(stats.NumGC),
		"artifacts": uint64(artifacts), "files": uint64(files),
	}
}

func (e *Engine) kustomizeBuild(input []byte) (any, error) {
	var request api.KustomizeRequest
	if err := json.Unmarshal(input, &request); err != nil {
		return nil, fmt.Errorf("the request is not valid: %w", err)
	}
	// The Kustomization itself needs Kubernetes' reading of numbers.
	var object struct {
		Kustomization json.RawMessage `json:"kustomization"`
	}
	if err := json.Unmarshal(input, &object); err != nil {
		return nil, err
	}
	if err := utiljson.Unmarshal(object.Kustomization, &request.Kustomization); err != nil {
		return nil, fmt.Errorf("the Kustomization is not valid: %w", err)
	}
	return build.Run(e.store, &request), nil
}

// putFiles reads `u32 idLength, id` and then, per file, `u32 pathLength, path, u32 length, bytes`.
func (e *Engine) putFiles(input []byte) (int, error) {
	reader := batch{rest: input}
	tree := e.store.Ensure(string(reader.bytes(reader.number())))
	count := 0
	for len(reader.rest) > 0 && reader.err == nil {
		name := string(reader.bytes(reader.number()))
		switch length := reader.number(); {
		case reader.err != nil:
		case length == fileDeleted:
			tree.Delete(name)
		case length == fileWithheld:
			tree.PutWithheld(name)
		default:
			if data := reader.bytes(length); reader.err == nil {
				tree.Put(name, append([]byte(nil), data...))
			}
		}
		count++
	}
	return count, reader.err
}

// batch reads the binary form of putFiles.
type batch struct {
	rest []byte
	err  error
}

var errShort = errors.New("the batch of files ends too early")

func (b *batch) number() uint32 {
	if field := b.bytes(4); len(field) == 4 {
		return binary.LittleEndian.Uint32(field)
	}
	return 0
}

func (b *batch) bytes(length uint32) []byte {
	if b.err != nil || uint64(len(b.rest)) < uint64(length) {
		b.err = errShort
		return nil
	}
	field := b.rest[:length]
	b.rest = b.rest[length:]
	return field
}

/**
 * One running engine: a WebAssembly instance and typed calls on it. Synchronous, never re-entered; runs wherever a worker runs.
 * The operations are those of `dispatch/dispatch.go`.
 */
import { applyImage, encodeImage, type InstanceState, stateOf } from "./image.ts";
import type { EngineCall, EngineCalls } from "./protocol.ts";
import { coldStart, warmStart, wasiImports } from "./wasi.ts";

const operations = {
  hello: 0,
  putFiles: 1,
  dropArtifact: 2,
  sourceIgnore: 4,
  stats: 5,
  collect: 6,
  warm: 7,
  tidy: 15,
} as const;

/** Number of each call's operation. */
export const callOperations: Readonly<Record<EngineCall, number>> = {
  kustomize: 3,
  helm: 8,
  chart: 9,
  resourceSet: 10,
  generator: 11,
  imagePolicy: 12,
  imageUpdate: 13,
  version: 14,
};

/** A change of one file of an artifact. Without bytes the file is there but too large to read; `deleted` removes it. */
export type FileChange =
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly path: string; readonly withheld: true }
  | { readonly path: string; readonly deleted: true };

export interface IgnoreRequest {
  readonly paths: readonly string[];
  /** Texts of the `.sourceignore` files by path. */
  readonly ignoreFiles: Readonly<Record<string, string>>;
  readonly ignore: string | null;
}

export interface EngineStats {
  readonly heap: number;
  readonly artifacts: number;
  readonly files: number;
  readonly collections: number;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  alloc(size: number): number;
  call(operation: number, size: number): number;
  result(): number;
}

const fileDeleted = 0xffffffff;
const fileWithheld = 0xfffffffe;

/** Thrown when the engine cannot answer; the instance must be thrown away unless `usable`. */
class EngineError extends Error {
  override readonly name = "EngineError";
}

export class EngineInstance {
  readonly #exports: Exports;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  /** Whether the instance started from an image of a warmed one. */
  readonly warm: boolean;

  /** `image` is a file of `encodeImage`; one of another build is passed over. `write` takes what Go's runtime prints. */
  constructor(
    module: WebAssembly.Module,
    image?: Uint8Array,
    write: (text: string) => void = () => {},
  ) {
    const start = image === undefined ? coldStart : warmStart;
    const imports = wasiImports(module, { memory: () => this.#exports.memory, write, start });
    // The exports of a module that this repository builds itself.
    this.#exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
    this.warm = image !== undefined && applyImage(module, this.#state(), image);
    if (!this.warm) {
      this.#exports._initialize();
    }
  }

  hello(): { readonly versions: Readonly<Record<string, string>> } {
    return this.#json(operations.hello, undefined) as { versions: Record<string, string> };
  }

  putFiles(artifact: string, changes: readonly FileChange[]): void {
    this.putBatch(encodeBatch(artifact, changes));
  }

  /** `putFiles` with changes that are encoded already. */
  putBatch(batch: Uint8Array): void {
    this.#parse(this.#call(operations.putFiles, batch));
  }

  dropArtifact(artifact: string): void {
    this.#parse(this.#call(operations.dropArtifact, this.#encoder.encode(artifact)));
  }

  answer<Call extends EngineCall>(call: Call, request: EngineCalls[Call][0]): EngineCalls[Call][1] {
    return this.#json(callOperations[call], request) as EngineCalls[Call][1];
  }

  excluded(request: IgnoreRequest): readonly string[] {
    return this.#json(operations.sourceIgnore, request) as string[];
  }

  stats(): EngineStats {
    return this.#json(operations.stats, undefined) as EngineStats;
  }

  /** Pays what a first build pays, once; leaves no artifact behind. */
  warmUp(): EngineStats {
    return this.#json(operations.warm, undefined) as EngineStats;
  }

  collect(): EngineStats {
    return this.#json(operations.collect, undefined) as EngineStats;
  }

  /** For a pause: frees what the last calls left behind, if it is worth it. */
  tidy(): EngineStats {
    return this.#json(operations.tidy, undefined) as EngineStats;
  }

  /** Size of the linear memory, which never shrinks. */
  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** One operation with raw bytes; the answer is a copy. */
  raw(operation: number, input: Uint8Array): Uint8Array {
    return this.#call(operation, input).slice();
  }

  /** An image of this instance, for `new EngineInstance` of the same module. */
  image(module: WebAssembly.Module): Uint8Array<ArrayBuffer> {
    const untouched = new WebAssembly.Instance(
      module,
      wasiImports(module, {
        memory: () => this.#exports.memory,
        write: () => {},
        start: coldStart,
      }),
    );
    const fresh = (untouched.exports as unknown as Exports).memory;
    return encodeImage(module, new Uint8Array(fresh.buffer), this.#state());
  }

  #state(): InstanceState {
    return stateOf(this.#exports as unknown as WebAssembly.Exports, this.#exports.memory);
  }

  #json(operation: number, value: unknown): unknown {
    const input =
      value === undefined ? new Uint8Array() : this.#encoder.encode(JSON.stringify(value));
    return this.#parse(this.#call(operation, input));
  }

  #parse(output: Uint8Array): unknown {
    const value: unknown = JSON.parse(this.#decoder.decode(output));
    if (typeof value === "object" && value !== null && "error" in value) {
      throw new EngineError(String(value.error));
    }
    return value;
  }

  /** The answer is a view of the linear memory, valid until the next call. */
  #call(operation: number, input: Uint8Array): Uint8Array {
    const at = this.#exports.alloc(input.byteLength) >>> 0;
    new Uint8Array(this.#exports.memory.buffer, at, input.byteLength).set(input);
    const length = this.#exports.call(operation, input.byteLength) >>> 0;
    return new Uint8Array(this.#exports.memory.buffer, this.#exports.result() >>> 0, length);
  }
}

/** `u32 idLength, id`, then per file `u32 pathLength, path, u32 length, bytes`; little endian. */
export function encodeBatch(
  artifact: string,
  changes: readonly FileChange[],
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const id = encoder.encode(artifact);
  const paths = changes.map((change) => encoder.encode(change.path));
  let size = 4 + id.byteLength;
  changes.forEach((change, i) => {
    size += 8 + (paths[i]?.byteLength ?? 0) + ("bytes" in change ? change.bytes.byteLength : 0);
  });
  const batch = new Uint8Array(size);
  const view = new DataView(batch.buffer);
  let at = 0;
  const number = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const bytes = (value: Uint8Array): void => {
    batch.set(value, at);
    at += value.byteLength;
  };
  number(id.byteLength);
  bytes(id);
  changes.forEach((change, i) => {
    const path = paths[i] ?? new Uint8Array();
    number(path.byteLength);
    bytes(path);
    if ("bytes" in change) {
      number(change.bytes.byteLength);
      bytes(change.bytes);
    } else {
      number("deleted" in change ? fileDeleted : fileWithheld);
    }
  });
  return batch;
}

/**
 * The few calls of WASI that Go's runtime makes, for a module that has no files, no network and no environment.
 * Clock and randomness are fixed, so that the same calls give the same bytes everywhere.
 */

const argument = new TextEncoder().encode("engine\0");
/** 2020-01-01T00:00:00Z in nanoseconds. Nothing that the engine renders may depend on the time. */
export const coldStart = 1_577_836_800_000_000_000n;
/** An hour later, for an instance that starts from an image: its clock must not go back. */
export const warmStart = coldStart + 3_600_000_000_000n;
/** The runtime spins on the clock in places, so it has to move. */
const tick = 1000n;

const success = 0;
const badDescriptor = 8;
const notImplemented = 52;
const characterDevice = 2;

type WasiCall = (...values: (number | bigint)[]) => number;

export interface WasiHost {
  /** The module's memory, asked for once it exists. */
  readonly memory: () => WebAssembly.Memory;
  /** Takes what Go prints. */
  readonly write: (text: string) => void;
  /** What the clock shows first, in nanoseconds. */
  readonly start: bigint;
}

/** The imports that `module` asks for. */
export function wasiImports(module: WebAssembly.Module, host: WasiHost): WebAssembly.Imports {
  const calls = wasiCalls(host);
  const imports: Record<string, Record<string, WasiCall>> = {};
  for (const { module: space, name } of WebAssembly.Module.imports(module)) {
    const known = (imports[space] ??= {});
    known[name] = calls[name] ?? (() => notImplemented);
  }
  return imports;
}

function wasiCalls({ memory, write, start }: WasiHost): Record<string, WasiCall> {
  const view = (): DataView => new DataView(memory().buffer);
  let now = start;
  return {
    args_sizes_get: (count, size) => {
      view().setUint32(Number(count), 1, true);
      view().setUint32(Number(size), argument.length, true);
      return success;
    },
    args_get: (pointers, buffer) => {
      view().setUint32(Number(pointers), Number(buffer), true);
      new Uint8Array(memory().buffer, Number(buffer), argument.length).set(argument);
      return success;
    },
    environ_sizes_get: (count, size) => {
      view().setUint32(Number(count), 0, true);
      view().setUint32(Number(size), 0, true);
      return success;
    },
    environ_get: () => success,
    clock_time_get: (_id, _precision, at) => {
      now += tick;
      view().setBigUint64(Number(at), now, true);
      return success;
    },
    random_get: (at, length) => {
      fillRandom(new Uint8Array(memory().buffer, Number(at), Number(length)));
      return success;
    },
    fd_write: (_descriptor, vectors, count, written) => {
      const text = readVectors(memory(), Number(vectors), Number(count));
      view().setUint32(Number(written), text.bytes, true);
      write(text.text);
      return success;
    },
    fd_fdstat_get: (descriptor, at) => describeDescriptor(view(), Number(descriptor), Number(at)),
    fd_prestat_get: () => badDescriptor,
    sched_yield: () => success,
    poll_oneoff: (subscriptions, events, count, done) =>
      pollAll(view(), Number(subscriptions), Number(events), Number(count), Number(done)),
    proc_exit: (code) => {
      throw new Error(`the engine exited with code ${Number(code)}`);
    },
  };
}

/** Seeds Go's hash maps. There is nothing to keep secret from: the engine holds no connection to anything. */
function fillRandom(bytes: Uint8Array): void {
  let state = 0x9e3779b9;
  for (let i = 0; i < bytes.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state & 0xff;
  }
}

function readVectors(
  memory: WebAssembly.Memory,
  at: number,
  count: number,
): { text: string; bytes: number } {
  const view = new DataView(memory.buffer);
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const start = view.getUint32(at + 8 * i, true);
    const length = view.getUint32(at + 8 * i + 4, true);
    text += decoder.decode(new Uint8Array(memory.buffer, start, length), { stream: true });
    bytes += length;
  }
  return { text, bytes };
}

function describeDescriptor(view: DataView, descriptor: number, at: number): number {
  if (descriptor > 2) {
    return badDescriptor;
  }
  view.setUint8(at, characterDevice);
  view.setUint16(at + 2, 0, true);
  view.setBigUint64(at + 8, 0n, true);
  view.setBigUint64(at + 16, 0n, true);
  return success;
}

/** Every event has happened: whoever waits for time to pass goes on at once. */
function pollAll(
  view: DataView,
  subscriptions: number,
  events: number,
  count: number,
  done: number,
): number {
  for (let i = 0; i < count; i++) {
    view.setBigUint64(events + 32 * i, view.getBigUint64(subscriptions + 48 * i, true), true);
    view.setUint16(events + 32 * i + 8, 0, true);
    view.setUint8(events + 32 * i + 10, 0);
  }
  view.setUint32(done, count, true);
  return success;
}

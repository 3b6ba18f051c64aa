/**
 * The render engine as a program of this machine (`dist/engine-native`), in child processes instead of worker threads. The same
 * pool as for WebAssembly stands over it, so time-outs, crashes and retries are the same; only the way of asking differs.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import type { Engine } from "#simulator";

import {
  callOperations,
  compileEngine,
  createEnginePool,
  type EngineWorker,
  type EngineWorkerEvents,
  type FromWorker,
  type ToWorker,
} from "#simulator/engine";
import { createNodeEngine, type NodeEngineOptions } from "./engine-pool.ts";

/** The operations of `dispatch/dispatch.go` that are no calls. */
const operations = { putFiles: 1, dropArtifact: 2, sourceIgnore: 4 } as const;
/** What a process may hold, in KiB; the WebAssembly engine has the same limit. */
const memoryKiB = 1024 * 1024;
/** Seconds of processor time after which a process ends that nobody is left to stop. */
const processorSeconds = 900;
const longestAnswer = 512 * 2 ** 20;
const printedLimit = 4000;
const emptyModule = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export interface NativeEngineOptions {
  /** The program. */
  readonly program: string;
  readonly jobs?: number;
  readonly timeoutMs?: number;
}

/** The native engine where it was built and is not switched off (`SLUICE_ENGINE=wasm`), else the WebAssembly one. */
export function createFastestEngine(options: NodeEngineOptions = {}): Engine {
  const program = nativeProgram(options.wasm, process.env);
  if (program === undefined) {
    return createNodeEngine(options);
  }
  const { jobs, timeoutMs } = options;
  return createNativeEngine({
    program,
    ...(jobs !== undefined && { jobs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** The program beside the WebAssembly, which one build makes together. */
export function nativeProgram(
  wasm: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (environment["SLUICE_ENGINE"] === "wasm") {
    return undefined;
  }
  const folder =
    wasm === undefined ? fileURLToPath(new URL("../../dist", import.meta.url)) : dirname(wasm);
  const program = join(folder, "engine-native");
  return existsSync(program) ? program : undefined;
}

export function createNativeEngine(options: NativeEngineOptions): Engine {
  return createEnginePool({
    spawn: (events) => new NativeWorker(options.program, events),
    // The pool compiles for its workers; these need nothing compiled.
    module: () => compileEngine(Uint8Array.from(emptyModule)),
    jobs: Math.min(2, options.jobs ?? availableParallelism()),
    timeoutMs: options.timeoutMs ?? 30_000,
    // The process ends by itself at its limit.
    memoryBytes: Number.POSITIVE_INFINITY,
    ahead: true,
  });
}

/** One process. It answers frames in order, so a job's answer is the last of those it causes. */
class NativeWorker implements EngineWorker {
  readonly #process: ChildProcess;
  readonly #events: EngineWorkerEvents;
  readonly #answers = new Frames();
  #printed = "";
  #ended = false;
  /** The running job and the number of frames that come before its answer. */
  #job: { readonly id: number; before: number } | undefined;

  constructor(program: string, events: EngineWorkerEvents) {
    this.#events = events;
    this.#process = start(program);
    this.#process.stdout?.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#process.stderr?.on("data", (chunk: Buffer) => {
      this.#printed = (this.#printed + chunk.toString("utf8")).slice(0, printedLimit);
    });
    // A write to a process that has just ended says nothing that its end does not say.
    this.#process.stdin?.on("error", () => undefined);
    this.#process.on("error", (error) => this.#end(error.message));
    this.#process.on("close", (code, signal) =>
      this.#end(fatalLine(this.#printed) ?? `its process ended with ${signal ?? `code ${code}`}`),
    );
  }

  post(message: ToWorker): void {
    switch (message.type) {
      case "start":
        queueMicrotask(() => this.#events.onMessage({ type: "ready" }));
        return;
      case "job": {
        const { job, drop, batches } = message;
        this.#job = { id: message.id, before: drop.length + batches.length };
        for (const artifact of drop) {
          this.#send(operations.dropArtifact, Buffer.from(artifact));
        }
        for (const batch of batches) {
          this.#send(operations.putFiles, batch);
        }
        const operation = job.kind === "call" ? callOperations[job.call] : operations.sourceIgnore;
        this.#send(operation, Buffer.from(JSON.stringify(job.request)));
      }
    }
  }

  holdProcess(hold: boolean): void {
    const { stdin, stdout, stderr } = this.#process;
    for (const held of [this.#process, stdin, stdout, stderr]) {
      // The streams of a child are sockets, which their types do not say.
      const target = held as { ref?: () => void; unref?: () => void } | null;
      if (hold) {
        target?.ref?.();
      } else {
        target?.unref?.();
      }
    }
  }

  spentMs(): number | undefined {
    return processorMs(this.#process.pid);
  }

  terminate(): void {
    this.#ended = true;
    this.#process.kill("SIGKILL");
  }

  #send(operation: number, input: Uint8Array): void {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(operation, 0);
    header.writeUInt32LE(input.byteLength, 4);
    this.#process.stdin?.write(header);
    this.#process.stdin?.write(input);
  }

  #receive(chunk: Buffer): void {
    this.#answers.add(chunk);
    for (let frame = this.#answers.take(); frame !== undefined; frame = this.#answers.take()) {
      if (this.#ended) {
        return;
      }
      this.#answer(frame);
    }
    if (this.#answers.tooLong) {
      this.#crash("its answer is too long");
    }
  }

  #answer(frame: Buffer): void {
    const job = this.#job;
    if (job === undefined) {
      this.#crash("it answered without being asked");
      return;
    }
    const answer = parse(frame);
    if ("error" in answer) {
      this.#crash(answer.error);
    } else if (job.before > 0) {
      job.before -= 1;
    } else {
      this.#job = undefined;
      this.#events.onMessage({ type: "done", id: job.id, value: answer.value, memoryBytes: 0 });
    }
  }

  #crash(message: string): void {
    this.#ended = true;
    this.#process.kill("SIGKILL");
    this.#events.onMessage({ type: "crashed", message });
  }

  #end(message: string): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#events.onExit(message);
    }
  }
}

/** Where there is a POSIX shell it sets limits first, so that one hostile manifest cannot take the machine's memory. */
function start(program: string): ChildProcess {
  const stdio = ["pipe", "pipe", "pipe"] as const;
  // Go needs few variables, and none of the user's has a say in a render.
  const env = { PATH: process.env["PATH"] ?? "", TZ: "UTC" };
  if (process.platform !== "linux") {
    return spawn(program, { stdio: [...stdio], env, windowsHide: true });
  }
  const limited = `ulimit -d ${memoryKiB}; ulimit -t ${processorSeconds}; exec "$0"`;
  return spawn("/bin/sh", ["-c", limited, program], { stdio: [...stdio], env });
}

/**
 * Fields 14 and 15 of `/proc/PID/stat` (`proc_pid_stat(5)`) in ticks of 10 ms; elsewhere nobody can tell. Fields are counted from
 * the last bracket, because the second one is a name in brackets.
 */
function processorMs(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== "linux") {
    return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/** `u32 length, bytes`, little endian, in chunks of any size. */
class Frames {
  #chunks: Buffer[] = [];
  #held = 0;
  /** Set when a length is announced that no answer has. */
  tooLong = false;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.byteLength;
  }

  take(): Buffer | undefined {
    if (this.#held < 4 || this.tooLong) {
      return undefined;
    }
    const first = this.#front(4);
    const length = first.readUInt32LE(0);
    this.tooLong = length > longestAnswer;
    if (this.tooLong || this.#held < 4 + length) {
      return undefined;
    }
    const all = this.#front(4 + length);
    const frame = all.subarray(4, 4 + length);
    const rest = all.subarray(4 + length);
    this.#chunks = rest.byteLength > 0 ? [rest, ...this.#chunks.slice(1)] : this.#chunks.slice(1);
    this.#held -= 4 + length;
    return frame;
  }

  /** The first chunk, joined with others until it holds so many bytes. */
  #front(length: number): Buffer {
    const first = this.#chunks[0];
    if (first !== undefined && first.byteLength >= length) {
      return first;
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

type Value = Extract<FromWorker, { type: "done" }>["value"];

function parse(frame: Buffer): { readonly value: Value } | { readonly error: string } {
  let value: unknown;
  try {
    value = JSON.parse(frame.toString("utf8"));
  } catch {
    return { error: "its answer cannot be read" };
  }
  if (typeof value === "object" && value !== null && "error" in value) {
    return { error: String(value.error) };
  }
  return { value: value as Value };
}

/** Go says in one line why it gives up; a trace of all goroutines follows. The pool knows the words of WebAssembly. */
function fatalLine(printed: string): string | undefined {
  if (/stack overflow|goroutine stack exceeds/u.test(printed)) {
    return "call stack overflow";
  }
  // At the limit Go's collector finds no memory for its own lists and falls over a null pointer.
  if (/cannot allocate memory|out of memory|^SIGSEGV[\s\S]*runtime\/mgc/u.test(printed)) {
    return "out of memory";
  }
  return printed.split("\n").find((line) => /^(fatal error|panic):/u.test(line));
}

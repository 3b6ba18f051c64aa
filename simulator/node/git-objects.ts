/**
 * One long-lived `git cat-file` process: answers questions about objects without starting a process for each.
 * Requests are pipelined; answers come in the order of the requests. It ends by itself when it has been idle.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { Socket } from "node:net";

import { startGit, type GitOptions } from "./git-process.ts";
import { UserError } from "./user-error.ts";

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly size: number;
  /** Empty when only asked about. */
  readonly bytes: Uint8Array;
}

export interface ObjectReader {
  /** `undefined` when there is no such object or the name is ambiguous. */
  read(name: string): Promise<GitObject | undefined>;
  dispose(): void;
}

interface Waiting {
  readonly resolve: (object: GitObject | undefined) => void;
  readonly reject: (reason: Error) => void;
}

/** With `contents` objects come with their bytes, with `info` without. */
export function createObjectReader(
  git: string,
  what: "contents" | "info",
  options: GitOptions,
): ObjectReader {
  const idleMs = 10_000;
  let child: ChildProcessWithoutNullStreams | undefined;
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  function end(reason: string): void {
    clearTimeout(timer);
    child?.stdin.end();
    child?.kill();
    child = undefined;
    const left = waiting;
    waiting = [];
    for (const request of left) request.reject(new UserError(reason));
  }

  function start(): ChildProcessWithoutNullStreams {
    const flag = what === "contents" ? "--batch" : "--batch-check";
    const started = startGit(git, ["cat-file", flag], options);
    const onObject = (object: GitObject | undefined): void => {
      waiting.shift()?.resolve(object);
      if (waiting.length > 0) return;
      keepAlive(started, false);
      clearTimeout(timer);
      timer = setTimeout(() => end("idle"), idleMs).unref();
    };
    started.stdout.on("data", createParser(what === "contents", onObject));
    onceEnded(started, (reason) => child === started && end(reason));
    return started;
  }

  return {
    read(name) {
      if (/[\n\0]/.test(name)) return Promise.resolve(undefined);
      clearTimeout(timer);
      child ??= start();
      keepAlive(child, true);
      child.stdin.write(`${name}\n`);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    dispose: () => end("The repository was closed."),
  };
}

function onceEnded(child: ChildProcessWithoutNullStreams, then: (reason: string) => void): void {
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-4096);
  });
  child.stdin.on("error", () => {});
  child.on("error", (error) => then(`git could not be started: ${error.message}`));
  child.on("close", () => then(`git ended early: ${stderr.trim() || "no message"}`));
}

/** An idle reader must not keep the program running; one with open questions must. */
function keepAlive(child: ChildProcessWithoutNullStreams, on: boolean): void {
  const method = on ? "ref" : "unref";
  child[method]();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream instanceof Socket) stream[method]();
  }
}

/** Splits the answers of `git cat-file --batch` (git-cat-file(1), "BATCH OUTPUT"). */
function createParser(
  withBytes: boolean,
  emit: (object: GitObject | undefined) => void,
): (chunk: Buffer) => void {
  let pending: Buffer[] = [];
  let length = 0;
  /** Bytes needed before it is worth joining the chunks. */
  let needed = 1;

  return (chunk) => {
    pending.push(chunk);
    length += chunk.length;
    if (length < needed) return;
    let data = pending.length === 1 ? chunk : Buffer.concat(pending);
    for (;;) {
      const newline = data.indexOf(10);
      needed = data.length + 1;
      if (newline === -1) break;
      const header = data.toString("utf8", 0, newline);
      const match = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(header);
      if (match === null) {
        data = data.subarray(newline + 1);
        emit(undefined);
        continue;
      }
      const [, id = "", type = "", digits = "0"] = match;
      const size = Number(digits);
      const stop = withBytes ? newline + 1 + size + 1 : newline + 1;
      needed = stop;
      if (data.length < stop) break;
      // Copied, so that a small file doesn't keep the whole chunk in memory.
      const bytes = withBytes
        ? new Uint8Array(data.subarray(newline + 1, stop - 1))
        : new Uint8Array();
      data = data.subarray(stop);
      emit({ id, type, size, bytes });
    }
    pending = data.length === 0 ? [] : [data];
    length = data.length;
  };
}

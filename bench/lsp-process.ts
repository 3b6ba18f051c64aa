/** The language server as an editor meets it: a process behind two pipes, with what the system says of its cost. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

import type { ProtocolConnection } from "vscode-languageserver/node";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

import { serverFlags } from "../extension/client/server-flags.ts";

export const serverBundle = join(import.meta.dirname, "../dist/language-server.cjs");

/** `without`: the engine is not found, so that nothing is rendered; the rules work all the same. */
export type Simulator = "with" | "without";

export interface LspProcess {
  readonly connection: ProtocolConnection;
  readonly root: string;
  /** Resolves when the folder is simulated, or can't be. */
  readonly ready: Promise<void>;
  /** CPU time so far, all threads. */
  cpuMs(): number;
  /** Resident memory now, and the most there was. */
  memoryMB(): { readonly now: number; readonly peak: number };
  stop(): Promise<void>;
}

export async function startLsp(folder: string, simulator: Simulator): Promise<LspProcess> {
  const child = spawn(process.execPath, [...serverFlags, serverBundle, "--stdio"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const ready = new Promise<void>((resolve) =>
    connection.onNotification("sluice/plan", ({ state }: { readonly state: string }) => {
      if (state === "ready" || state === "failed") resolve();
    }),
  );
  for (const method of ["client/registerCapability", "workspace/diagnostic/refresh"])
    connection.onRequest(method, () => null);
  connection.listen();
  const root = pathToFileURL(folder).href;
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: root,
    capabilities: { textDocument: { diagnostic: {} } },
    initializationOptions: {
      trusted: false,
      engineWasm: join(simulator === "with" ? dirname(serverBundle) : folder, "engine.wasm"),
    },
  });
  await connection.sendNotification("initialized", {});
  return {
    connection,
    root,
    ready,
    cpuMs: () => cpuOf(child),
    memoryMB: () => ({ now: memoryOf(child, "VmRSS"), peak: memoryOf(child, "VmHWM") }),
    stop: () => stop(connection, child),
  };
}

async function stop(connection: ProtocolConnection, child: ChildProcess): Promise<void> {
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  connection.dispose();
  child.kill();
}

/** Fields 14 and 15 of `stat`, in hundredths of a second; the name before them may hold spaces. */
function cpuOf(child: ChildProcess): number {
  const fields = procFile(child, "stat")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function memoryOf(child: ChildProcess, field: string): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(procFile(child, "status"))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}

function procFile(child: ChildProcess, name: string): string {
  return readFileSync(`/proc/${child.pid ?? 0}/${name}`, "utf8");
}

/** The server as an editor meets it: a process behind two pipes. Keystrokes are answered by pulled diagnostics. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

import type { ProtocolConnection } from "vscode-languageserver/node";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

import { editedAt } from "./lsp-documents.ts";
import type { Series } from "./statistics.ts";
import { series } from "./statistics.ts";

const bundle = join(import.meta.dirname, "../dist/language-server.cjs");

interface Server {
  readonly connection: ProtocolConnection;
  readonly child: ChildProcess;
  /** Resolves when the folder is simulated. */
  readonly ready: Promise<void>;
}

async function start(folder: string): Promise<Server> {
  const child = spawn(process.execPath, [bundle, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
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
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: { textDocument: { diagnostic: {} } },
  });
  await connection.sendNotification("initialized", {});
  return { connection, child, ready };
}

async function stop({ connection, child }: Server): Promise<void> {
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  connection.dispose();
  child.kill();
}

export async function measureKeystrokes(text: string, edits: number): Promise<Series> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-lsp-"));
  writeFileSync(join(folder, "a.yaml"), text);
  const server = await start(folder);
  await server.ready;
  const uri = pathToFileURL(join(folder, "a.yaml")).href;
  const { connection } = server;
  const textDocument = { uri };
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "yaml", version: 0, text },
  });
  const { offset } = editedAt(text, 0);
  const before = text.slice(0, offset).split("\n");
  const place = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const times: number[] = [];
  for (let round = 0; round < edits + 10; round++) {
    const end = { ...place, character: place.character + (round === 0 ? 0 : 1) };
    const started = performance.now();
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: round + 1 },
      contentChanges: [{ range: { start: place, end }, text: String(round % 10) }],
    });
    await connection.sendRequest("textDocument/diagnostic", { textDocument });
    if (round >= 10) times.push(performance.now() - started);
    // Somebody who types fast: a key every 100 ms. The simulation runs in between.
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  await stop(server);
  rmSync(folder, { recursive: true, force: true });
  return series(times);
}

export async function measureStart(folder: string): Promise<{
  readonly milliseconds: number;
  readonly files: number;
  readonly megabytes: number;
}> {
  const started = performance.now();
  const server = await start(folder);
  const ask = (): Promise<{ readonly items: readonly unknown[] }> =>
    server.connection.sendRequest("workspace/diagnostic", { previousResultIds: [] });
  while ((await ask()).items.length === 0)
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  const milliseconds = Math.round(performance.now() - started);
  const status = readFileSync(`/proc/${server.child.pid ?? 0}/status`, "utf8");
  const megabytes = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  const files = (await ask()).items.length;
  await stop(server);
  return { milliseconds, files, megabytes };
}

/** A fresh server in a repository: until the first diagnostics, until all of them, and what it holds in memory then. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Series } from "./statistics.ts";
import { series } from "./statistics.ts";
import type { Simulator } from "./lsp-process.ts";
import { startLsp } from "./lsp-process.ts";
import { sleep } from "./lsp-wire.ts";

export interface Start {
  readonly files: number;
  /** From the start of the process to the diagnostics of the file that is open. */
  readonly firstMs: Series;
  readonly firstCpuMs: Series;
  /** To those of the whole workspace. */
  readonly allMs: Series;
  readonly allCpuMs: Series;
  /** After all files were parsed and all rules have run. */
  readonly residentMB: Series;
}

export async function measureStart(
  folder: string,
  simulator: Simulator,
  runs: number,
): Promise<Start> {
  const samples = [];
  for (let run = 0; run < runs; run++) samples.push(await startOnce(folder, simulator));
  return {
    files: yamlFiles(folder).length,
    firstMs: series(samples.map(({ firstMs }) => firstMs)),
    firstCpuMs: series(samples.map(({ firstCpuMs }) => firstCpuMs)),
    allMs: series(samples.map(({ allMs }) => allMs)),
    allCpuMs: series(samples.map(({ allCpuMs }) => allCpuMs)),
    residentMB: series(samples.map(({ residentMB }) => residentMB)),
  };
}

async function startOnce(folder: string, simulator: Simulator) {
  const [path = ""] = yamlFiles(folder).filter((one) => one.endsWith("/ks.yaml"));
  const text = readFileSync(join(folder, path), "utf8");
  const started = performance.now();
  const lsp = await startLsp(folder, simulator);
  const textDocument = { uri: `${lsp.root}/${path}` };
  await lsp.connection.sendNotification("textDocument/didOpen", {
    textDocument: { ...textDocument, languageId: "yaml", version: 1, text },
  });
  // A folder that is still being opened has no result to tell apart from others.
  for (;;) {
    const { resultId } = await lsp.connection.sendRequest<{ readonly resultId?: string }>(
      "textDocument/diagnostic",
      { textDocument },
    );
    if (resultId !== undefined) break;
    await sleep(2);
  }
  const [firstMs, firstCpuMs] = [performance.now() - started, lsp.cpuMs()];
  await lsp.connection.sendRequest("workspace/diagnostic", { previousResultIds: [] });
  const [allMs, allCpuMs] = [performance.now() - started, lsp.cpuMs()];
  await lsp.ready;
  await lsp.connection.sendRequest("workspace/diagnostic", { previousResultIds: [] });
  // What is parsed when nobody asks for anything is in it, too.
  await sleep(1_000);
  const residentMB = lsp.memoryMB().now;
  await lsp.stop();
  return { firstMs, firstCpuMs, allMs, allCpuMs, residentMB };
}

function yamlFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.ya?ml$/.test(path) && !path.startsWith(".git/"))
    .sort();
}

/** Texts that are larger than they look, or simply too large: how long others wait for them, and what they cost. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Diagnostic } from "vscode-languageserver";

import { startLsp } from "./lsp-process.ts";

const head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: b\ndata:\n";

/** Expands to 8^20 texts. */
function bomb(): string {
  const levels = Array.from({ length: 20 }, (_, at) => {
    const items = Array(8).fill(at === 0 ? "x" : `*l${at - 1}`);
    return `  l${at}: &l${at} [${items.join(", ")}]\n`;
  });
  return head + levels.join("");
}

export interface Refusal {
  readonly what: string;
  /** From opening it to the answer about another file. */
  readonly milliseconds: number;
  readonly peakMB: number;
  readonly message: string | undefined;
}

/** Each in a server of its own, where it lies on disk and is opened besides. */
export async function measureRefusals(): Promise<readonly Refusal[]> {
  const bombed = await refusal("a bomb of aliases", (file) => writeFileSync(file, bomb()), bomb());
  const large = await refusal(
    "100 MB on disk, 12 MB opened",
    (file) => {
      const handle = openSync(file, "w");
      ftruncateSync(handle, 100_000_000);
      closeSync(handle);
    },
    `${head}  a: ${"x".repeat(12_000_000)}\n`,
  );
  return [bombed, large];
}

async function refusal(
  what: string,
  write: (file: string) => void,
  text: string,
): Promise<Refusal> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-lsp-"));
  write(join(folder, "a.yaml"));
  writeFileSync(join(folder, "b.yaml"), `${head}  a: b\n`);
  const lsp = await startLsp(folder, "without");
  try {
    await lsp.ready;
    const ask = (name: string): Promise<{ readonly items: readonly Diagnostic[] }> =>
      lsp.connection.sendRequest("textDocument/diagnostic", {
        textDocument: { uri: `${lsp.root}/${name}` },
      });
    const started = performance.now();
    await lsp.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri: `${lsp.root}/a.yaml`, languageId: "yaml", version: 0, text },
    });
    const { items } = await ask("a.yaml");
    await ask("b.yaml");
    const milliseconds = performance.now() - started;
    return {
      what,
      milliseconds,
      peakMB: lsp.memoryMB().peak,
      message: items[0]?.message as string,
    };
  } finally {
    await lsp.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

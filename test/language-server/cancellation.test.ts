/**
 * Somebody types faster than the server answers: requests are cancelled at any moment. Each is answered all the same, with a result or
 * with the word that it was cancelled, and in the end everything is as if nobody had ever asked.
 */
import { afterEach, expect, test } from "vitest";

import type { Diagnostic, DocumentDiagnosticReport } from "vscode-languageserver/node";
import { CancellationTokenSource, LSPErrorCodes } from "vscode-languageserver/node";

import { kustomization } from "../support/flux.ts";
import { insertions } from "../support/lint-edits.ts";
import { createFileSimulator } from "./file-simulator.ts";
import type { Client } from "./lsp-pair.ts";
import { connect } from "./lsp-pair.ts";
import { createMemoryHost } from "./memory-host.ts";

const root = "file:///repo";
const source =
  "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata:\n  name: fleet\n  namespace: flux-system\nspec:\n  interval: 1h\n  url: https://git.example.test/fleet\n";
const data = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: b\ndata:\n  a: "\${A}"\n`;
const disk: Readonly<Record<string, string>> = {
  "clusters/apps.yaml": kustomization("apps", "./apps", "", "fleet"),
  "clusters/source.yaml": source,
  "apps/a.yaml": data("a"),
  // Enough documents for the server to let others have their turn.
  "apps/many.yaml": Array.from({ length: 60 }, (_, at) => data(`many-${at}`)).join("---\n"),
};
const paths = Object.keys(disk);

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
});

async function start(files: Readonly<Record<string, string>>): Promise<Client> {
  const simulator = createFileSimulator();
  const host = createMemoryHost({ root, disk: files, simulator, schemas: true });
  const client = await connect(host, { root, pulls: true });
  clients.push(client);
  await client.next("ready");
  return client;
}

/** The same numbers every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const requests = [
  ["textDocument/completion", {}],
  ["textDocument/diagnostic", {}],
  ["textDocument/rename", { newName: "other" }],
  ["textDocument/hover", {}],
  ["textDocument/references", { context: { includeDeclaration: true } }],
  ["workspace/diagnostic", { previousResultIds: [] }],
] as const;

/** What became of a request, which is cancelled at once, a little later, or not at all. */
async function ask(client: Client, path: string, random: () => number): Promise<string> {
  const [method, more] = requests[Math.floor(random() * requests.length)] ?? requests[0];
  const canceller = new CancellationTokenSource();
  const position = { line: Math.floor(random() * 12), character: Math.floor(random() * 12) };
  const textDocument = { uri: `${root}/${path}` };
  const params = { textDocument, position, ...more };
  const answer = client.connection.sendRequest(method, params, canceller.token);
  const when = random();
  if (when < 0.3) canceller.cancel();
  else if (when < 0.6) queueMicrotask(() => setImmediate(() => canceller.cancel()));
  try {
    await answer;
    return "answered";
  } catch (error) {
    const { code } = error as { readonly code?: number };
    // A name that can't be changed is refused with words.
    return code === LSPErrorCodes.RequestCancelled ? "cancelled" : `refused ${code ?? ""}`;
  }
}

async function diagnosticsOf(client: Client): Promise<readonly (readonly Diagnostic[])[]> {
  await client.connection.sendRequest("sluice/refresh", {});
  const found: (readonly Diagnostic[])[] = [];
  for (const path of paths) {
    const report: DocumentDiagnosticReport = await client.connection.sendRequest(
      "textDocument/diagnostic",
      { textDocument: { uri: `${root}/${path}` } },
    );
    found.push(report.kind === "full" ? report.items : []);
  }
  return found;
}

test.each([1, 2, 3])(
  "every request is answered, and nothing is left behind (seed %i)",
  async (seed) => {
    const random = numbers(seed);
    const client = await start(disk);
    const texts = new Map(Object.entries(disk));
    for (const [path, text] of texts) await client.open(`${root}/${path}`, text);
    const asked: Promise<string>[] = [];
    for (let version = 2; version < 80; version++) {
      const path = paths[Math.floor(random() * paths.length)] ?? "";
      const before = texts.get(path) ?? "";
      const at = Math.floor(random() * before.length);
      const insert = insertions[Math.floor(random() * insertions.length)] ?? "";
      const text = before.slice(0, at) + insert + before.slice(at + Math.floor(random() * 4));
      texts.set(path, text);
      await client.connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: `${root}/${path}`, version },
        contentChanges: [{ text }],
      });
      asked.push(
        ask(client, path, random),
        ask(client, paths[version % paths.length] ?? "", random),
      );
      if (random() < 0.2) await asked.at(-1);
    }
    const outcomes = await Promise.all(asked);
    expect(outcomes).toHaveLength(156);
    expect(outcomes).toContain("answered");
    expect(outcomes).toContain("cancelled");
    const fresh = await start(Object.fromEntries(texts));
    expect(await diagnosticsOf(client)).toEqual(await diagnosticsOf(fresh));
  },
);

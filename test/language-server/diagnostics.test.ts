/** Rules over LSP: what a client sees while someone types, whether it asks for diagnostics or they are sent. */
import { afterEach, expect, test } from "vitest";

import type {
  CodeAction,
  Diagnostic,
  DocumentDiagnosticReport,
  WorkspaceDiagnosticReport,
} from "vscode-languageserver/node";

import { kustomization } from "../support/flux.ts";
import { createFileSimulator } from "./file-simulator.ts";
import type { Client, ClientOptions } from "./lsp-pair.ts";
import { connect } from "./lsp-pair.ts";
import type { MemoryHost } from "./memory-host.ts";
import { createMemoryHost } from "./memory-host.ts";

const root = "file:///repo";
const uri = `${root}/clusters/apps.yaml`;
const source = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: fleet
  namespace: flux-system
spec:
  interval: 1h
  url: https://git.example.test/fleet
  ref:
    branch: main
`;
const disk = {
  "clusters/apps.yaml": kustomization("apps", "./apps", "", "fleet"),
  "clusters/source.yaml": source,
  "apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: b\n",
};
/** Line of `name: fleet` in the Kustomization. */
const line = 11;
let client: Client | undefined;

afterEach(async () => {
  await client?.stop();
  client = undefined;
});

async function start(
  options: Partial<ClientOptions> = {},
): Promise<{ client: Client; host: MemoryHost }> {
  const host = createMemoryHost({ root, disk, simulator: createFileSimulator(), schemas: true });
  client = await connect(host, { root, ...options });
  await client.next("ready");
  return { client, host };
}

/** A busy machine takes its time. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 });

const codes = (diagnostics: readonly Diagnostic[]): readonly unknown[] =>
  diagnostics.map(({ code }) => code);

async function pull(
  from: Client,
  previousResultId?: string,
  document = uri,
): Promise<DocumentDiagnosticReport> {
  return from.connection.sendRequest("textDocument/diagnostic", {
    textDocument: { uri: document },
    ...(previousResultId !== undefined && { previousResultId }),
  });
}

async function pulled(from: Client, document = uri): Promise<readonly unknown[]> {
  const report = await pull(from, undefined, document);
  return report.kind === "full" ? codes(report.items) : ["unchanged"];
}

test("typing a wrong source is seen where it stands, and mending it takes it away", async () => {
  const { client } = await start();
  await client.open(uri, disk["clusters/apps.yaml"]);
  await client.edit(uri, 2, line, [10, 15], "fleeet");
  await eventually(() => codes(client.diagnostics(uri))).toEqual(["flux/ref-not-found"]);
  const [found] = client.diagnostics(uri);
  expect(found?.range).toEqual({ start: { line, character: 10 }, end: { line, character: 16 } });
  expect(found?.relatedInformation?.[0]?.location.uri).toBe(`${root}/clusters/source.yaml`);
  await client.edit(uri, 3, line, [10, 16], "fleet");
  await eventually(() => codes(client.diagnostics(uri))).toEqual([]);
});

test("a change of one file is seen in another", async () => {
  const { client } = await start();
  await client.open(`${root}/clusters/source.yaml`, source.replace("name: fleet", "name: other"));
  await eventually(() => codes(client.diagnostics(uri))).toEqual(["flux/ref-not-found"]);
  await client.close(`${root}/clusters/source.yaml`);
  await eventually(() => codes(client.diagnostics(uri))).toEqual([]);
});

test("schemas are read once, and their findings come like the others", async () => {
  const { client } = await start();
  await client.open(uri, disk["clusters/apps.yaml"].replace("prune: true", "prume: true"));
  await eventually(() => codes(client.diagnostics(uri))).toEqual([
    "k8s/schema/required",
    "k8s/schema/unknown-field",
  ]);
});

test("a client that asks gets a report, and next time that nothing changed", async () => {
  const { client } = await start({ pulls: true });
  await client.open(uri, disk["clusters/apps.yaml"].replace("name: fleet", "name: fleeet"));
  const first = await pull(client);
  expect(first).toMatchObject({ kind: "full", items: [{ code: "flux/ref-not-found" }] });
  expect(await pull(client, first.resultId)).toEqual({
    kind: "unchanged",
    resultId: first.resultId,
  });
  await client.edit(uri, 2, line, [10, 16], "fleet");
  expect(await pull(client, first.resultId)).toMatchObject({ kind: "full", items: [] });
  expect(client.diagnostics(uri)).toEqual([]);
});

test("a client that asks is told when to ask again", async () => {
  const { client, host } = await start({ pulls: true });
  const before = client.refreshes;
  host.disk["clusters/source.yaml"] = source.replace("name: fleet", "name: other");
  await client.connection.sendRequest("sluice/refresh", {});
  await eventually(() => client.refreshes).toBeGreaterThan(before);
  expect(await pulled(client)).toEqual(["flux/ref-not-found"]);
});

test("the whole workspace is reported once, then only what changes, and what went away", async () => {
  const { client, host } = await start({ pulls: true });
  const ask = (
    previousResultIds: readonly { uri: string; value: string }[],
  ): Promise<WorkspaceDiagnosticReport> =>
    client.connection.sendRequest("workspace/diagnostic", { previousResultIds });
  host.disk["clusters/apps.yaml"] = disk["clusters/apps.yaml"].replace(
    "name: fleet",
    "name: fleeet",
  );
  await client.connection.sendRequest("sluice/refresh", {});
  const { items } = await ask([]);
  expect(items.map((item) => item.uri)).toEqual([uri]);
  const known = [{ uri, value: items[0]?.resultId ?? "" }];
  expect((await ask(known)).items).toMatchObject([{ uri, kind: "unchanged" }]);
  delete host.disk["clusters/apps.yaml"];
  await client.connection.sendRequest("sluice/refresh", {});
  expect((await ask(known)).items).toMatchObject([{ uri, kind: "full", items: [] }]);
});

test("what was said of an open document is taken back for certain after it was closed", async () => {
  const { client } = await start({ pulls: true });
  const ask = async (value?: string): Promise<WorkspaceDiagnosticReport["items"]> => {
    const previousResultIds = value === undefined ? [] : [{ uri, value }];
    const asked = { previousResultIds };
    const answer = client.connection.sendRequest("workspace/diagnostic", asked);
    return ((await answer) as WorkspaceDiagnosticReport).items;
  };
  expect(await ask()).toEqual([]);
  await client.open(uri, disk["clusters/apps.yaml"].replace("name: fleet", "name: fleeet"));
  expect(await pulled(client)).toEqual(["flux/ref-not-found"]);
  await ask(); // which is not heard while the document is open
  await client.close(uri);
  await client.connection.sendRequest("sluice/refresh", {});
  // Which a client drops, because the document is no longer to be seen.
  expect(await pulled(client)).toEqual([]);
  const nothing = { uri, kind: "full", items: [] };
  const [first] = await ask();
  expect(first).toMatchObject(nothing);
  expect(await ask(first?.resultId)).toMatchObject([nothing]);
  expect(await ask(first?.resultId)).toMatchObject([nothing]);
  expect(await ask(first?.resultId)).toMatchObject([{ uri, kind: "unchanged" }]);
});

test("a quick fix changes what is wrong and nothing else", async () => {
  const { client } = await start({ pulls: true });
  await client.open(uri, disk["clusters/apps.yaml"].replace("name: fleet", "name: fleeet"));
  const place = { line, character: 12 };
  const actions = await client.connection.sendRequest<readonly CodeAction[]>(
    "textDocument/codeAction",
    {
      textDocument: { uri },
      range: { start: place, end: place },
      context: { diagnostics: [] },
    },
  );
  expect(actions).toMatchObject([
    {
      title: "Change fleeet to fleet",
      kind: "quickfix",
      isPreferred: true,
      edit: {
        changes: {
          [uri]: [
            {
              newText: "fleet",
              range: { start: { line, character: 10 }, end: { line, character: 16 } },
            },
          ],
        },
      },
    },
  ]);
});

test("everything that can be mended without a choice is mended at once, when asked for", async () => {
  const { client } = await start({ pulls: true });
  const text = disk["clusters/apps.yaml"]
    .replace("name: fleet", "name: fleeet")
    .replace("interval: 1h", "interval: 1d");
  await client.open(uri, text);
  const all = (only?: readonly string[]): Promise<readonly CodeAction[]> =>
    client.connection.sendRequest("textDocument/codeAction", {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      context: { diagnostics: [], ...(only && { only }) },
    });
  const [action] = await all(["source.fixAll"]);
  expect(action?.edit?.changes?.[uri]?.map(({ newText }) => newText).sort()).toEqual([
    "24h",
    "fleet",
  ]);
  expect(await all()).toEqual([]);
});

test("settings silence a rule", async () => {
  const { client } = await start({ pulls: true });
  await client.open(uri, disk["clusters/apps.yaml"].replace("name: fleet", "name: fleeet"));
  expect(await pulled(client)).toEqual(["flux/ref-not-found"]);
  await client.changeSettings({ diagnostics: { severity: { "flux/ref-not-found": "off" } } });
  await eventually(() => pulled(client)).toEqual([]);
});

test("a document outside of every folder has no diagnostics", async () => {
  const { client } = await start({ pulls: true });
  const elsewhere = "file:///other/a.yaml";
  await client.open(elsewhere, "kind: [\n");
  expect(await pulled(client, elsewhere)).toEqual([]);
});

test("who asks while the folder is still being opened waits for it", async () => {
  const host = createMemoryHost({ root, disk, simulator: createFileSimulator(), schemas: true });
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const slow: MemoryHost = {
    ...host,
    async openFolder(folder) {
      await opened;
      return host.openFolder(folder);
    },
  };
  client = await connect(slow, { root, pulls: true });
  const { connection } = client;
  await client.open(uri, kustomization("apps", "./apps", "", "flet"));
  const waiting = pulled(client);
  // Questions are taken in turn, and this one is answered at once: by then the other would be.
  await connection.sendRequest("textDocument/foldingRange", { textDocument: { uri } });
  open();
  expect(await waiting).toEqual(["flux/ref-not-found"]);
});

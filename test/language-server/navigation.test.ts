/** Navigation over LSP: every request that an editor sends, once, on a file that is edited and not saved. */
import { afterEach, expect, test } from "vitest";

import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  SelectionRange,
  SemanticTokens,
  SymbolInformation,
  WorkspaceEdit,
} from "vscode-languageserver/node";

import { kustomization } from "../support/flux.ts";
import { createFileSimulator } from "./file-simulator.ts";
import type { Client } from "./lsp-pair.ts";
import { connect } from "./lsp-pair.ts";
import { createMemoryHost } from "./memory-host.ts";

const root = "file:///repo";
const uri = `${root}/clusters/apps.yaml`;
const sourceUri = `${root}/clusters/source.yaml`;
const disk = {
  "clusters/apps.yaml": "a: 1\n",
  "clusters/source.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: fleet
  namespace: flux-system
spec:
  interval: 1h
  url: ssh://git@example.test/fleet
`,
  "apps/kustomization.yaml": "resources: [web.yaml]\n",
  "apps/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
};
let client: Client | undefined;

afterEach(async () => {
  await client?.stop();
  client = undefined;
});

async function start(): Promise<<T>(method: string, params: object) => Promise<T>> {
  const host = createMemoryHost({ root, disk, simulator: createFileSimulator(), schemas: true });
  client = await connect(host, { root });
  await client.next("ready");
  await client.open(uri, kustomization("apps", "./apps", "", "fleet"));
  const { connection } = client;
  return (method, params) => connection.sendRequest(method, params);
}

/** `fleet` in the sourceRef. */
const at = { textDocument: { uri }, position: { line: 11, character: 12 } };

test("hover, definition, references and rename", async () => {
  const ask = await start();
  const hover = await ask<Hover>("textDocument/hover", at);
  expect(JSON.stringify(hover.contents)).toContain("GitRepository flux-system/fleet");
  const [place] = await ask<Location[]>("textDocument/definition", at);
  expect(place?.uri).toBe(sourceUri);
  expect(place?.range.start).toEqual({ line: 3, character: 8 });
  const all = await ask<Location[]>("textDocument/references", {
    ...at,
    context: { includeDeclaration: true },
  });
  expect(all.map((one) => one.uri).toSorted()).toEqual([uri, sourceUri]);
  expect(await ask("textDocument/prepareRename", at)).toMatchObject({ placeholder: "fleet" });
  const edit = await ask<WorkspaceEdit>("textDocument/rename", { ...at, newName: "other" });
  expect(Object.keys(edit.changes ?? {}).toSorted()).toEqual([uri, sourceUri]);
});

test("symbols, links, folding, selection and tokens", async () => {
  const ask = await start();
  const file = { textDocument: { uri } };
  const [symbol] = await ask<DocumentSymbol[]>("textDocument/documentSymbol", file);
  expect(symbol?.name).toBe("Kustomization flux-system/apps");
  const found = await ask<SymbolInformation[]>("workspace/symbol", { query: "gitfleet" });
  expect(found.map(({ name }) => name)).toEqual(["GitRepository flux-system/fleet"]);
  const [link] = await ask<DocumentLink[]>("textDocument/documentLink", file);
  expect(link?.target).toBe(`${root}/apps/kustomization.yaml`);
  const folds = await ask<FoldingRange[]>("textDocument/foldingRange", file);
  expect(folds.map(({ startLine }) => startLine)).toEqual([2, 5, 9]);
  const [range] = await ask<SelectionRange[]>("textDocument/selectionRange", {
    ...file,
    positions: [at.position],
  });
  expect(range?.range).toEqual({
    start: { line: 11, character: 10 },
    end: { line: 11, character: 15 },
  });
  const { data } = await ask<SemanticTokens>("textDocument/semanticTokens/full", file);
  expect(data).toHaveLength(10);
});

test("the call hierarchy", async () => {
  const ask = await start();
  const [item] = await ask<CallHierarchyItem[]>("textDocument/prepareCallHierarchy", at);
  expect(item?.name).toBe("GitRepository flux-system/fleet");
  const incoming = await ask<CallHierarchyIncomingCall[]>("callHierarchy/incomingCalls", { item });
  expect(incoming.map(({ from }) => from.name)).toEqual(["Kustomization flux-system/apps"]);
  const outgoing = await ask<CallHierarchyOutgoingCall[]>("callHierarchy/outgoingCalls", {
    item: incoming[0]?.from,
  });
  expect(outgoing.map(({ to }) => to.name)).toEqual(["GitRepository flux-system/fleet"]);
});

test("nothing is answered for files of other folders and places where nothing is", async () => {
  const ask = await start();
  const elsewhere = { textDocument: { uri: "file:///other/a.yaml" }, position: at.position };
  expect(await ask("textDocument/hover", elsewhere)).toBeNull();
  expect(await ask("textDocument/definition", elsewhere)).toEqual([]);
  const beyond = { textDocument: { uri }, position: { line: 900, character: 3 } };
  expect(await ask("textDocument/hover", beyond)).toBeNull();
  expect(await ask("textDocument/prepareRename", beyond)).toBeNull();
});

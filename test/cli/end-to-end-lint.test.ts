/** `sluice lint` and `sluice lsp` as processes. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, expect, test } from "vitest";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

import { gotkSync } from "../support/flux.ts";

let folder: string | undefined;

afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

const configMap =
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: flux-system\n";

function repository(files: Readonly<Record<string, string>>): string {
  folder = mkdtempSync(join(tmpdir(), "sluice-lint-"));
  const sync = gotkSync.slice(gotkSync.indexOf("\n") + 1);
  for (const [path, text] of Object.entries({
    "cluster/flux-system/gotk-sync.yaml": sync,
    ...files,
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function sluice(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["cli/main.ts", ...words], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("a clean repository gives 0, a finding 1, and --fail-on decides from when", () => {
  const clean = repository({ "cluster/a.yaml": `${configMap}data:\n  a: b\n` });
  expect(sluice("lint", clean, "--no-render")).toMatchObject({
    status: 0,
    stdout: "Nothing found in 2 files.\n",
  });
  writeFileSync(join(clean, "cluster/a.yaml"), `${configMap}dta:\n  a: b\n`);
  const found = sluice("lint", clean, "--no-render");
  expect(found.status).toBe(1);
  expect(found.stdout).toContain("cluster/a.yaml:6:1: error: ");
  writeFileSync(join(clean, "cluster/a.yaml"), `${configMap}data:\n  a: on\n`);
  expect(sluice("lint", clean, "--no-render").status).toBe(0);
  expect(sluice("lint", clean, "--no-render", "--fail-on", "warning").status).toBe(1);
  expect(
    sluice("lint", clean, "--no-render", "--fail-on", "warning", "--rule", "k8s/yaml11=off").status,
  ).toBe(0);
});

test("what only rendering shows is there with rendering", () => {
  const vars = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n";
  const here = repository({
    "cluster/kustomization.yaml": "namePrefix: x-\nresources:\n  - flux-system\n  - a.yaml\n",
    "cluster/flux-system/kustomization.yaml": "resources:\n  - gotk-sync.yaml\n",
    "cluster/a.yaml": vars,
  });
  const quick = sluice("lint", here, "--no-render", "-o", "json");
  const rendered = sluice("lint", here, "--offline", "-o", "json");
  const codes = (text: string) =>
    (JSON.parse(text) as { diagnoses: { code: string }[] }).diagnoses.map(({ code }) => code);
  expect(codes(quick.stdout)).toContain("flux/namespace-missing");
  expect(codes(rendered.stdout).length).toBeGreaterThanOrEqual(codes(quick.stdout).length);
});

test("what can't be read is 2", () => {
  expect(sluice("lint", "/nowhere/at/all").status).toBe(2);
  expect(sluice("lint", "--rule", "x").status).toBe(2);
});

test("lsp answers an editor, sends diagnostics, and leaves when told to", async () => {
  const here = repository({ "cluster/a.yaml": `${configMap}dta: {}\n` });
  const child = spawn(process.execPath, ["cli/main.ts", "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published = new Promise<unknown>((resolve) =>
    connection.onNotification("textDocument/publishDiagnostics", resolve),
  );
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("workspace/configuration", ({ items }: { items: readonly unknown[] }) =>
    items.map(() => null),
  );
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: `file://${here}`,
    capabilities: { workspace: { configuration: true } },
  });
  await connection.sendNotification("initialized", {});
  expect(await published).toMatchObject({ uri: `file://${here}/cluster/a.yaml` });
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  expect(await exited).toBe(0);
  connection.dispose();
});

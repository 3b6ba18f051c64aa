/** `sluice lint` and `sluice lsp` as processes. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { expect, onTestFinished, test } from "vitest";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

import { gotkSync } from "../support/flux.ts";
import { temporaryFolder, writeFiles } from "../support/temporary-repository.ts";
import { ended, ownEnvironment } from "./program.ts";

const program = resolve("cli/main.ts");

const configMap =
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: flux-system\n";

function repository(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  const sync = gotkSync.slice(gotkSync.indexOf("\n") + 1);
  writeFiles(folder, { "cluster/flux-system/gotk-sync.yaml": sync, ...files });
  return folder;
}

function sluice(...words: readonly string[]) {
  return ended(process.execPath, [program, ...words], { cwd: ".", home: temporaryFolder() });
}

test("a clean repository gives 0, a finding 1, and --fail-on decides from when", async () => {
  const clean = repository({ "cluster/a.yaml": `${configMap}data:\n  a: b\n` });
  expect(await sluice("lint", clean, "--no-render")).toMatchObject({
    code: 0,
    stdout: "Nothing found in 2 files.\n",
  });
  writeFileSync(join(clean, "cluster/a.yaml"), `${configMap}dta:\n  a: b\n`);
  const found = await sluice("lint", clean, "--no-render");
  expect(found.code).toBe(1);
  expect(found.stdout).toContain("cluster/a.yaml:6:1: error: ");
  writeFileSync(join(clean, "cluster/a.yaml"), `${configMap}data:\n  a: on\n`);
  expect((await sluice("lint", clean, "--no-render")).code).toBe(0);
  const gate = ["--no-render", "--fail-on", "warning"];
  expect((await sluice("lint", clean, ...gate)).code).toBe(1);
  expect((await sluice("lint", clean, ...gate, "--rule", "k8s/yaml11=off")).code).toBe(0);
});

test("what only rendering shows is there with rendering", async () => {
  const vars = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n";
  const here = repository({
    "cluster/kustomization.yaml": "namePrefix: x-\nresources:\n  - flux-system\n  - a.yaml\n",
    "cluster/flux-system/kustomization.yaml": "resources:\n  - gotk-sync.yaml\n",
    "cluster/a.yaml": vars,
  });
  const quick = await sluice("lint", here, "--no-render", "-o", "json");
  const rendered = await sluice("lint", here, "--offline", "-o", "json");
  const codes = (text: string) =>
    (JSON.parse(text) as { diagnoses: { code: string }[] }).diagnoses.map(({ code }) => code);
  expect(codes(quick.stdout)).toContain("flux/namespace-missing");
  expect(codes(rendered.stdout).length).toBeGreaterThanOrEqual(codes(quick.stdout).length);
});

test("what can't be read is 2", async () => {
  expect((await sluice("lint", "/nowhere/at/all")).code).toBe(2);
  expect((await sluice("lint", "--rule", "x")).code).toBe(2);
});

test("lsp answers an editor, sends diagnostics, and leaves when told to", async () => {
  const here = repository({ "cluster/a.yaml": `${configMap}dta: {}\n` });
  const child = spawn(process.execPath, [program, "lsp", "--stdio"], {
    env: ownEnvironment(temporaryFolder()),
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  const exited = new Promise<number | null>((done) => child.once("exit", done));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const uri = `file://${here}/cluster/a.yaml`;
  const published = new Promise<Published>((done) =>
    connection.onNotification("textDocument/publishDiagnostics", (one: Published) => {
      if (one.uri === uri && one.diagnostics.length > 0) done(one);
    }),
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
  expect((await published).diagnostics[0]).toMatchObject({ source: "Sluice" });
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  expect(await exited).toBe(0);
  connection.dispose();
});

interface Published {
  readonly uri: string;
  readonly diagnostics: readonly { readonly source?: string }[];
}

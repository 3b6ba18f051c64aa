/**
 * The live views in a real VS Code on the real cluster: this file starts both and pushes when it is asked to; what a person
 * does and sees is in editor/live-editor.suite.ts. Needs the bundles of `npm run build`.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { isReady } from "./harness/kube-api.ts";

const root = join(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "sluice-live-editor-"));
/** Below the packages, because Mocha is required at run time. */
const suite = join(root, "dist-test", "live-editor");
let cluster: Cluster;
let control: Awaited<ReturnType<typeof startControl>>;

const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: default}\n";
const files = {
  "clusters/apps.yaml": kustomizationText("apps", "path: ./apps"),
  "clusters/later.yaml": kustomizationText("later", "path: ./later, dependsOn: [{name: apps}]"),
  "apps/config.yaml": config,
  "later/config.yaml": config.replace("settings", "late"),
};

function kustomizationText(name: string, rest: string): string {
  return `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: repo}, ${rest}}
`;
}

beforeAll(async () => {
  cluster = await startCluster({ controllers: ["source-controller", "kustomize-controller"] });
  const repository = cluster.git.create("repo");
  repository.push(files);
  await cluster.api.apply(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: flux-system}
spec: {interval: 1h, url: "${repository.url}", ref: {branch: main}}
---
${kustomizationText("root", "path: ./clusters")}
`);
  for (const name of ["root", "apps", "later"])
    await cluster.api.waitFor(
      {
        apiVersion: "kustomize.toolkit.fluxcd.io/v1",
        kind: "Kustomization",
        namespace: "flux-system",
        name,
      },
      isReady,
    );
  control = await startControl({
    "/break": () => repository.push({ "apps/config.yaml": "not: a Kubernetes object\n" }),
    "/mend": () => repository.push({ "apps/config.yaml": config }),
  });
});

afterAll(async () => {
  await control?.close();
  await cluster?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test("a person sees, breaks, mends and suspends", async () => {
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode", "mocha"],
    logLevel: "warning",
    entryPoints: {
      "host-suite": "test/support/host-suite.ts",
      "live-editor.test": "test/cluster/editor/live-editor.suite.ts",
    },
    outdir: suite,
    outExtension: { ".js": ".cjs" },
  });
  const results = join(scratch, "results.json");
  const output = await run(
    join(root, "scripts/code.mjs"),
    [
      join(root, "test/host/workspace"),
      `--user-data-dir=${join(scratch, "user-data")}`,
      `--extensions-dir=${join(scratch, "extensions")}`,
      `--extensionDevelopmentPath=${root}`,
      `--extensionTestsPath=${join(suite, "host-suite.cjs")}`,
    ],
    {
      TEST_RESULTS: results,
      SLUICE_TEST_KUBECONFIG: cluster.kubeconfig,
      SLUICE_TEST_CONTROL: control.url,
    },
  );
  expect(existsSync(results), output).toBe(true);
  const { failures, tests } = JSON.parse(readFileSync(results, "utf8")) as {
    readonly failures: number;
    readonly tests: number;
  };
  expect(tests, output).toBe(6);
  expect(failures, output).toBe(0);
}, 400_000);

function run(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", () => resolve(output));
  });
}

async function startControl(
  actions: Readonly<Record<string, () => unknown>>,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const action = actions[request.url ?? ""];
    action?.();
    response.writeHead(action === undefined ? 404 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

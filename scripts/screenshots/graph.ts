/** Pictures of the graph: of the example, and of a cluster that an API server in this process plays. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import type { FrameLocator } from "playwright-core";

import type { JsonObject } from "#simulator";

import { FakeApiServer } from "../../test/extension/cluster/fake-api-server.ts";
import {
  failed,
  gitRepository,
  helmRelease,
  kustomization,
  live,
  ready,
} from "../../test/extension/cluster/live-objects.ts";
import { ownedBy } from "../../test/extension/cluster/live-world.ts";
import type { Scheme, Workbench } from "../../test/ui/workbench.ts";
import { openWorkbench } from "../../test/ui/workbench.ts";
import { images, schemeSettings, withWorkbench } from "./take.ts";

export async function graphPictures(): Promise<void> {
  const server = new FakeApiServer();
  const folder = mkdtempSync(join(tmpdir(), "sluice-graph-"));
  await server.start();
  for (const object of objects()) server.put(object);
  try {
    process.env["KUBECONFIG"] = writeKubeconfig(folder, server.url);
    await withWorkbench(openWorkbench("demo", undefined, schemeSettings), pictures);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function pictures(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.getByRole("tab", { name: "Sluice" }).first().click();
  await workbench.run("Sluice: Show Graph");
  const graph = pageOf(workbench);
  const failing = graph.getByRole("treeitem", { name: /, fails/ });
  await failing.click();
  await page.keyboard.press("Control+b");
  await graph.getByRole("button", { name: "Fit" }).click();
  await take(workbench, "graph");
  await workbench.run("Sluice: Connect to a Cluster");
  await workbench.choose("production");
  await workbench.run("Sluice: Show Graph");
  await workbench.choose("production");
  await graph.getByRole("treeitem", { name: /infrastructure .*critical blocker/ }).click();
  await graph.getByRole("button", { name: "Fit" }).click();
  await take(workbench, "graph-live");
}

function pageOf({ page }: Workbench): FrameLocator {
  return page
    .locator("iframe.webview:visible")
    .last()
    .contentFrame()
    .locator("iframe#active-frame")
    .contentFrame();
}

/** What the editor calls the colours, in the page. */
const bodies: Readonly<Record<Scheme, string>> = {
  light: "vscode-light",
  contrast: "vscode-high-contrast",
  dark: "vscode-dark",
};

async function take(workbench: Workbench, what: string): Promise<void> {
  const { page } = workbench;
  for (const scheme of ["light", "contrast", "dark"] as const satisfies readonly Scheme[]) {
    await workbench.useScheme(scheme);
    await page.mouse.move(900, 790);
    await pageOf(workbench).locator(`body.${bodies[scheme]}`).waitFor();
    await page.screenshot({ path: join(images, `${what}-${scheme}.png`) });
  }
  console.log(what);
}

/** Teams that wait for an infrastructure that fails, and two that wait for each other. */
function objects(): readonly JsonObject[] {
  const sourceRef = { kind: "GitRepository", name: "flux-system" };
  const metadata = ownedBy("flux-system");
  const applier = (name: string, status: JsonObject, ...needs: readonly string[]): JsonObject =>
    kustomization(name, {
      spec: { sourceRef, dependsOn: needs.map((need) => ({ name: need })) },
      metadata,
      status,
    });
  const waits = (name: string): JsonObject =>
    failed("DependencyNotReady", `dependency 'flux-system/${name}' is not ready`);
  const repository = { kind: "HelmRepository", name: "charts" };
  const release = (name: string, status: JsonObject): JsonObject =>
    helmRelease(name, {
      spec: { chart: { spec: { chart: name, sourceRef: repository } } },
      metadata: ownedBy("tenants"),
      status,
    });
  return [
    gitRepository("flux-system", { status: ready("stored artifact"), metadata }),
    kustomization("flux-system", { spec: { sourceRef }, status: ready() }),
    applier("sources", ready()),
    applier("tenants", ready(), "sources"),
    applier(
      "infrastructure",
      failed("HealthCheckFailed", "Deployment/ingress/ingress-nginx status: 'Failed'"),
      "sources",
    ),
    applier("apps", waits("infrastructure"), "infrastructure"),
    applier("monitoring", waits("infrastructure"), "infrastructure"),
    applier("shop", waits("apps"), "apps", "monitoring"),
    applier("backup", waits("storage"), "storage"),
    applier("storage", waits("backup"), "backup"),
    live("source.toolkit.fluxcd.io/v1", "HelmRepository", "charts", {
      metadata: ownedBy("sources"),
      status: ready("stored artifact"),
    }),
    release("podinfo", ready("Helm install succeeded")),
    release("search", failed("UpgradeFailed", "values don't meet the specifications")),
  ];
}

function writeKubeconfig(folder: string, server: string): string {
  const file = join(folder, "config");
  const config = {
    "current-context": "production",
    clusters: [{ name: "production", cluster: { server } }],
    users: [{ name: "me", user: { token: "t" } }],
    contexts: [{ name: "production", context: { cluster: "production", user: "me" } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

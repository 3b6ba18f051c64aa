/**
 * The graph in the workbench: of the working tree, and of a cluster whose API server lives in this process and serves names
 * with markup. Opened, walked through by keyboard, searched, and checked for accessibility.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, afterEach, before, test } from "node:test";

import axe from "axe-core";
import type { FrameLocator, Locator } from "playwright-core";

import { FakeApiServer } from "../extension/cluster/fake-api-server.ts";
import { failed, gitRepository, kustomization, ready } from "../extension/cluster/live-objects.ts";
import { ownedBy } from "../extension/cluster/live-world.ts";
import type { Workbench } from "./workbench.ts";
import { openWorkbench } from "./workbench.ts";

const markup = `<img src=x onerror="document.title='pwned'">`;
const server = new FakeApiServer();
const folder = mkdtempSync(join(tmpdir(), "sluice-graph-"));
let workbench: Workbench;

before(async () => {
  await server.start();
  const spec = { sourceRef: { kind: "GitRepository", name: "flux-system" } };
  const metadata = ownedBy("flux-system");
  for (const object of [
    gitRepository("flux-system", { status: ready() }),
    kustomization("flux-system", { spec, status: ready() }),
    kustomization("infra", { spec, metadata, status: failed("BuildFailed", markup) }),
    kustomization(markup, {
      spec: { ...spec, dependsOn: [{ name: "infra" }] },
      metadata,
      status: failed("DependencyNotReady", "dependency 'flux-system/infra' is not ready"),
    }),
  ])
    server.put(object);
  process.env["KUBECONFIG"] = writeKubeconfig();
  workbench = await openWorkbench("demo", undefined, { "window.autoDetectColorScheme": true });
  await workbench.page.getByRole("tab", { name: "Sluice" }).first().click();
  await workbench.tree("Preview").getByRole("treeitem").first().waitFor();
});
afterEach(async ({ name }) => workbench.shot(name));
after(async () => {
  await workbench?.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

void test("the graph of the working tree shows what fails, in words", async () => {
  await workbench.run("Sluice: Show Graph");
  const graph = page();
  await graph
    .getByRole("treeitem", { name: /^Kustomization apps in .*flux-system, fails/ })
    .waitFor();
  await graph.getByRole("heading", { level: 1 }).waitFor();
  assert.deepEqual(await violations(graph), []);
});

void test("arrow keys follow the edges, F shows the neighbourhood, Escape leads back", async () => {
  const graph = page();
  const all = await graph.getByRole("treeitem").count();
  const first = graph.locator(".node").first();
  await first.focus();
  assert.match((await first.getAttribute("aria-label")) ?? "", /^GitRepository /);
  await first.press("ArrowRight");
  const next = graph.locator(".node:focus");
  const name = (await next.getAttribute("aria-label")) ?? "";
  assert.match(name, /^Kustomization /);
  assert.equal(await next.getAttribute("aria-selected"), "true");
  await next.press("f");
  await graph.getByRole("button", { name: "Show All" }).waitFor();
  await selected(graph)
    .and(graph.getByRole("treeitem", { name, exact: true }))
    .waitFor();
  assert.ok((await graph.getByRole("treeitem").count()) <= all);
  await selected(graph).press("Escape");
  await graph.getByRole("button", { name: "Show All" }).waitFor({ state: "hidden" });
  await graph
    .getByRole("treeitem")
    .nth(all - 1)
    .waitFor();
});

void test("the search draws what it finds, and Enter opens it", async () => {
  const graph = page();
  await graph.getByRole("searchbox", { name: "Search objects" }).fill("relay");
  await graph
    .getByRole("status")
    .filter({ hasText: /found\.$/ })
    .waitFor();
  await graph.getByRole("searchbox").press("Enter");
  const found = selected(graph).and(graph.getByRole("treeitem", { name: /relay/ }));
  await found.waitFor();
  await found.press("Enter");
  await workbench.page.getByRole("tab", { name: /relay rendered\.yaml/ }).waitFor();
});

void test("the graph of a cluster is live, names its blocker, and takes markup for text", async () => {
  await workbench.run("Sluice: Connect to a Cluster");
  await workbench.choose("fake");
  await workbench.run("Sluice: Show Graph");
  await workbench.choose("fake");
  const graph = page();
  const infra = graph.getByRole("treeitem", { name: /^Kustomization infra in flux-system, / });
  await infra.waitFor();
  assert.match(
    (await infra.getAttribute("aria-label")) ?? "",
    /failed, critical blocker, 1 object waits for it$/,
  );
  await graph.getByText(markup, { exact: true }).first().waitFor();
  await infra.click();
  await graph.getByText(`BuildFailed: ${markup}`).waitFor();
  assert.equal(await graph.locator("img").count(), 0);
  assert.deepEqual(await violations(graph), []);
  const metadata = ownedBy("flux-system");
  server.put(kustomization("infra", { metadata, status: ready() }));
  await graph
    .getByRole("treeitem", { name: "Kustomization infra in flux-system, ready" })
    .waitFor();
  assert.equal(await workbench.page.title().then((title) => title.includes("pwned")), false);
});

void test("what is done in the graph of a cluster happens in the editor", async () => {
  const graph = page();
  await graph.getByRole("button", { name: "Reveal in Clusters" }).click();
  await workbench
    .tree("Clusters")
    .getByRole("treeitem", { name: /^Kustomization infra in flux-system, ready/ })
    .waitFor();
  await graph.getByRole("button", { name: "Open Live Object" }).click();
  await workbench.page.getByRole("tab", { name: /Kustomization infra\.yaml/ }).waitFor();
});

void test("it can be read in light and in high contrast", async () => {
  await workbench.page.getByRole("tab", { name: /^Graph: fake/ }).click();
  const graph = page();
  const schemes = { light: "vscode-light", contrast: "vscode-high-contrast" } as const;
  for (const scheme of ["light", "contrast"] as const) {
    await workbench.useScheme(scheme);
    await graph.locator(`body.${schemes[scheme]}`).waitFor();
    await graph.getByRole("treeitem").first().waitFor();
    assert.deepEqual(await violations(graph), [], scheme);
    await workbench.shot(`graph ${scheme}`);
  }
});

/** The page inside of the webview that is seen; of hidden ones the editor keeps nothing. */
function page(): FrameLocator {
  return workbench.page
    .locator("iframe.webview:visible")
    .last()
    .contentFrame()
    .locator("iframe#active-frame")
    .contentFrame();
}

function selected(graph: FrameLocator): Locator {
  return graph.locator(`.node[aria-selected="true"]`);
}

/** What axe finds, as `rule: element`. */
async function violations(graph: FrameLocator): Promise<readonly string[]> {
  const body = await graph.locator("body").elementHandle();
  const frame = await body?.ownerFrame();
  assert.ok(frame);
  await frame.evaluate(axe.source);
  return frame.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { readonly axe: Axe };
    const { violations: found } = await run.run({
      rules: { "label-content-name-mismatch": { enabled: false } },
    });
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

interface Axe {
  /**
   * One rule wants the visible text in the name without a word between. Names say it as the trees do, "Kustomization apps in
   * flux-system, ready", while the node shows it in three lines.
   */
  run(options: object): Promise<{ readonly violations: readonly Violation[] }>;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

function writeKubeconfig(): string {
  const file = join(folder, "config");
  const config = {
    "current-context": "fake",
    clusters: [{ name: "fake", cluster: { server: server.url } }],
    users: [{ name: "me", user: { token: "t" } }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "me" } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

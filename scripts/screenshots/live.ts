/** Pictures of the live views, on a real cluster. */
import type { Locator } from "playwright-core";

import type { Workbench } from "../../test/ui/workbench.ts";
import { openWorkbench } from "../../test/ui/workbench.ts";
import { startLiveWorld } from "./live-world.ts";
import { schemeSettings, take, withWorkbench } from "./take.ts";

export async function livePictures(): Promise<void> {
  const world = await startLiveWorld();
  try {
    const { folder, kubeconfig } = world;
    const opened = openWorkbench({ folder }, undefined, schemeSettings, { KUBECONFIG: kubeconfig });
    await withWorkbench(opened, pictures);
  } finally {
    await world.stop();
  }
}

const views = ["Preview", "Attention", "Clusters", "Sources and Automation"] as const;

async function pictures(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.getByRole("tab", { name: "Sluice" }).first().click();
  await workbench.tree("Preview").waitFor();
  await workbench.widenSideBar(180);
  await show(workbench, "Attention", "Clusters", "Sources and Automation");
  await page.getByRole("treeitem", { name: /^production/ }).waitFor();
  await take(workbench, "clusters-welcome");
  await workbench.run("Sluice: Connect to a Cluster");
  await workbench.choose("production");
  await connected(workbench);
}

async function connected(workbench: Workbench): Promise<void> {
  await show(workbench, "Clusters");
  const tree = workbench.tree("Clusters");
  for (const name of [/^production/, /^Kustomization flux-system/, /^Kustomization apps/])
    await unfold(tree, name);
  await unfold(tree, /^Kustomization releases/);
  await workbench.openFile("apps.yaml", "clusters/production");
  await workbench.page.locator(".codelens-decoration", { hasText: "ready" }).first().waitFor();
  await take(workbench, "clusters");
  const payments = tree.getByRole("treeitem", { name: /^Kustomization payments/ });
  await take(workbench, "clusters-tooltip", {
    before: async () => {
      await payments.hover();
      await workbench.page.locator(".workbench-hover:visible").first().waitFor();
    },
  });
  await show(workbench, "Attention");
  const failing = workbench
    .tree("Attention")
    .getByRole("treeitem", { name: /^Kustomization payments/ });
  await failing.click();
  await workbench.page.getByRole("tab", { name: /payments/ }).waitFor();
  await take(workbench, "attention");
  await show(workbench, "Sources and Automation");
  const sources = workbench.tree("Sources and Automation");
  for (const name of [/GitRepositor/, /HelmRepositor/, /HelmChart/, /Alert/, /Provider/])
    await unfold(sources, name);
  await take(workbench, "sources");
}

/** Unfolds these views and folds the others, so that they have the room. */
async function show({ page }: Workbench, ...wanted: readonly string[]): Promise<void> {
  for (const view of views) {
    const header = page.locator(".pane-header", {
      has: page.locator("h3.title", { hasText: new RegExp(`^${view}$`, "i") }),
    });
    const expected = wanted.includes(view) ? "true" : "false";
    if ((await header.getAttribute("aria-expanded")) !== expected) await header.click();
  }
}

async function unfold(tree: Locator, name: RegExp): Promise<void> {
  const item = tree.getByRole("treeitem", { name }).first();
  await item.waitFor();
  if ((await item.getAttribute("aria-expanded")) === "false")
    await item.locator(".monaco-tl-twistie").click();
}

/** Pictures of the way from an edit to the cluster: the plan against a real cluster, its diffs, Simulate and Push. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Locator } from "playwright-core";

import type { Workbench } from "../../test/ui/workbench.ts";
import { openWorkbench } from "../../test/ui/workbench.ts";
import { startLiveWorld } from "./live-world.ts";
import { schemeSettings, take, withWorkbench } from "./take.ts";

export async function pushPictures(): Promise<void> {
  const world = await startLiveWorld();
  try {
    const { folder, kubeconfig } = world;
    followRemote(folder);
    const settings = { ...schemeSettings, "sluice.allowPrivateNetwork": true };
    const opened = openWorkbench({ folder }, undefined, settings, { KUBECONFIG: kubeconfig });
    await withWorkbench(opened, pictures);
  } finally {
    await world.stop();
  }
}

/** The work tree pushes where the cluster fetches from. */
function followRemote(folder: string): void {
  const sync = readFileSync(join(folder, "clusters/production/flux-system/gotk-sync.yaml"), "utf8");
  const url = /url: (.+)/.exec(sync)?.[1] ?? "";
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", args, { cwd: folder, stdio: "pipe" });
  git("remote", "set-url", "origin", url);
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  git("branch", "--quiet", "--set-upstream-to=origin/main");
  git("config", "user.name", "Somebody");
  git("config", "user.email", "somebody@example.test");
}

async function pictures(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.getByRole("tab", { name: "Sluice" }).first().click();
  await workbench.tree("Preview").waitFor();
  await workbench.widenSideBar(180);
  await workbench.run("Sluice: Compare With…");
  await workbench.choose("Live Cluster…");
  await workbench.choose("production");
  await page.getByText("production ↔ working tree").first().waitFor();
  await workbench.openFile("basket.yaml", "apps/shop");
  await workbench.replaceInEditor("port: 80", "port: 8080");
  await workbench.openFile("web.yaml", "releases");
  await workbench.replaceInEditor("replicas: 2", "replicas: 0");
  await node(workbench, /^Deployment shop\/web, changed/).waitFor();
  await node(workbench, /^Service shop\/basket, changed/).waitFor();
  await take(workbench, "live-plan");
  await workbench.run("Sluice: Open All Changes");
  await page.getByRole("tab", { name: /^Sluice: production/ }).waitFor();
  await page.locator(".editor.modified .view-lines").first().waitFor();
  await take(workbench, "live-all-changes");
  await workbench.run("Sluice: Simulate and Push");
  await dialog(workbench).getByRole("button", { name: "Save and Commit…" }).click();
  await workbench.answer("Web sleeps, the basket listens on 8080");
  const push = dialog(workbench).getByRole("button", { name: /^Push/ });
  await push.waitFor();
  await take(workbench, "push-question");
  await push.click();
  const toasts = page.locator(".notifications-toasts");
  await toasts.getByRole("button", { name: "Reconcile Now" }).click();
  await toasts.getByText(/is live in production/).waitFor();
  await node(workbench, /^Service shop\/basket, changed/).waitFor({ state: "detached" });
  await workbench.openFile("web.yaml", "releases");
  await workbench.run("Notifications: Show Notifications");
  await page
    .locator(".notifications-center")
    .getByText(/is live in production/)
    .waitFor();
  await take(workbench, "push-followed");
}

function dialog({ page }: Workbench): Locator {
  return page.locator(".monaco-dialog-box");
}

function node({ page }: Workbench, name: RegExp): Locator {
  return page.getByRole("treeitem", { name }).first();
}

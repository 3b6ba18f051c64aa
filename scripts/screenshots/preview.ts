/** Pictures of the Preview and of what opens from it, on the example repository with edits that are not committed. */
import type { Locator } from "playwright-core";

import type { Workbench } from "../../test/ui/workbench.ts";
import { openWorkbench } from "../../test/ui/workbench.ts";
import { schemeSettings, take, withWorkbench } from "./take.ts";

export async function previewPictures(): Promise<void> {
  await withWorkbench(openWorkbench("demo", undefined, schemeSettings), demoPictures);
  await withWorkbench(openWorkbench("empty", undefined, schemeSettings), async (workbench) => {
    await openSluice(workbench);
    await workbench.page.getByText("No Flux Kustomization was found in this folder.").waitFor();
    await take(workbench, "welcome");
  });
}

async function demoPictures(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await openSluice(workbench);
  const deployment = node(workbench, /^Deployment podinfo\/podinfo, changed, /);
  await deployment.waitFor();
  await workbench.widenSideBar(120);
  await workbench.openFile("deployment.yaml", "apps/base/podinfo");
  await page
    .locator(".view-lines", { hasText: /namespace:\spodinfo/ })
    .first()
    .waitFor();
  await take(workbench, "preview");
  await deployment.click();
  await diffIsShown(workbench);
  await take(workbench, "diff");
  await helmPictures(workbench);
  await workbench.run("Sluice: Open All Changes");
  await page.getByRole("tab", { name: /^Sluice: HEAD/ }).waitFor();
  await diffIsShown(workbench);
  await take(workbench, "all-changes");
  await workbench.run("Sluice: Show Outlook");
  await page.getByRole("tab", { name: /Outlook/ }).waitFor();
  await page
    .frameLocator("iframe.webview.ready")
    .frameLocator("iframe#active-frame")
    .getByRole("heading", { name: "Canaries" })
    .first()
    .waitFor();
  await take(workbench, "outlook");
  await workbench.openFile("ingress.yaml", "apps/base/podinfo");
  await workbench.run("Problems: Focus on Problems View");
  await page
    .locator(".markers-panel .monaco-list-row", { hasText: "ingress_class" })
    .first()
    .waitFor();
  await take(workbench, "problems");
}

/** A release that another chart changes: its diff, its values, everything it applies. */
async function helmPictures(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await node(workbench, /^Deployment mail\/relay, changed, /).click();
  await page.getByRole("tab", { name: /^Deployment mail\/relay/ }).waitFor();
  await diffIsShown(workbench);
  await take(workbench, "helm-diff");
  // Rows move under the mouse whenever a new plan arrives, and a menu closes; a command does not.
  await workbench.run("Sluice: Show Effective Values");
  await workbench.choose("HelmRelease mail");
  await page.getByRole("tab", { name: /^relay values/ }).waitFor();
  await page.locator(".view-lines", { hasText: "mail-relay" }).first().waitFor();
  await take(workbench, "values");
  await workbench.run("Sluice: Show Rendered");
  await workbench.choose("HelmRelease mail");
  await page.getByRole("tab", { name: /^HelmRelease relay rendered/ }).waitFor();
  await page
    .locator(".view-lines", { hasText: /kind:\sService/ })
    .first()
    .waitFor();
  await take(workbench, "rendered");
}

async function openSluice({ page }: Workbench): Promise<void> {
  await page.getByRole("tab", { name: "Sluice" }).first().click();
}

function node(workbench: Workbench, name: RegExp): Locator {
  return workbench.tree("Preview").getByRole("treeitem", { name }).first();
}

async function diffIsShown({ page }: Workbench): Promise<void> {
  await page.locator(".monaco-diff-editor .line-insert").first().waitFor();
}

/** Takes the pictures of docs/images from the packaged extension, in a dark, a light and a high-contrast theme. Not a test. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Workbench } from "../test/ui/workbench.ts";
import { openWorkbench, root } from "../test/ui/workbench.ts";

const images = join(root, "docs", "images");
const themes = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  contrast: "Default High Contrast",
} as const;

mkdirSync(images, { recursive: true });
for (const [name, theme] of Object.entries(themes)) {
  await withWorkbench("demo", theme, (workbench) => demoPictures(workbench, name));
  await withWorkbench("empty", theme, (workbench) => welcomePicture(workbench, name));
  console.log(`${theme}: done`);
}

async function withWorkbench(
  workspace: "demo" | "empty",
  theme: string,
  use: (workbench: Workbench) => Promise<void>,
): Promise<void> {
  const workbench = await openWorkbench(workspace, theme);
  try {
    await use(workbench);
  } finally {
    await workbench.close();
  }
}

async function demoPictures(workbench: Workbench, theme: string): Promise<void> {
  const { page } = workbench;
  await page.getByRole("tab", { name: "Sluice" }).first().click();
  const deployment = workbench
    .tree("Preview")
    .getByRole("treeitem", { name: /^Deployment podinfo\/podinfo, changed, / });
  await deployment.waitFor();
  await workbench.widenSideBar(120);
  await workbench.openFile("deployment.yaml", "apps/base/podinfo");
  await take(workbench, "preview", theme);
  await deployment.click();
  await page.locator(".monaco-diff-editor .line-insert").first().waitFor();
  await take(workbench, "diff", theme);
  await workbench.run("Sluice: Open All Changes");
  await page.getByRole("tab", { name: /^Sluice: HEAD/ }).waitFor();
  await page.locator(".monaco-diff-editor .line-insert").first().waitFor();
  await take(workbench, "all-changes", theme);
  await workbench.run("Problems: Focus on Problems View");
  await page
    .locator(".markers-panel .monaco-list-row", { hasText: "ingress_class" })
    .first()
    .waitFor();
  await take(workbench, "problems", theme);
}

async function welcomePicture(workbench: Workbench, theme: string): Promise<void> {
  const { page } = workbench;
  await page.getByRole("tab", { name: "Sluice" }).first().click();
  await page.getByText("No Flux Kustomization was found in this folder.").waitFor();
  await take(workbench, "welcome", theme);
}

async function take(workbench: Workbench, what: string, theme: string): Promise<void> {
  await workbench.settle();
  await workbench.page.screenshot({ path: join(images, `${what}-${theme}.png`) });
}

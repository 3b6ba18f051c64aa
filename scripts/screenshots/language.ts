/** Pictures of the language server for docs/language-server.md: quick fixes, a hover, completion, a rename before it is done. */
import {
  complete,
  hover,
  openQuickFixes,
  rename,
  select,
  squiggles,
  type,
} from "../../test/ui/language-gestures.ts";
import type { Workbench } from "../../test/ui/workbench.ts";
import { openWorkbench } from "../../test/ui/workbench.ts";
import { schemeSettings, take, withWorkbench } from "./take.ts";

export async function languagePictures(): Promise<void> {
  await withWorkbench(openWorkbench("demo", undefined, schemeSettings), async (workbench) => {
    await workbench.page.getByRole("button", { name: /^Sluice: \d+ changes/ }).waitFor();
    await workbench.run("View: Toggle Primary Side Bar Visibility");
    await fixes(workbench);
    await values(workbench);
    await names(workbench);
    await newName(workbench);
  });
}

async function fixes(workbench: Workbench): Promise<void> {
  await workbench.openFile("apps.yaml", "clusters/production");
  await select(workbench, "name: flux-system");
  await type(workbench, "name: flux-sytem");
  await workbench.page.keyboard.press("ArrowLeft");
  await squiggles(workbench).first().waitFor();
  // What is offered while typing comes late.
  const offered = workbench.page.locator(".suggest-widget.visible");
  await offered.waitFor({ timeout: 10_000 }).catch(() => undefined);
  await workbench.page.keyboard.press("Escape");
  const before = async () => void (await openQuickFixes(workbench, /Change flux-sytem/));
  await take(workbench, "language-fixes", { before });
  await workbench.page.keyboard.press("Escape");
  await workbench.run("File: Revert File");
}

async function values(workbench: Workbench): Promise<void> {
  await workbench.openFile("ingress.yaml", "apps/base/podinfo");
  const before = async () => void (await hover(workbench, /ingress_class/, /internal/));
  await take(workbench, "language-hover", { before });
}

async function names(workbench: Workbench): Promise<void> {
  await workbench.openFile("apps.yaml", "clusters/production");
  await select(workbench, "name: infrastructure-configs");
  await type(workbench, "name: infra");
  const before = async () => void (await complete(workbench, "infrastructure-controllers"));
  await take(workbench, "language-completion", { before });
  await workbench.page.keyboard.press("Escape");
  await workbench.run("File: Revert File");
}

async function newName(workbench: Workbench): Promise<void> {
  await workbench.openFile("settings.yaml", "clusters/production");
  await select(workbench, "cluster-settings");
  await rename(workbench, "settings", "Control+Enter");
  const row = workbench.page.locator(".monaco-list-row", { hasText: "infrastructure.yaml" });
  await row.first().waitFor();
  await take(workbench, "language-rename");
}

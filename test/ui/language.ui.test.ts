/** Typing in the packaged extension, by keyboard and mouse: squiggle, quick fix, definition, hover, completion, rename. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import {
  complete,
  hover,
  openQuickFixes,
  rename,
  select,
  squiggles,
  type,
} from "./language-gestures.ts";
import type { Workbench } from "./workbench.ts";
import { openWorkbench } from "./workbench.ts";

let workbench: Workbench;

before(async () => {
  workbench = await openWorkbench("demo");
});
afterEach(async ({ name }) => workbench.shot(name));
after(async () => workbench?.close());

void test("a wrong sourceRef gets a squiggle, and a quick fix takes it away", async () => {
  const { page } = workbench;
  await workbench.openFile("apps.yaml", "clusters/production");
  await select(workbench, "name: flux-system");
  await type(workbench, "name: flux-sytem");
  await squiggles(workbench).first().waitFor();
  await page.keyboard.press("ArrowLeft");
  const fix = await openQuickFixes(workbench, /Change flux-sytem to flux-system/);
  await fix.click();
  await page
    .locator(".view-line", { hasText: /name:\sflux-system/ })
    .first()
    .waitFor();
  await squiggles(workbench).first().waitFor({ state: "detached" });
});

void test("a name opens its definition in another file", async () => {
  const { page } = workbench;
  await select(workbench, "infrastructure-configs");
  await page.keyboard.press("F12");
  await page.getByRole("tab", { name: /^infrastructure\.yaml/ }).waitFor();
});

void test("a variable under the mouse tells its values", async () => {
  await workbench.openFile("ingress.yaml", "apps/base/podinfo");
  const shown = await hover(
    workbench,
    /ingress_class/,
    /flux-system\/apps of clusters\/production: internal/,
  );
  assert.match(await shown.innerText(), /not set/);
});

void test("names are completed while typing", async () => {
  const { page } = workbench;
  await workbench.openFile("apps.yaml", "clusters/production");
  await select(workbench, "name: infrastructure-configs");
  await type(workbench, "name: infra");
  await (await complete(workbench, "infrastructure-controllers")).click();
  await page
    .locator(".view-line", { hasText: /infrastructure-controllers/ })
    .first()
    .waitFor();
});

void test("a rename shows every file before it changes one", async () => {
  const { page } = workbench;
  await workbench.openFile("settings.yaml", "clusters/production");
  await select(workbench, "cluster-settings");
  await rename(workbench, "settings", "Control+Enter");
  const panel = page.locator(".bulk-edit-panel, .refactor-preview, [id='refactorPreview']").first();
  await panel.waitFor();
  for (const file of ["settings.yaml", "apps.yaml", "infrastructure.yaml"])
    await panel.locator(".monaco-list-row", { hasText: file }).first().waitFor();
  await page.getByRole("button", { name: "Apply" }).first().click();
  await page
    .locator(".view-line", { hasText: /name:\ssettings$/ })
    .first()
    .waitFor();
});

/** What someone sees who opens an empty folder: the welcome text. */
import { after, afterEach, before, test } from "node:test";

import type { Workbench } from "./workbench.ts";
import { openWorkbench } from "./workbench.ts";

let workbench: Workbench;

before(async () => {
  workbench = await openWorkbench("empty");
});
afterEach(async ({ name }) => workbench.shot(name));
after(async () => workbench?.close());

void test("a folder without Flux manifests says so, and what to do", async () => {
  const { page } = workbench;
  await page.getByRole("tab", { name: "Sluice" }).first().click();
  await page.getByText("No Flux Kustomization was found in this folder.").waitFor();
  await page.getByRole("button", { name: "Look Again" }).waitFor();
});

/**
 * The packaged extension, installed from its VSIX as a user has it, on the example repository with uncommitted edits,
 * driven through the workbench.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import type { Workbench } from "./workbench.ts";
import { openWorkbench } from "./workbench.ts";

let workbench: Workbench;

before(async () => {
  workbench = await openWorkbench("demo");
});
afterEach(async ({ name }) => workbench.shot(name));
after(async () => workbench?.close());

void test("the Preview lists what the edits change, by cluster and Kustomization", async () => {
  const { page } = workbench;
  await page.getByRole("tab", { name: "Sluice" }).first().click();
  const tree = workbench.tree("Preview");
  await tree.getByRole("treeitem", { name: /^Cluster .*production, / }).waitFor();
  await tree.getByRole("treeitem", { name: /^Deployment podinfo\/podinfo, changed, / }).waitFor();
  await tree
    .getByRole("treeitem", { name: /^PodDisruptionBudget orders\/orders, created/ })
    .first()
    .waitFor();
  await tree.getByRole("treeitem", { name: /^Kustomization apps in flux-system, fails/ }).waitFor();
});

void test("the status bar has the counts", async () => {
  const item = workbench.page.getByRole("button", {
    name: /^Sluice: \d+ changes, \d+ risks?, \d+ problems?$/,
  });
  await item.waitFor();
});

void test("a click opens the diff of the rendered object", async () => {
  const { page } = workbench;
  await workbench
    .tree("Preview")
    .getByRole("treeitem", { name: /^Deployment podinfo\/podinfo, changed, / })
    .click();
  await page
    .getByRole("tab", { name: /Deployment podinfo\/podinfo \(HEAD ↔ working tree\)/ })
    .waitFor();
  await page.locator(".monaco-diff-editor .line-insert").first().waitFor();
  await page.getByText("podinfo:6.9.4").first().waitFor();
});

void test("all changes open in the multi-diff editor", async () => {
  const { page } = workbench;
  await workbench.run("Sluice: Open All Changes");
  await page.getByRole("tab", { name: /^Sluice: HEAD ↔ working tree/ }).waitFor();
  await page.locator(".multiDiffEditor, .multi-diff-editor, .multiDiffEntry").first().waitFor();
});

void test("the Problems panel shows the failing Kustomization", async () => {
  const { page } = workbench;
  await workbench.run("Problems: Focus on Problems View");
  const row = page.locator(".markers-panel .monaco-list-row", { hasText: "ingress_class" }).first();
  await row.waitFor();
  assert.match(await row.innerText(), /Sluice/);
});

void test("typing in a manifest changes the tree without saving", async () => {
  const { page } = workbench;
  await workbench.openFile("service.yaml", "apps/base/podinfo");
  await workbench.replaceInEditor("port: 80", "port: 81");
  await workbench
    .tree("Preview")
    .getByRole("treeitem", { name: /^Service podinfo\/podinfo, changed, 1 field/ })
    .first()
    .waitFor();
  await page.keyboard.press("Control+z");
  await workbench
    .tree("Preview")
    .getByRole("treeitem", { name: /^Service podinfo\/podinfo/ })
    .first()
    .waitFor({ state: "detached" });
});

void test("another revision can be compared with, and one that doesn't exist is said", async () => {
  const { page } = workbench;
  await workbench.run("Sluice: Compare With…");
  await workbench.choose("Revision…");
  await workbench.answer("nowhere");
  await page.getByText("Git finds no nowhere").waitFor();
  await workbench.run("Sluice: Compare With…");
  await workbench.choose("HEAD");
  await page.getByText("Git finds no nowhere").waitFor({ state: "hidden" });
});

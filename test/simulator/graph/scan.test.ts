/** A file that was edited is scanned again, and only the document that differs is parsed. */
import { expect, test } from "vitest";

import { scanTree } from "../../../simulator/graph/scan.ts";
import { treeOf } from "../../support/fixture.ts";
import { kustomization } from "../../support/flux.ts";

const [apps, infra] = [kustomization("apps", "./apps"), kustomization("infra", "./infra")];

const scanned = (text: string) => scanTree(treeOf({ "a.yaml": text })).kustomizations;

test("documents that are as before are not parsed again, wherever they stand", () => {
  const before = scanned(`${apps}---\n${infra}`);
  const after = scanned(`# a comment\n${apps.replace("1h", "2h")}---\n${infra}`);
  expect(after.map(({ path }) => path())).toEqual(["apps", "infra"]);
  expect(after[1]?.read()).toBe(before[1]?.read());
  expect(after[0]?.read()).toMatchObject({ spec: { interval: "2h" } });
  expect(after.map(({ headline }) => headline.line - 1)).toEqual(
    before.map(({ headline }) => headline.line),
  );
});

test("a problem is said at the line where the document stands now", () => {
  const broken = apps.replace("path: ./apps", 'path: "./apps');
  const lineOf = (text: string) => scanned(text)[0]?.problems()[0]?.place?.line ?? 0;
  expect(lineOf(`\n\n${broken}`) - lineOf(broken)).toBe(2);
});

/** Lenses above appliers, by the last plan. */
import { expect, test } from "vitest";

import type { Change, PlanApplier } from "#simulator";

import { codeLenses } from "../../../language-server/features/code-lenses.ts";
import { cursorCase, root } from "../../support/cursor.ts";

const text = `
#- apps.yaml
# A comment that came after the plan was made.
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web█
`;

const ref = (kind: string, name: string) => ({
  apiVersion: "x/v1",
  kind,
  namespace: "flux-system",
  name,
});

function applier(cluster: string, kind: string, name: string, changes: number): PlanApplier {
  const id = `${cluster}|${kind}/flux-system/${name}`;
  const change = (at: number): Change => ({
    kind: "changed",
    id: `${id}|${at}`,
    ref: ref("ConfigMap", `c${at}`),
    applier: id,
    fields: [],
  });
  return {
    applier: {
      id,
      cluster,
      ref: ref(kind, name),
      state: "ready",
      path: "",
      source: "",
      origin: { path: "apps.yaml", line: 1 },
      dependsOn: [],
      objects: 3,
      ...(kind === "HelmRelease" && { release: { name, namespace: "flux-system" } }),
    },
    status: "changed",
    changes: Array.from({ length: changes }, (_, at) => change(at)),
    problems: [],
  };
}

function lenses(appliers: readonly PlanApplier[]): readonly string[] {
  const { folder, path } = cursorCase(text);
  folder.setPlan({
    target: "working tree",
    clusters: [{ name: "prod", appliers }],
    problems: [],
    oldProblems: [],
    images: { added: [], removed: [] },
    counts: { created: 0, changed: 0, deleted: 0, moved: 0, orphaned: 0, errors: 0, warnings: 0 },
    stats: {},
  });
  return codeLenses(folder, path, {}, new AbortController().signal).map(
    ({ range, command }) =>
      `${range.start.line} ${command?.title} → ${command?.command} ${command?.arguments?.[0]}`,
  );
}

test("what it renders, its values and its changes, where the object is now", () => {
  const node = `${root}|prod|HelmRelease/flux-system/web`;
  expect(lenses([applier("prod", "HelmRelease", "web", 2)])).toEqual([
    `7 Show rendered → sluice.openRendered ${node}`,
    `7 Show values → sluice.showValues ${node}`,
    `7 2 changes → sluice.openAllChanges ${node}`,
  ]);
});

test("a Kustomization has no values, and nothing is said of no changes", () => {
  expect(lenses([applier("prod", "Kustomization", "apps", 0)])).toEqual([
    `1 Show rendered → sluice.openRendered ${root}|prod|Kustomization/flux-system/apps`,
  ]);
});

test("each cluster that applies it is named", () => {
  const two = [applier("a", "Kustomization", "apps", 0), applier("b", "Kustomization", "apps", 1)];
  expect(lenses(two).map((one) => one.split(" →")[0])).toEqual([
    "1 Show rendered (a)",
    "1 Show rendered (b)",
    "1 1 change (b)",
  ]);
});

test("nothing before the first plan, and nothing of other objects", () => {
  const { folder, path } = cursorCase(text);
  expect(codeLenses(folder, path, {}, new AbortController().signal)).toEqual([]);
  expect(lenses([applier("prod", "Kustomization", "other", 1)])).toEqual([]);
});

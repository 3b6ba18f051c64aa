/** Where problems stand in files. */
import { expect, test } from "vitest";

import type { Plan, Problem } from "#simulator";

import { toDiagnostics } from "../../../language-server/features/diagnostics.ts";

const root = "file:///repo";
const child = "c|Kustomization/flux-system/apps";
const parent = "c|Kustomization/flux-system/flux-system";

function checkDiagnostics(problem: Partial<Problem>) {
  const full: Problem = {
    code: "build-failed",
    severity: "error",
    message: "it fails",
    ...problem,
  };
  return [...toDiagnostics(root, planWith(full))].map(([uri, [diagnostic]]) => ({
    uri,
    range:
      diagnostic && Object.values(diagnostic.range).map(({ line, character }) => [line, character]),
    related: diagnostic?.relatedInformation?.map(({ location }) => location.uri),
  }));
}

function planWith(problem: Problem): Plan {
  const applier = (id: string, rest: object) => ({
    applier: {
      id,
      cluster: "c",
      ref: { apiVersion: "v1", kind: "Kustomization", namespace: "flux-system", name: id },
      state: "ready" as const,
      path: "",
      source: "",
      dependsOn: [],
      objects: 0,
      ...rest,
    },
    status: "unchanged" as const,
    changes: [],
    problems: [],
  });
  return {
    target: "working tree",
    clusters: [
      {
        name: "c",
        appliers: [
          applier(parent, { origin: { path: "root ks.yaml", line: 7 } }),
          applier(child, { parent }),
        ],
      },
    ],
    problems: [problem],
    oldProblems: [],
    images: { added: [], removed: [] },
    counts: { created: 0, changed: 0, deleted: 0, moved: 0, orphaned: 0, errors: 1, warnings: 0 },
    stats: {},
  };
}

test("a place with columns is its range", () => {
  expect(
    checkDiagnostics({ place: { path: "a.yaml", line: 3, column: 5, endLine: 3, endColumn: 9 } }),
  ).toEqual([
    {
      uri: "file:///repo/a.yaml",
      range: [
        [2, 4],
        [2, 8],
      ],
      related: undefined,
    },
  ]);
});

test("a place with a line is that line to its end", () => {
  const [found] = checkDiagnostics({ place: { path: "a.yaml", line: 3 } });
  expect(found?.range?.[0]).toEqual([2, 0]);
  expect(found?.range?.[1]?.[0]).toBe(2);
});

test("a problem without a place stands where the nearest applier is written", () => {
  const [found] = checkDiagnostics({ applier: child });
  expect(found?.uri).toBe("file:///repo/root%20ks.yaml");
  expect(found?.range?.[0]).toEqual([6, 0]);
});

test("the applier is related information when it is written somewhere", () => {
  const place = { path: "a.yaml" };
  expect(checkDiagnostics({ applier: parent, place })[0]?.related).toEqual([
    "file:///repo/root%20ks.yaml",
  ]);
  expect(checkDiagnostics({ applier: child, place })[0]?.related).toBeUndefined();
});

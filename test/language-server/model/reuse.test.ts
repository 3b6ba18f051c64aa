/** An edit costs the document that it is in: what stands above, below and in other files is not looked at again. */
import { afterEach, expect, test, vi } from "vitest";

import type { ApplierRecord, Plan, Problem } from "#simulator";

import {
  offsetAt,
  parseManifestFile,
  positionAt,
} from "../../../language-server/manifest/manifest-file.ts";
import { ModelStore } from "../../../language-server/model/model-store.ts";
import { createTruth } from "../../../language-server/model/truth.ts";
import { checkFile } from "../../../language-server/rules/check-file.ts";
import { rules } from "../../../language-server/rules/index.ts";
import { defaultRuleSettings } from "../../../language-server/rules/suppression.ts";
import { treeOf } from "../../support/fixture.ts";
import { kustomization } from "../../support/flux.ts";

const document = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: b\ndata:\n  a: "1"\n`;
const text = ["a", "b", "c", "d"].map(document).join("---\n");
const source =
  "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: fleet, namespace: flux-system }\n";
const disk = {
  "apps/a.yaml": text,
  "apps/other.yaml": document("other"),
  "clusters/apps.yaml": `${source}---\n${kustomization("apps", "./apps", "", "fleet")}`,
};

afterEach(() => {
  vi.restoreAllMocks();
});

/** Names of the documents that rules looked at. */
function checked(store: ModelStore): readonly string[] {
  const found: string[] = [];
  const rule = rules.find(({ meta }) => meta.code === "k8s/metadata");
  if (!rule) throw new Error("the rule is gone");
  const check = rule.check.bind(rule);
  const spy = vi.spyOn(rule, "check").mockImplementation((context) => {
    found.push(context.document.name);
    return check(context);
  });
  const { current } = store;
  for (const path of Object.keys(disk))
    checkFile(current, path, defaultRuleSettings, (name, _path, error) => {
      throw new Error(name, { cause: error });
    });
  spy.mockRestore();
  return found;
}

function opened(): ModelStore {
  const store = new ModelStore();
  store.setTree(treeOf(disk));
  expect(checked(store)).toEqual(["a", "b", "c", "d", "other", "fleet", "apps"]);
  expect(checked(store)).toEqual([]);
  return store;
}

test.each([
  [
    "a letter",
    text.replace(
      'name: b\n  namespace: b\ndata:\n  a: "1"',
      'name: b\n  namespace: b\ndata:\n  a: "12"',
    ),
    ["b"],
  ],
  [
    "a line",
    text.replace("name: b\n  namespace: b\ndata:\n", "name: b\n  namespace: b\ndata:\n  c: d\n"),
    ["b"],
  ],
  ["a comment at the top", `# a comment\n${text}`, ["a"]],
])("%s", (_what, next, wanted) => {
  const store = opened();
  store.setText("apps/a.yaml", next);
  expect(checked(store)).toEqual(wanted);
  store.setText("apps/a.yaml", text);
  expect(checked(store)).toEqual(wanted);
});

test("a line above a Flux Kustomization moves it and nothing else", () => {
  const store = opened();
  store.setText("clusters/apps.yaml", `# a comment\n${disk["clusters/apps.yaml"]}`);
  expect(checked(store)).toEqual(["fleet"]);
});

test("the path of a Flux Kustomization matters to no other document", () => {
  const store = opened();
  const apps = `${source}---\n${kustomization("apps", "./apps", "  postBuild: {}\n", "fleet")}`;
  store.setText("clusters/apps.yaml", `${apps}---\n${kustomization("other", "./other")}`);
  checked(store);
  store.setText("clusters/apps.yaml", `${apps}---\n${kustomization("other", "./more")}`);
  expect(checked(store)).not.toContain("apps");
});

const id = "c|Kustomization/flux-system/apps";
const failure: Problem = {
  code: "path-not-found",
  severity: "error",
  message: "There is no such folder.",
  place: { path: "clusters/apps.yaml", line: 5 },
  applier: id,
};

function planOf(line: number, problems: readonly Problem[]): Plan {
  const applier: ApplierRecord = {
    id,
    cluster: "c",
    ref: { apiVersion: "v1", kind: "Kustomization", namespace: "flux-system", name: "apps" },
    state: "failed",
    path: "apps",
    source: "",
    origin: { path: "clusters/apps.yaml", line },
    dependsOn: [],
    objects: 0,
  };
  return {
    target: "working tree",
    clusters: [{ name: "c", appliers: [{ applier, status: "unchanged", changes: [], problems }] }],
    problems,
    oldProblems: [],
    counts: { created: 0, changed: 0, deleted: 0, moved: 0, orphaned: 0, errors: 0, warnings: 0 },
    stats: {},
    images: { added: [], removed: [] },
  };
}

test("a simulation that says the same at other lines is no reason to look again", () => {
  const store = opened();
  store.setTruth(createTruth(planOf(5, [failure]), []));
  checked(store);
  store.setTruth(createTruth(planOf(9, [{ ...failure, place: { path: "x", line: 9 } }]), []));
  expect(checked(store)).toEqual(["apps"]);
  const moved = { ...failure, place: { path: "x", line: 12 } };
  store.setTruth(createTruth(planOf(12, [moved]), []));
  expect(checked(store)).toEqual([]);
  store.setTruth(createTruth(planOf(12, []), []));
  expect(checked(store)).toEqual(["apps"]);
});

test("what is cut anew at an edit is what a fresh cut gives", () => {
  const texts = [
    text,
    `# above\n${text}`,
    text.replace("---\n", ""),
    text.replace("name: b", "name: b\n---"),
    text.replace("\n---\n", "\n--\n"),
    text.slice(0, -1),
    `${text}---`,
    `%YAML 1.2\n${text}`,
    "",
    text.replaceAll("\n", "\r\n"),
    text.slice(40),
    `${text}---\nkind: X\n`,
  ];
  for (const before of texts)
    for (const after of texts) {
      const fresh = parseManifestFile("a.yaml", after);
      const edited = parseManifestFile("a.yaml", after, parseManifestFile("a.yaml", before));
      const cut = (file: typeof fresh): unknown => [
        Array.from({ length: after.length + 2 }, (_, at) => positionAt(file, at)),
        Array.from({ length: 20 }, (_, line) => offsetAt(file, { line, character: 2 })),
        file.parts.map(({ start, document: one }) => [start, one.text]),
      ];
      expect(cut(edited)).toEqual(cut(fresh));
    }
});

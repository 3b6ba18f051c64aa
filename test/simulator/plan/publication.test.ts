/** Both sides of a publication: the artifact that the tag leads to now, and the one that takes its place. */
import { describe, expect, test } from "vitest";

import { defaultOptions, simulatePublication } from "#simulator";
import type { FileTree, Plan, Publication, PublicationBase, SimulationOptions } from "#simulator";

import { edited, fixture, treeOf } from "../../support/fixture.ts";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();
const url = "oci://registry.test/org/fleet";

/** A cluster that is synced from the artifact itself. */
const gitless = gotkSync
  .replaceAll("GitRepository", "OCIRepository")
  .replace(/url: .*\n/, `url: ${url}\n`)
  .replace("branch: main", "tag: main");
const whole = fixture(`${gitless}
#- cluster/apps.yaml
${kustomization("apps", "./apps").replace("GitRepository", "OCIRepository")}
#- apps/a.yaml
${configMap("a", "one")}
#- apps/b.yaml
${configMap("b", "one")}
`);

/** A cluster that is synced from Git, with one folder that it takes from the registry. */
function mixed(source: string): FileTree {
  return fixture(`${gotkSync}
#- cluster/app.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: app, namespace: flux-system }
spec: { interval: 1m, ${source} }
---
${kustomization("app", "./", "", "app").replace("GitRepository", "OCIRepository")}
#- cluster/own.yaml
${configMap("own", "one")}
#- app/a.yaml
${configMap("a", "two")}
`);
}

async function published(
  tree: FileTree,
  {
    before,
    revision,
    ...publication
  }: Pick<Publication, "path" | "after"> & {
    readonly before?: FileTree;
    readonly revision?: FileTree;
  },
  options: Partial<SimulationOptions> = {},
): Promise<{ readonly plan: Plan; readonly followers: readonly string[] }> {
  const { simulator } = bench;
  const all = { ...defaultOptions, ...options };
  const subject = { url, tag: "main", ...publication, before: baseOf(before, revision) };
  const made = await simulatePublication(simulator, tree, all, subject);
  return { plan: await simulator.plan(made.base, made.target), followers: made.followers };
}

function baseOf(tree: FileTree | undefined, revision: FileTree | undefined): PublicationBase {
  if (revision !== undefined) return { kind: "revision", tree: revision };
  return tree === undefined ? { kind: "nothing" } : { kind: "artifact", tree };
}

function changesOf({ clusters }: Plan): readonly string[] {
  return clusters.flatMap(({ appliers }) =>
    appliers.flatMap(({ applier, changes }) =>
      changes.map(({ kind, ref }) => `${applier.ref.name}: ${kind} ${ref.name}`),
    ),
  );
}

describe("a repository that is the artifact", () => {
  test("what the tag leads to is the old side, and not what Git has", async () => {
    const before = edited(whole, {
      "apps/a.yaml": configMap("a", "zero"),
      "apps/b.yaml": undefined,
    });
    const { plan, followers } = await published(whole, {
      path: "",
      before: edited(before, { "apps/old.yaml": configMap("old", "one") }),
      after: whole,
    });
    expect(changesOf(plan)).toEqual(["apps: changed a", "apps: created b", "apps: deleted old"]);
    expect(plan.counts.errors).toBe(0);
    expect(followers).toEqual(["OCIRepository/flux-system/flux-system"]);
  });

  test("files of the working tree that are not published have no part in it", async () => {
    const tree = edited(whole, { "apps/c.yaml": configMap("c", "one") });
    const { plan } = await published(tree, { path: "", before: whole, after: whole });
    expect(changesOf(plan)).toEqual([]);
  });

  test("without an artifact everything is new", async () => {
    const { plan } = await published(whole, { path: "", after: whole });
    expect(plan.counts).toMatchObject({ changed: 0, deleted: 0, errors: 0 });
    expect(changesOf(plan)).toContain("apps: created a");
    expect(plan.base).toMatch(/nothing yet/);
  });
});

describe("a folder that a cluster takes from the registry", () => {
  const before = treeOf({ "a.yaml": configMap("a", "one") }, "now");
  const after = treeOf({ "a.yaml": configMap("a", "two") }, "app");

  test.each([
    ["its tag", `url: "${url}", ref: { tag: main }`],
    ["a slash at the end", `url: "${url}/", ref: { tag: main }`],
  ])("is compared where the source has %s", async (_, source) => {
    const { plan, followers } = await published(mixed(source), { path: "app", before, after });
    expect(changesOf(plan)).toEqual(["app: changed a"]);
    expect(followers).toEqual(["OCIRepository/flux-system/app"]);
  });

  test.each([
    ["another tag", `url: "${url}", ref: { tag: next }`],
    ["no tag, which is latest", `url: "${url}"`],
    ["a range, which wins", `url: "${url}", ref: { tag: main, semver: "*" }`],
    ["another repository", `url: "${url}-2", ref: { tag: main }`],
  ])("is not where it has %s", async (_, source) => {
    const { plan, followers } = await published(mixed(source), { path: "app", before, after });
    expect(followers).toEqual([]);
    expect(changesOf(plan)).toEqual([]);
  });

  test("without an artifact its objects are new, and the rest is not", async () => {
    const tree = mixed(`url: "${url}", ref: { tag: main }`);
    const { plan } = await published(tree, { path: "app", after });
    expect(changesOf(plan)).toEqual(["app: created a"]);
  });

  test("of a revision in the place of the artifact, its folder is what the source had", async () => {
    const tree = mixed(`url: "${url}", ref: { tag: main }`);
    const revision = edited(tree, {
      "app/a.yaml": configMap("a", "one"),
      "cluster/own.yaml": configMap("own", "zero"),
    });
    const { plan } = await published(tree, { path: "app", revision, after });
    expect(changesOf(plan)).toEqual(["flux-system: changed own", "app: changed a"]);
  });

  test("a folder that the user gave for the source stays the source", async () => {
    const tree = mixed(`url: "${url}", ref: { tag: main }`);
    const sources = new Map([["OCIRepository/flux-system/app", before]]);
    const { plan } = await published(tree, { path: "app", before, after }, { sources });
    expect(changesOf(plan)).toEqual([]);
  });
});

test("a folder in which clusters start is a repository of its own", async () => {
  const inside = new Map([...whole.files].map(([path, file]) => [`deploy/${path}`, file] as const));
  const tree: FileTree = { ...whole, files: inside };
  const before = edited(whole, { "apps/b.yaml": configMap("b", "zero") });
  const { plan } = await published(tree, { path: "deploy", before, after: whole });
  expect(changesOf(plan)).toEqual(["apps: changed b"]);
  expect(plan.clusters.map(({ name }) => name)).toEqual(["cluster"]);
});

test("a root that does not reach its own file is found all the same", async () => {
  const text = gitless.replace("path: ./cluster", "path: ./apps");
  const tree = fixture(`${text}\n#- apps/a.yaml\n${configMap("a", "two")}`);
  const before = edited(tree, { "apps/a.yaml": configMap("a", "one") });
  const { plan } = await published(tree, { path: "", before, after: tree });
  expect(changesOf(plan)).toEqual(["flux-system: changed a"]);
});

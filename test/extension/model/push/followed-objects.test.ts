/** What a pushed commit has to reach on a cluster, and when it is there. */
import { expect, test } from "vitest";

import type { JsonObject } from "#simulator";
import { objectId, refOf } from "#simulator";

import { LiveIndex } from "../../../../extension/model/cluster/live-index.ts";
import { toLiveObject } from "../../../../extension/model/cluster/live-object.ts";
import type { FollowGoal } from "../../../../extension/model/push/followed-objects.ts";
import { followGoals, followStep } from "../../../../extension/model/push/followed-objects.ts";
import { failed, gitRepository, kustomization, live, ready } from "../../cluster/live-objects.ts";
import { applier, change, plan } from "../plan-builder.ts";

const [old, pushed, later] = ["1", "2", "3"].map((digit) => digit.repeat(40));
const contains = new Set([pushed ?? "", later ?? ""]);
const sourced = { sourceRef: { kind: "GitRepository", name: "repo" } };
const repository = gitRepository("repo", {
  spec: { url: "ssh://git@example.test/org/fleet.git", ref: { branch: "main" } },
});
const branch = { kind: "git" as const, urls: ["https://example.test/org/fleet"], branch: "main" };

function record(name: string, parent?: string) {
  const ref = {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    namespace: "flux-system",
    name,
  };
  const id = `production|Kustomization/flux-system/${name}`;
  const above = parent && `production|Kustomization/flux-system/${parent}`;
  return { id, ref, ...(above !== undefined && { parent: above }) };
}

const changes = [change("changed", "Deployment apps/web")];
const made = plan([
  applier("apps", { record: record("apps", "root"), changes }),
  applier("other", { record: record("other", "root") }),
  applier("root", { record: record("root") }),
]);

function indexOf(...objects: readonly JsonObject[]): LiveIndex {
  const known = objects.flatMap((object) => toLiveObject(object) ?? []);
  const index = new LiveIndex(() => 0);
  index.update(
    known.map(({ id }) => id),
    (id) => known.find((one) => one.id === id),
  );
  return index;
}

function names(goals: readonly FollowGoal[]): readonly string[] {
  return goals.map(({ id, end }) => `${id.split("/").at(-1) ?? ""} ${end}`);
}

test("the source, then the owners from the root, then what changes", () => {
  const index = indexOf(
    repository,
    kustomization("root", { spec: sourced }),
    kustomization("apps", { spec: sourced }),
  );
  expect(names(followGoals(made, index, branch))).toEqual([
    "repo source",
    "root ready",
    "apps ready",
  ]);
});

test("a cluster that follows another branch or repository is not followed", () => {
  const index = indexOf(repository, kustomization("root", { spec: sourced }));
  expect(followGoals(made, index, { ...branch, branch: "next" })).toEqual([]);
  expect(followGoals(made, index, { ...branch, urls: ["https://example.test/o/x"] })).toEqual([]);
  expect(followGoals(made, indexOf(), branch)).toEqual([]);
});

test("a tag of an OCI repository is followed by its digest", () => {
  const url = "oci://ghcr.io/org/fleet";
  const status = { ...ready(), artifact: { revision: `main@sha256:${"a".repeat(64)}` } };
  const artifact = live("source.toolkit.fluxcd.io/v1", "OCIRepository", "repo", {
    spec: { url, ref: { tag: "main" } },
    status,
  });
  const spec = { sourceRef: { kind: "OCIRepository", name: "repo" } };
  const index = indexOf(artifact, kustomization("root", { spec }));
  const place = { kind: "oci" as const, url, tag: "main" };
  expect(names(followGoals(made, index, place))[0]).toBe("repo source");
  expect(followGoals(made, index, { ...place, tag: "next" })).toEqual([]);
  expect(followStep(goal("source"), artifact, new Set(["a".repeat(64)])).kind).toBe("done");
  expect(followStep(goal("source"), artifact, new Set(["b".repeat(64)])).kind).toBe("waiting");
});

const goal = (end: FollowGoal["end"]): FollowGoal => ({ id: "", end, after: [] });

function step(end: FollowGoal["end"], object: JsonObject | undefined): string {
  return followStep(goal(end), object, contains).kind;
}

function applied(commit: string | undefined, status: JsonObject): JsonObject {
  const revision = `main@sha1:${commit ?? ""}`;
  const revisions = { lastAppliedRevision: revision, lastAttemptedRevision: revision };
  return kustomization("apps", { spec: sourced, status: { ...revisions, ...status } });
}

test("a source is done when it has the commit or a later one", () => {
  const source = (commit: string | undefined): JsonObject =>
    gitRepository("repo", {
      status: { ...ready(), artifact: { revision: `main@sha1:${commit ?? ""}` } },
    });
  expect(step("source", source(old))).toBe("waiting");
  expect(step("source", source(pushed))).toBe("done");
  expect(step("source", source(later))).toBe("done");
  expect(
    step("source", gitRepository("repo", { status: failed("GitOperationFailed", "no") })),
  ).toBe("failed");
});

test("an applier is done when it is ready at the commit, and a failure of before is none", () => {
  expect(step("ready", applied(pushed, ready()))).toBe("done");
  expect(step("ready", applied(old, ready()))).toBe("waiting");
  expect(step("ready", applied(old, failed("BuildFailed", "old trouble")))).toBe("waiting");
  expect(step("ready", applied(pushed, failed("BuildFailed", "new trouble")))).toBe("failed");
  expect(step("ready", applied(pushed, failed("DependencyNotReady", "wait")))).toBe("waiting");
  expect(step("ready", undefined)).toBe("waiting");
});

test("what was only tried is not applied", () => {
  const status = { ...ready(), lastAppliedRevision: `main@sha1:${old ?? ""}` };
  expect(step("ready", applied(pushed, status))).toBe("waiting");
});

test("what is suspended won't apply anything", () => {
  const object = kustomization("apps", { spec: { ...sourced, suspend: true }, status: ready() });
  expect(step("ready", object)).toBe("failed");
});

test("an object that is to go is done when it has gone", () => {
  expect(step("gone", applied(pushed, ready()))).toBe("waiting");
  expect(step("gone", undefined)).toBe("done");
});

test("ids are those of the objects themselves", () => {
  const ref = refOf(repository);
  const index = indexOf(repository, kustomization("root", { spec: sourced }));
  expect(followGoals(made, index, branch)[0]?.id).toBe(ref && objectId(ref));
});

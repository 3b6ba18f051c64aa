/** What the live side says beside the code: is a commit live, marks in an editor, answers for assistants. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { JsonObject } from "#simulator";

import { containing, resolveCommit } from "../../../extension/cluster/git-ancestry.ts";
import { appliedCommits, commitAnswers } from "../../../extension/model/cluster/commit-live.ts";
import { isProblem, marksOf } from "../../../extension/model/cluster/live-marks.ts";
import { planAnswer } from "../../../extension/model/cluster/plan-answer.ts";
import { statusAnswer, traceAnswer } from "../../../extension/model/cluster/tool-texts.ts";
import { applier, change, plan } from "../model/plan-builder.ts";
import { failed, helmRelease, kustomization, live, ready } from "./live-objects.ts";
import { World } from "./live-world.ts";

describe("is a commit live", () => {
  const [old, fresh] = ["a".repeat(40), "b".repeat(40)];
  const applied = (revision: string): JsonObject => ({ ...ready(), lastAppliedRevision: revision });
  const chart = live("source.toolkit.fluxcd.io/v1", "HelmChart", "demo-web", {
    status: { observedSourceArtifactRevision: `main@sha1:${fresh}` },
  });
  const release = helmRelease("web", {
    namespace: "demo",
    spec: {
      chart: {
        spec: {
          chart: "./web",
          sourceRef: { kind: "GitRepository", name: "repo", namespace: "flux-system" },
        },
      },
    },
    status: ready(),
  });
  const world = new World(
    kustomization("behind", { status: applied(`main@sha1:${old}`) }),
    kustomization("there", { status: applied(`main@sha1:${fresh}`) }),
    kustomization("packed", { status: applied("v1@sha256:1234") }),
    chart,
    release,
  );

  test("is read from what was applied last, for releases from what the chart was packed of", () => {
    const commits = appliedCommits([world.view()]).map(({ entry, commit }) => [
      entry.live.ref.name,
      commit,
    ]);
    expect(commits).toEqual([
      ["behind", old],
      ["there", fresh],
      ["web", fresh],
    ]);
  });

  test("those that lack it come first", () => {
    const answers = commitAnswers(appliedCommits([world.view()]), new Set([fresh]));
    expect(answers.map(({ label, icon }) => [label, icon])).toEqual([
      ["Kustomization flux-system/behind", "circle-outline"],
      ["HelmRelease demo/web", "pass"],
      ["Kustomization flux-system/there", "pass"],
    ]);
  });

  test("git says which commits contain it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-ancestry-"));
    const git = (...args: readonly string[]): string =>
      execFileSync(
        "git",
        ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args],
        {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        },
      ).trim();
    git("init", "-q", "-b", "main");
    git("commit", "-q", "--allow-empty", "-m", "one");
    git("commit", "-q", "--allow-empty", "-m", "two");
    const [one, two] = [git("rev-parse", "HEAD~1"), git("rev-parse", "HEAD")];
    expect(await resolveCommit(folder, "main")).toBe(two);
    expect(await resolveCommit(folder, "--all")).toBeUndefined();
    expect([...(await containing(folder, one, [one, two, fresh]))].sort()).toEqual(
      [one, two].sort(),
    );
    expect([...(await containing(folder, two, [one, two, fresh]))]).toEqual([two]);
    rmSync(folder, { recursive: true });
  });
});

describe("answers for assistants", () => {
  const world = new World(
    kustomization("apps", { status: failed("BuildFailed", "no such file") }),
    kustomization("well", { status: ready() }),
  );

  test("say what needs attention, or what matches", () => {
    expect(statusAnswer([world.view()], "")).toBe(
      "Cluster test: 2 Flux objects, 1 need attention.\n- Kustomization flux-system/apps: failed; BuildFailed; no such file",
    );
    expect(statusAnswer([world.view()], "WELL")).toContain("Kustomization flux-system/well: ready");
    expect(statusAnswer([], "")).toContain("No cluster is connected");
  });

  test("trace an object, or say that there is none", () => {
    const wanted = { kind: "Kustomization", namespace: "", name: "apps" };
    expect(traceAnswer([world.view()], wanted)).toContain("Object: Kustomization flux-system/apps");
    expect(traceAnswer([world.view()], { ...wanted, name: "none" })).toContain(
      "No connected cluster",
    );
  });
});

describe("marks in an editor", () => {
  const text = [
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    "metadata:",
    "  name: apps",
    "---",
    "apiVersion: kustomize.config.k8s.io/v1beta1",
    "kind: Kustomization",
    "metadata:",
    "  name: apps",
    "---",
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    "metadata:",
    "  name: twice",
  ].join("\n");
  const world = new World(
    kustomization("apps", { status: failed("BuildFailed", "no such file") }),
    kustomization("twice"),
    kustomization("twice", { namespace: "other" }),
  );

  test("stand at the name of the object that is meant without doubt", () => {
    const marks = marksOf(text, [world.view()]);
    expect(marks.map(({ line, title }) => [line, title])).toEqual([[4, "failed: BuildFailed"]]);
    expect(marksOf(text, [world.view({ kind: "connecting", step: "" })])).toEqual([]);
  });

  test("become problems as the setting says", () => {
    const [mark] = marksOf(text, [world.view()]);
    expect(
      (["off", "failed", "all"] as const).map((wanted) => mark && isProblem(mark, wanted)),
    ).toEqual([false, true, true]);
  });
});

describe("the plan for assistants", () => {
  test("is the plan in Markdown, or a word about why there is none", () => {
    expect(planAnswer([])).toContain("There is no plan");
    const text = planAnswer([
      plan([applier("apps", { changes: [change("created", "Deployment apps/podinfo")] })]),
    ]);
    expect(text).toContain("Kustomization flux-system/apps");
    expect(text).toContain("Deployment apps/podinfo");
  });

  test("is cut at the end of a line when it is too long", () => {
    const changes = Array.from({ length: 1000 }, (_, at) => change("created", `Pod apps/p${at}`));
    const text = planAnswer([plan([applier("apps", { changes })])]);
    expect(text.length).toBeLessThan(12_100);
    const listed = [...text.matchAll(/Pod apps\/p\d+`$/gm)].length;
    expect(text).toContain(`… and ${1000 - listed} more lines`);
  });
});

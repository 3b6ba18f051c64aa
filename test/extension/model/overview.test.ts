/** The whole at a glance: welcome text, status bar, badge, and how the server's messages add up. */
import { describe, expect, test } from "vitest";

import type { Plan } from "#simulator";

import type { FolderViews } from "../../../extension/model/folder-view.ts";
import { nextViews } from "../../../extension/model/folder-view.ts";
import {
  badge,
  statusText,
  viewDescription,
  viewMessage,
  welcomeState,
} from "../../../extension/model/overview.ts";
import { previewTree } from "../../../extension/model/preview-tree.ts";
import { applier, change, folder, plan, problem, viewsOf } from "./plan-builder.ts";

const none: FolderViews = new Map();
const changedPlan: Plan = plan([
  applier("apps", {
    changes: [change("created", "ConfigMap apps/a"), change("moved", "ConfigMap apps/b")],
    problems: [problem("no")],
  }),
]);

const running = { state: "running", folder, revision: 2 } as const;
const failed = {
  state: "failed",
  folder,
  revision: 2,
  reason: "engine-missing",
  message: "no engine",
} as const;

describe("welcome text", () => {
  const checkWelcome = (views: FolderViews, filter: "changes" | "problems" = "changes") =>
    welcomeState(views, previewTree(views, filter), filter);

  test("by what is known", () => {
    expect(checkWelcome(none)).toBe("starting");
    expect(checkWelcome(nextViews(none, running))).toBe("starting");
    expect(checkWelcome(nextViews(none, failed))).toBe("engine-missing");
    expect(checkWelcome(nextViews(none, { ...failed, reason: "bug" }))).toBe("failed");
    expect(checkWelcome(viewsOf(plan([])))).toBe("no-manifests");
    expect(checkWelcome(viewsOf(plan([applier("apps")])))).toBe("no-changes");
    expect(checkWelcome(viewsOf(plan([applier("apps")])), "problems")).toBe("no-problems");
    expect(checkWelcome(viewsOf(changedPlan))).toBe("content");
  });
});

describe("status bar", () => {
  test("counts, a spinner while running, a failure, and nothing without Flux", () => {
    const views = viewsOf(changedPlan);
    expect(statusText(views)?.text).toBe("$(git-compare) 2 $(error) 1");
    expect(statusText(views)?.accessibleLabel).toBe("Sluice: 2 changes, 1 problem");
    expect(statusText(nextViews(views, running))?.text).toContain("$(sync~spin) 2");
    const progress = { stage: "render", done: 12, total: 40 } as const;
    expect(statusText(nextViews(views, { ...running, progress }))?.accessibleLabel).toBe(
      "Sluice is simulating (12 of 40); 2 changes, 1 problem so far",
    );
    expect(statusText(nextViews(views, failed))?.accessibleLabel).toBe("Sluice failed: no engine");
    expect(statusText(viewsOf(plan([applier("apps")])))?.text).toBe("$(git-compare) 0");
    expect(statusText(viewsOf(plan([])))).toBeUndefined();
    expect(statusText(none)).toBeUndefined();
  });
});

test("badge, description and message", () => {
  expect(badge(viewsOf(changedPlan))).toEqual({ value: 3, tooltip: "2 changes, 1 problem" });
  expect(badge(viewsOf(plan([applier("apps")])))).toBeUndefined();
  expect(viewDescription(viewsOf(changedPlan))).toBe("HEAD ↔ working tree");
  const notes = [{ code: "untrusted", message: "Not trusted." }] as const;
  const noted = nextViews(none, { state: "ready", folder, revision: 1, plan: changedPlan, notes });
  expect(viewMessage(noted)).toBe("Not trusted.");
  expect(viewMessage(viewsOf(changedPlan))).toBeUndefined();
});

test("the last plan stays while a newer one is made and when that fails", () => {
  const views = viewsOf(changedPlan);
  expect(nextViews(views, running).get(folder)).toMatchObject({ running: true, plan: changedPlan });
  expect(nextViews(views, failed).get(folder)).toMatchObject({ running: false, plan: changedPlan });
  expect(nextViews(views, { state: "closed", folder }).size).toBe(0);
});

test("messages of older revisions are dropped", () => {
  const views = nextViews(viewsOf(changedPlan), running);
  const late = { state: "ready", folder, revision: 1, plan: plan([]), notes: [] } as const;
  expect(nextViews(views, late)).toBe(views);
});

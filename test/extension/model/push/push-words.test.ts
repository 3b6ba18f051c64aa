/** What is pushed where, when the gate stops, and what the question says. */
import { expect, test } from "vitest";

import type { Risk } from "#simulator";
import { problemKey } from "#simulator";

import type { RepositoryFacts } from "../../../../extension/model/push/push-facts.ts";
import { pushReadiness } from "../../../../extension/model/push/push-facts.ts";
import { stopReason } from "../../../../extension/model/push/push-gate.ts";
import { pushDetail, pushTitle, renamedText } from "../../../../extension/model/push/push-words.ts";
import { applier, change, plan, problem } from "../plan-builder.ts";

const commit = "4f2a9c1".padEnd(40, "0");
const upstream = { remote: "origin", name: "trunk" };
const facts = {
  commit,
  branch: "main",
  remote: "origin",
  remoteBranch: "trunk",
  isNew: false,
  ahead: 2,
};

function repository(
  head: RepositoryFacts["HEAD"],
  remotes: readonly string[] = ["origin"],
): RepositoryFacts {
  return { HEAD: head, remotes: remotes.map((name) => ({ name })) };
}

function risk(severity: Risk["severity"], rest: Partial<Risk> = {}): Risk {
  const code = "risk/data-loss" as const;
  const applier = "production|Kustomization/flux-system/apps";
  const message = `${severity} thing`;
  return { code, severity, message, applier, docs: "", suppressible: true, ...rest };
}

test("a branch with an upstream goes there, under the name that it has there", () => {
  const ready = pushReadiness(repository({ name: "main", commit, upstream, ahead: 2, behind: 0 }));
  expect(ready).toEqual({ kind: "ready", facts });
});

test("what is behind, or has nothing to push, is said", () => {
  const head = { name: "main", commit, upstream, ahead: 1 };
  expect(pushReadiness(repository({ ...head, behind: 3 }))).toMatchObject({ behind: 3 });
  expect(pushReadiness(repository({ ...head, ahead: 0 })).kind).toBe("nothing");
});

test("a new branch goes to the only remote, or to the one that is chosen", () => {
  const head = { name: "feature", commit };
  const one = pushReadiness(repository(head));
  expect(one).toMatchObject({ facts: { remote: "origin", remoteBranch: "feature", isNew: true } });
  const two = repository(head, ["origin", "fork"]);
  expect(pushReadiness(two)).toEqual({ kind: "choose-remote", remotes: ["origin", "fork"] });
  expect(pushReadiness(two, "fork")).toMatchObject({ facts: { remote: "fork" } });
});

test("without a commit, a branch or a remote nothing can be pushed", () => {
  for (const facts of [
    repository(undefined),
    repository({ commit }),
    repository({ name: "main", commit }, []),
  ])
    expect(pushReadiness(facts).kind).toBe("impossible");
});

test("the gate stops on what it was told to, and never on what is silenced or was there before", () => {
  const error = problem("broken");
  const old = plan([], { problems: [error], oldProblems: [problemKey(error)] });
  expect(stopReason(old, "low")).toBeUndefined();
  const fresh = plan([], { problems: [error], risks: [risk("medium")] });
  expect(stopReason(fresh, "never")).toBeUndefined();
  expect(stopReason(fresh, "error")).toBe("1 new error");
  expect(stopReason(fresh, "high")).toBe("1 new error");
  expect(stopReason(fresh, "medium")).toBe("1 new error and 1 risk");
  const silenced = plan([], { risks: [risk("high", { suppressed: "comment" })] });
  expect(stopReason(silenced, "low")).toBeUndefined();
});

test("the question counts, names the worst, and says what stays behind", () => {
  const made = plan([applier("apps", { changes: [change("deleted", "Deployment apps/web")] })], {
    risks: [risk("high"), risk("low", { suppressed: "setting" })],
    problems: [problem("no such file")],
  });
  expect(pushTitle(facts)).toBe("2 commits of main to origin/trunk");
  const text = pushDetail(facts, made, { uncommitted: 2, unsaved: 1 });
  expect(text).toContain("1 deleted by prune, 1 risk.");
  expect(text).toContain("• High risk: high thing");
  expect(text).not.toContain("low thing");
  expect(text).toContain("• New error: no such file");
  expect(text).toContain("Not part of it: 2 uncommitted files, unsaved text of 1 editor.");
  expect(text).toContain("Commit 4f2a9c1.");
});

test("a long plan stays a short question", () => {
  const risks = Array.from({ length: 40 }, () => risk("high", { message: "x".repeat(1000) }));
  const text = pushDetail(facts, plan([], { risks }), { uncommitted: 0, unsaved: 0 });
  expect(text).toContain("• and 34 more risks");
  expect(text.length).toBeLessThan(2000);
});

test("an upstream of another name is said", () => {
  expect(renamedText(facts)).toEqual(["The upstream of main has another name: trunk."]);
  expect(renamedText({ ...facts, remoteBranch: "main" })).toEqual([]);
});

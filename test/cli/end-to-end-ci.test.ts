// The GitHub Action and the GitLab template, run as their pipelines run them: the same lines, in bash, on a repository with a branch.
// Needs `npm run build`.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";

import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import { git } from "../support/temporary-repository.ts";
import { bundle, ended, useExamples } from "./program.ts";

const { edit, home, repository: workspace } = useExamples();

interface Step {
  readonly name: string;
  readonly if?: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

interface Job {
  readonly needs?: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  readonly artifacts: { readonly reports?: { readonly junit: string } };
}

type Values = Readonly<Record<string, string>>;

interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** `sluice` and `gh` as commands, and nothing of the user's home. */
async function shell(script: string, env: Values): Promise<Finished> {
  const { code, stdout, stderr } = await ended("bash", ["-e", "-o", "pipefail", "-c", script], {
    cwd: workspace,
    home,
    env: {
      PATH: `${join(home, "bin")}:${process.env["PATH"] ?? ""}`,
      GITHUB_ACTION_PATH: resolve("."),
      GITHUB_STEP_SUMMARY: join(home, "summary.md"),
      ...env,
    },
  });
  return { code, output: stdout + stderr };
}

function command(name: string, text: string): void {
  const file = join(home, "bin", name);
  writeFileSync(file, `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(file, 0o755);
}

beforeAll(() => {
  mkdirSync(join(home, "bin"));
  command("sluice", `exec "${process.execPath}" "${bundle}" "$@"`);
  command("gh", `printf '%s\\n' "$@" > "${join(home, "gh")}"`);
  git(workspace, "update-ref", "refs/remotes/origin/main", "HEAD");
  git(workspace, "checkout", "-q", "-b", "topic");
  edit("apps/base/podinfo/deployment.yaml", (text) => text.replace(/replicas: .*/, "replicas: 0"));
  git(workspace, "commit", "-qam", "stop podinfo");
});

beforeEach(() => {
  rmSync(join(workspace, "sluice"), { recursive: true, force: true });
  for (const file of ["summary.md", "gh"]) rmSync(join(home, file), { force: true });
});

function report(name: string): string {
  return readFileSync(join(workspace, "sluice", name), "utf8");
}

describe("the GitHub Action", () => {
  const { inputs, runs } = parse(readFileSync("action.yml", "utf8")) as Action;

  /** What GitHub puts in place of an expression; one that the test does not know is a mistake of either. */
  function evaluate(text: string, given: Values): string {
    return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
      const input = /^inputs\.([a-z-]+)$/.exec(expression)?.[1];
      if (input !== undefined) {
        const known = inputs[input];
        if (known === undefined) throw new Error(`there is no input ${input}`);
        return given[input] ?? known.default;
      }
      if (expression.startsWith("inputs.from ||")) return given["from"] ?? "merge-base:origin/main";
      if (expression === "github.token") return "token";
      if (expression === "github.event.pull_request.number") return "7";
      if (expression === "github.event.pull_request.head.repo.fork") return given["fork"] ?? "";
      throw new Error(`the test does not know ${expression}`);
    });
  }

  /** The steps one after the other; a step whose turn depends on others runs when its condition says `always()`. */
  async function run(given: Values): Promise<Finished> {
    let failed: Finished | undefined;
    let output = "";
    for (const step of runs.steps) {
      if (!isDue(step, given, failed !== undefined)) continue;
      const env = Object.entries(step.env ?? {}).map(([key, value]) => [
        key,
        evaluate(value, given),
      ]);
      expect(step.run).not.toContain("${{");
      const one = await shell(step.run, Object.fromEntries(env) as Values);
      output += one.output;
      if (one.code !== 0) failed ??= { code: one.code, output };
    }
    return failed ?? { code: 0, output };
  }

  function isDue({ if: condition = "" }: Step, given: Values, hasFailed: boolean): boolean {
    if (hasFailed && !condition.includes("always()")) return false;
    if (condition.includes("inputs.command == ''") && (given["command"] ?? "") !== "") return false;
    if (condition.includes("inputs.shard == ''") && (given["shard"] ?? "") !== "") return false;
    return !condition.includes("inputs.comment == 'true'") || given["comment"] === "true";
  }

  const quiet = { arguments: "--offline\n" };

  test("stops at a risk, with summary, comment and reports all the same", async () => {
    const { code, output } = await run({ ...quiet, comment: "true" });
    expect(output).toContain("[risk/replicas-zero]");
    expect(code).toBe(1);
    expect(readFileSync(join(home, "summary.md"), "utf8")).toBe(report("plan.md"));
    expect(readFileSync(join(home, "gh"), "utf8").split("\n").slice(0, 3)).toEqual([
      "pr",
      "comment",
      "7",
    ]);
    expect(report("plan.md")).toContain("<!-- sluice -->");
    expect(JSON.parse(report("plan.sarif"))).toMatchObject({ version: "2.1.0" });
    expect(report("plan.xml")).toContain('<failure type="risk/replicas-zero"');
    expect(JSON.parse(report("plan.json"))).toMatchObject({
      base: "merge base of origin/main and HEAD",
      target: "HEAD",
    });
  });

  test("lets pass what is no risk of that severity, and takes the user's arguments", async () => {
    expect((await run({ ...quiet, "fail-on": "risk=high" })).code).toBe(0);
    expect((await run({ arguments: "--offline\n--risk=replicas-zero=off" })).code).toBe(0);
    expect((await run({ ...quiet, "fail-on": "change" })).code).toBe(1);
    expect(existsSync(join(home, "gh"))).toBe(false);
  });

  test("shares a cache, into which a fork puts nothing", async () => {
    command("shown", 'printf "<%s>" "$@"');
    const cache = "oci://registry.test/org/cache:main; touch stolen";
    const shared = async (given: Values): Promise<string> =>
      (await run({ command: "shown", ...given })).output;
    expect(await shared({ cache })).toContain(`<--cache><${cache}><--fail-on>`);
    expect(await shared({ cache, fork: "true" })).toContain("<--cache-read-only>");
    expect(await shared({ cache, "cache-read-only": "true" })).toContain("<--cache-read-only>");
    expect(await shared({ fork: "true" })).not.toContain("--cache");
    expect(existsSync(join(workspace, "stolen"))).toBe(false);
  });

  test("takes a cluster for the old state", async () => {
    command("shown", 'printf "<%s>" "$@"');
    const { output } = await run({ command: "shown", context: "prod; touch stolen" });
    expect(output).toContain("<diff><.><--to><HEAD><--context><prod; touch stolen><--fail-on>");
    expect(output).not.toContain("--from");
    expect(existsSync(join(workspace, "stolen"))).toBe(false);
  });

  test("never reads a value as a part of a command", async () => {
    const { code, output } = await run({
      from: "$(touch stolen); `touch stolen`",
      arguments: "--kube-version=$(touch stolen)",
    });
    expect(code).toBe(2);
    expect(output).toContain("touch stolen");
    expect(existsSync(join(workspace, "stolen"))).toBe(false);
  });

  test("makes the same of parts as of the whole", async () => {
    await run({ ...quiet, command: "sluice" });
    const whole = report("plan.json");
    for (const part of ["1/2", "2/2"]) expect((await run({ ...quiet, shard: part })).code).toBe(0);
    mkdirSync(join(workspace, "sluice", "parts"));
    for (const part of ["part-1.json", "part-2.json"])
      cpSync(join(workspace, "sluice", part), join(workspace, "sluice", "parts", part));
    expect((await run({ merge: "sluice/parts" })).code).toBe(1);
    expect(report("plan.json")).toBe(whole);
  });
});

describe("the GitLab template", () => {
  const [head, jobs] = parseAllDocuments(readFileSync("ci/gitlab.yml", "utf8")).map(
    (document) => document.toJS() as unknown,
  );
  const { inputs } = (
    head as {
      readonly spec: {
        readonly inputs: Readonly<Record<string, { readonly default?: string | number }>>;
      };
    }
  ).spec;

  /** A job as the runner does it: its inputs filled in, its lines in one shell. */
  function run(name: string, env: Values, given: Values = {}): Promise<Finished> {
    const job = (jobs as Readonly<Record<string, Job>>)[name];
    if (job === undefined) throw new Error(`there is no job ${name}`);
    const filled = (text: string): string =>
      text.replace(
        /\$\[\[ inputs\.([a-z-]+) \]\]/g,
        (_, input: string) => given[input] ?? String(inputs[input]?.default),
      );
    const variables = Object.fromEntries(
      Object.entries(job.variables).map(([key, value]) => [key, filled(value)]),
    );
    return shell(job.script.map(filled).join("\n"), { ...variables, ...env });
  }

  test("simulates in parts, and stops at a risk", async () => {
    const base = git(workspace, "rev-parse", "origin/main").trim();
    const head = git(workspace, "rev-parse", "HEAD").trim();
    for (const index of ["1", "2"]) {
      const env = {
        CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
        CI_COMMIT_SHA: head,
        CI_NODE_INDEX: index,
        CI_NODE_TOTAL: "2",
      };
      const { code, output } = await run("sluice part", env, {
        arguments: "--offline\n--kube-version=1.34",
      });
      expect([code, output]).toEqual([0, ""]);
    }
    const gate = await run("sluice", {});
    expect(gate.code).toBe(1);
    expect(gate.output).toContain("[risk/replicas-zero]");
    expect(report("plan.xml")).toContain('<failure type="risk/replicas-zero"');
    expect((await run("sluice", {}, { "fail-on": "risk=high" })).code).toBe(0);
    const [, gateJob] = Object.values(jobs as Readonly<Record<string, Job>>);
    expect(existsSync(join(workspace, gateJob?.artifacts.reports?.junit ?? "absent"))).toBe(true);
    expect(gateJob?.needs).toEqual(["sluice part"]);
  });

  test("shares a cache; one that can't be reached is a note", async () => {
    const base = git(workspace, "rev-parse", "origin/main").trim();
    const env = { CI_MERGE_REQUEST_DIFF_BASE_SHA: base, CI_COMMIT_SHA: "HEAD" };
    const cache = "oci://127.0.0.1:1/cache";
    const { code, output } = await run("sluice part", env, { arguments: "--offline", cache });
    expect([code, output]).toEqual([0, expect.stringContaining(`The shared cache ${cache}`)]);
  });
});

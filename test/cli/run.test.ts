// What the command answers to words: verbs, help, mistakes, exit codes, colour. The simulator is made of records.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import type { Plan } from "#simulator";

import { optionsOf } from "../../cli/options.ts";
import { UserError } from "../../cli/user-error.ts";
import { verbNames, verbs } from "../../cli/verb-table.ts";
import { version } from "../../cli/version.ts";
import { applier, emptyPlan, entry, fullPlan, problem, sluice } from "./records.ts";
import type { FakeWorld } from "./records.ts";

describe("mistakes are one line on stderr and exit code 2", () => {
  test.each([
    [["biuld"], 'There is no verb "biuld". Did you mean build?'],
    [["frobnicate"], 'There is no verb "frobnicate". sluice knows build,'],
    [["diff", "--form", "HEAD"], "There is no option --form. Did you mean --from?"],
    [["diff", "-x"], "There is no option -x."],
    [
      ["build", "--from", "HEAD"],
      "sluice build has no option --from; it belongs to diff, check, lint and images.",
    ],
    [["diff", "--show-secrets"], "it belongs to build."],
    [["build", "a", "b"], '"b" is too much'],
    [["build", "--path"], "--path needs a value: --path FOLDER."],
    [["build", "--path", "--offline"], "--path needs a value"],
    [["build", "--kube-version="], "--kube-version needs a value"],
    [["build", "--offline=yes"], "--offline takes no value."],
    [["build", "--to", "a", "--to", "b"], "--to was given 2 times"],
    [["build", "-o", "markdown"], "It can be text, yaml, json."],
    [["diff", "-o", "jsno"], "Did you mean json?"],
    [["diff", "-o="], "-o needs a value: -o FORMAT."],
    [["build", "--flux-version", "2.5"], "It can be 2.6, 2.7, 2.8, 2.9."],
    [["build", "--kube-version", "latest"], "It looks like 1.34"],
    [["build", "--feature-gates", "A=maybe"], "It looks like NAME=true"],
    [["build", "--source", "x=y"], "It looks like KIND/NAMESPACE/NAME=DIR."],
    [["build", "--source", "Bucket/a/b=x", "--source", "Bucket/a/b=y"], "twice"],
    [["build", "-j", "0"], "It is a number from 1 to 256."],
    [["check", "--fail-on", "never"], "It can be error, warning."],
    [["diff", "--kubeconfig", "x"], "no cluster is asked that was not named"],
    [["diff", "--context", "a", "--from", "HEAD"], "exclude each other"],
    [["diff", "--context", "a", "--live", "x.yaml"], "exclude each other"],
    [["diff", "--context", "a", "--shard", "1/2"], "exclude each other"],
    [["build", "--context", "a"], "sluice build has no option --context; it belongs to diff."],
    [["completion"], "Which shell?"],
    [["completion", "tcsh"], "there is for bash, zsh, fish"],
    [[], "Which verb?"],
    [["build", "--path", "a\u001b]0;x\u0007", "b", "c"], '"c" is too much'],
    [["a\u001b[31m"], "a\\u001b[31m"],
  ])("%j", async (argv, expected) => {
    const { code, stdout, stderr, request } = await sluice(argv);
    expect(stderr).toContain(expected);
    expect(stderr).toMatch(/^sluice: [^\n]+\n$/);
    expect({ code, stdout, request }).toEqual({ code: 2, stdout: "", request: undefined });
  });

  test("what can't be opened is said in its own words; a bug is one line with a hint, and a stack on demand", async () => {
    const refused = await sluice(["diff"], { fails: new UserError("No such folder.") });
    expect(refused).toMatchObject({ code: 2, stderr: "sluice: No such folder.\n" });
    const bug = await sluice(["diff"], { fails: new TypeError("x is undefined") });
    expect(bug.code).toBe(2);
    expect(bug.stderr).toMatch(/^sluice: [^\n]*x is undefined[^\n]*SLUICE_DEBUG=1[^\n]*\n$/);
    const loud = await sluice(["diff"], {
      fails: new TypeError("x is undefined"),
      env: { SLUICE_DEBUG: "1" },
    });
    expect(loud.stderr).toMatch(/^sluice: TypeError: x is undefined\n +at /);
  });
});

describe("help", () => {
  test.each(verbNames)(
    "of %s names its formats, options, examples and exit codes, in 100 columns",
    async (verb) => {
      for (const argv of [
        [verb, "--help"],
        ["-h", verb],
        ["help", verb],
      ]) {
        const { code, stdout } = await sluice(argv);
        expect(code).toBe(0);
        for (const option of optionsOf(verb)) expect(stdout).toContain(`--${option.name}`);
        for (const format of verbs[verb].formats) expect(stdout).toContain(format);
        for (const [command] of verbs[verb].examples) expect(stdout).toContain(command);
        for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
      }
    },
  );

  test("of everything names the verbs; the version is the package's", async () => {
    const overview = await sluice(["--help"]);
    expect(overview.code).toBe(0);
    for (const verb of verbNames) expect(overview.stdout).toContain(verb);
    expect((await sluice(["--version"])).stdout).toBe(`sluice ${version}\n`);
    expect((await sluice(["version"])).stdout).toBe(`sluice ${version}\n`);
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
      readonly version: string;
    };
    expect(version).toBe(manifest.version);
  });

  test("every example is a command line that parses", async () => {
    for (const verb of verbNames) {
      // It would listen to the standard input of the tests; a process of its own runs it in another test.
      if (verb === "lsp") continue;
      // It reads a folder of parts, which end-to-end-shards.test.ts makes.
      if (verb === "merge") continue;
      // They would publish, and put a hook into this repository; end-to-end-gate.test.ts does both elsewhere.
      if (verb === "publish" || verb === "hook") continue;
      for (const [command] of verbs[verb].examples) {
        const words = /sluice ([^|>)]*)/.exec(command)?.[1]?.trim().split(/\s+/) ?? [];
        const podinfo = applier("podinfo");
        const world = { appliers: [{ ...podinfo, ref: { ...podinfo.ref, namespace: "apps" } }] };
        expect(await sluice(words, world), command).toMatchObject({ code: 0, stderr: "" });
      }
    }
  });
});

describe("the request", () => {
  test("takes every option, before or after the verb", async () => {
    const { request, code } = await sluice([
      ..."--path a --path=b build dir --root r.yaml --live l1 --live l2 --source Bucket/ns/n=a=b --to v1".split(
        " ",
      ),
      ..."--flux-version v2.8.3 --kube-version v1.34 --feature-gates A=true,B=false --feature-gates A=False --helm-upgrade --api-versions example.com/v1,b/v2/K".split(
        " ",
      ),
      ..."--age-key-file k --offline --allow-private-network --cache-dir c --cache oci://h.test/c --cache-read-only -j4 -ojson --show-secrets".split(
        " ",
      ),
    ]);
    expect(code).toBe(0);
    expect(request).toEqual({
      verb: "build",
      dir: "dir",
      paths: ["a", "b"],
      roots: ["r.yaml"],
      live: ["l1", "l2"],
      sources: new Map([["Bucket/ns/n", "a=b"]]),
      to: "v1",
      flux: "2.8",
      kubeVersion: "1.34",
      helm: "upgrade",
      apiVersions: ["example.com/v1", "b/v2/K"],
      featureGates: { A: false, B: false },
      ageKeyFile: "k",
      offline: true,
      allowPrivateNetwork: true,
      cacheDir: "c",
      cache: "oci://h.test/c",
      cacheReadOnly: true,
      jobs: 4,
      format: "json",
      showSecrets: true,
      failOn: "error",
      gate: { on: "change" },
      risks: {},
      reports: [],
      fluxIsGiven: true,
      render: true,
      rules: { severity: {}, ignore: {} },
    });
  });

  test("takes short options as other programs do", async () => {
    for (const word of ["-ojson", "-o=json"])
      expect((await sluice(["build", word])).request).toMatchObject({ format: "json" });
    expect((await sluice(["build", "--path==a"])).request?.paths).toEqual(["=a"]);
  });

  test("has sensible defaults", async () => {
    const { request } = await sluice(["diff"]);
    expect(request).toMatchObject({
      dir: ".",
      paths: [],
      flux: "2.9",
      format: "text",
      offline: false,
      showSecrets: false,
    });
    expect(request).not.toHaveProperty("from");
  });
});

describe("nothing to simulate", () => {
  const world = { problems: [problem("no Flux", { code: "no-roots", severity: "information" })] };
  test.each([["build"], ["check"], ["images"], ["values"], ["outlook"]])(
    "is said by %s",
    async (verb) => {
      const { code, stderr } = await sluice([verb], world);
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: "information: no Flux [no-roots]\n",
      });
    },
  );
});

test("tree says of many sources only the first remarks", async () => {
  const remark = (name: string) =>
    problem(`${name}: old`, { code: "source-remark", severity: "information" });
  const { stdout } = await sluice(["tree"], { problems: ["a", "b", "c", "d", "e"].map(remark) });
  expect(stdout.trimEnd().split("\n").slice(-4)).toEqual([
    "information: a: old [source-remark]",
    "information: b: old [source-remark]",
    "information: c: old [source-remark]",
    "and 2 more remarks about sources (-o json has all)",
  ]);
});

describe("build --only", () => {
  const world = {
    appliers: [applier("apps"), applier("infra", { state: "failed" })],
    entries: [entry("apps", '{"a":1}'), entry("infra", '{"b":1}')],
    problems: [problem("mine", { applier: applier("infra").id })],
  };

  test.each([["apps"], ["flux-system/apps"], ["Kustomization/flux-system/apps"]])(
    "%s prints its objects, and problems of others don't count",
    async (name) => {
      const { code, stdout, stderr } = await sluice(["build", "--only", name, "-o", "json"], world);
      expect(stdout).toContain('{"a":1}');
      expect(stdout).not.toContain('{"b":1}');
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    },
  );

  test("several are printed, with their problems", async () => {
    const { code, stdout } = await sluice(
      ["build", "--only", "apps", "--only", "infra", "-o", "json"],
      world,
    );
    expect(stdout).toMatch(/"a":1[^]*"b":1/);
    expect(code).toBe(1);
  });

  test("a name that nothing has is refused", async () => {
    const { code, stderr } = await sluice(["build", "--only", "aps"], world);
    expect(code).toBe(2);
    expect(stderr).toContain("nothing is called aps. Did you mean apps?");
  });
});

describe("exit codes", () => {
  const warning = problem("w", { severity: "warning" });
  const counting = (counts: Partial<Plan["counts"]>): FakeWorld => ({
    plan: { ...emptyPlan, counts: { ...emptyPlan.counts, ...counts } },
  });
  const cases: readonly (readonly [argv: readonly string[], world: FakeWorld, code: number])[] = [
    [["build"], {}, 0],
    [["build"], { problems: [warning] }, 0],
    [["build"], { problems: [problem("e")] }, 1],
    [["tree"], { appliers: [applier("a")] }, 0],
    [["tree"], { problems: [problem("e")] }, 1],
    [["check"], { problems: [warning] }, 0],
    [["check", "--fail-on", "warning"], { problems: [warning] }, 1],
    [["check"], { problems: [problem("e")] }, 1],
    [["check", "--from", "HEAD"], { problems: [problem("e")], baseProblems: [problem("e")] }, 0],
    [["check", "--from", "HEAD"], { problems: [problem("new")], baseProblems: [problem("e")] }, 1],
    [["diff"], { plan: emptyPlan }, 0],
    [["diff"], counting({ warnings: 1 }), 0],
    [["diff"], counting({ errors: 1 }), 1],
    [["diff"], counting({ orphaned: 1 }), 1],
    [["diff"], { plan: fullPlan }, 1],
  ];
  test.each(
    cases.map(
      ([argv, world, code], index) =>
        [`${argv.join(" ")} (${index}) is ${code}`, argv, world, code] as const,
    ),
  )("%s", async (_name, argv, world, code) => {
    expect((await sluice(argv, world)).code).toBe(code);
  });

  test("an interrupted run is 130 and says nothing", async () => {
    const signal = AbortSignal.abort();
    expect(
      await sluice(["build"], { signal, fails: new DOMException("", "AbortError") }),
    ).toMatchObject({
      code: 130,
      stdout: "",
      stderr: "",
    });
  });
});

describe("colour", () => {
  const escape = "\u001b[";
  test.each([
    ["a pipe", [], {}, false, false],
    ["a terminal", [], {}, true, true],
    ["a dumb terminal", [], { TERM: "dumb" }, true, false],
    ["NO_COLOR on a terminal", [], { NO_COLOR: "1" }, true, false],
    ["an empty NO_COLOR", [], { NO_COLOR: "" }, true, true],
    ["FORCE_COLOR on a pipe", [], { FORCE_COLOR: "1" }, false, true],
    ["FORCE_COLOR=0 on a terminal", [], { FORCE_COLOR: "0" }, true, false],
    ["--color on a pipe", ["--color"], { NO_COLOR: "1" }, false, true],
    ["--no-color on a terminal", ["--no-color"], { FORCE_COLOR: "1" }, true, false],
  ] as const)("%s", async (_name, argv, env, terminal, expected) => {
    const { stdout } = await sluice(["diff", ...argv], { plan: fullPlan, env, terminal });
    expect(stdout.includes(escape)).toBe(expected);
  });

  test("documents for programs never have any", async () => {
    for (const format of ["json", "yaml", "markdown"]) {
      expect(
        (await sluice(["diff", "--color", "-o", format], { plan: fullPlan })).stdout,
      ).not.toContain(escape);
    }
  });
});

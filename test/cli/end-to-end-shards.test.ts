// Parts of a plan made by processes of their own and merged: in each format the bytes of the whole. Needs `npm run build`.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { verbs } from "../../cli/verb-table.ts";
import { git } from "../support/temporary-repository.ts";

const program = resolve("dist/sluice.cjs");
let home = "";
let repository = "";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function sluice(...argv: readonly string[]): Ended {
  const env = { PATH: process.env["PATH"], HOME: home, XDG_CACHE_HOME: join(home, "cache") };
  const ended = spawnSync(process.execPath, [program, ...argv], {
    cwd: repository,
    env,
    encoding: "utf8",
  });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

function edit(path: string, change: (text: string) => string): void {
  const file = join(repository, path);
  const before = readFileSync(file, "utf8");
  const after = change(before);
  if (after === before) throw new Error(`${path} does not hold what the test changes`);
  writeFileSync(file, after);
}

const made = new Map<number, string>();

/** The folder with all parts, made once. */
function partsOf(count: number): string {
  const known = made.get(count);
  if (known !== undefined) return known;
  const folder = join(home, `parts-${count}`);
  mkdirSync(folder);
  for (let index = 1; index <= count; index++) {
    const part = sluice("diff", "--offline", "--shard", `${index}/${count}`);
    expect(part).toMatchObject({ code: 0, stderr: "" });
    writeFileSync(join(folder, `${index}.json`), part.stdout);
  }
  made.set(count, folder);
  return folder;
}

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "sluice-shards-")));
  repository = join(home, "repository");
  cpSync("examples", repository, { recursive: true });
  git(repository, "init", "-q", "-b", "main");
  git(repository, "add", ".");
  git(repository, "commit", "-qm", "examples");
  edit("apps/base/podinfo/deployment.yaml", (text) => text.replace(/replicas: .*/, "replicas: 0"));
  edit("charts/web/Chart.yaml", (text) => text.replace(/^version: .*/m, "version: 0.0.1"));
  edit("clusters/staging/infrastructure.yaml", (text) =>
    text.replace("./infrastructure/configs", "./absent"),
  );
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("sluice merge", () => {
  /** The plan in every format, made by one process. */
  function everyFormat(name: string, ...argv: readonly string[]): ReadonlyMap<string, string> {
    const formats = verbs.merge.formats.map(
      (format) => [format, join(home, name, format)] as const,
    );
    const reports = formats.flatMap(([format, file]) => ["--report", `${format}=${file}`]);
    const { code, stdout } = sluice(...argv, "-o", "json", ...reports);
    expect(code).toBe(1);
    const texts = formats.map(([format, file]) => [format, readFileSync(file, "utf8")] as const);
    return new Map([...texts, ["stdout", stdout]]);
  }

  let whole: ReadonlyMap<string, string> = new Map();

  test("has something of everything to print", () => {
    whole = everyFormat("whole", "diff", "--offline");
    expect(whole.get("text")).toMatch(
      /Cluster clusters\/production[^]*Cluster clusters\/staging[^]*Risks/,
    );
    expect(whole.get("stdout")).toBe(whole.get("json"));
  });

  test.each([1, 2, 3])("prints what sluice diff prints in every format, from %i parts", (count) => {
    expect(everyFormat(`merged-${count}`, "merge", partsOf(count))).toEqual(whole);
  });

  test("has the gate that the parts have not", () => {
    const folder = partsOf(2);
    expect(sluice("merge", folder, "--fail-on", "risk").code).toBe(1);
    expect(sluice("merge", folder, "--fail-on", "error").code).toBe(1);
    expect(
      sluice("diff", "--from", "HEAD", "--to", "HEAD", "--offline", "--fail-on", "risk").code,
    ).toBe(0);
  });

  test("writes the reports that are asked for, in folders that are not there yet", () => {
    const report = join(home, "a", "b", "plan.md");
    const folder = partsOf(2);
    sluice("merge", folder, "--report", `markdown=${report}`, "--report", `sarif=${report}.sarif`);
    expect(readFileSync(report, "utf8")).toBe(sluice("merge", folder, "-o", "markdown").stdout);
    expect(readFileSync(`${report}.sarif`, "utf8")).toBe(
      sluice("merge", folder, "-o", "sarif").stdout,
    );
    expect(sluice("merge", folder, "--report", `json=${folder}`)).toMatchObject({
      code: 2,
      stdout: "",
    });
  });

  test("refuses what are not all parts of one plan", () => {
    const folder = join(home, "odd");
    mkdirSync(folder);
    const refusal = (): string => {
      const { code, stdout, stderr } = sluice("merge", folder);
      expect([code, stdout]).toEqual([2, ""]);
      return stderr;
    };
    expect(refusal()).toContain("There is no *.json");
    cpSync(join(partsOf(3), "1.json"), join(folder, "1.json"));
    expect(refusal()).toContain("Part 2, 3 of 3 is missing");
    cpSync(join(partsOf(2), "2.json"), join(folder, "2.json"));
    expect(refusal()).toContain("different plans");
    for (const text of ["{", "[]", "{}", '{"shard":{"index":1,"count":1},"clusters":[1]}']) {
      writeFileSync(join(folder, "1.json"), text);
      expect(refusal()).toContain("1.json is no part of a plan");
    }
    expect(sluice("merge", join(home, "nowhere")).stderr).toContain("can't be read");
  });
});

test.each([
  ["0/2", "It looks like 2/4"],
  ["3/2", "It looks like 2/4"],
  ["half", "It looks like 2/4"],
])("--shard %s is refused", (shard, message) => {
  expect(sluice("diff", "--shard", shard)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(message) as string,
  });
});

test("a part has one format", () => {
  expect(sluice("diff", "--shard", "1/2", "-o", "text").stderr).toContain(
    "sluice merge takes -o text",
  );
  expect(sluice("diff", "--shard", "1/2", "--report", "json=x").stderr).toContain(
    "sluice merge takes --report",
  );
});

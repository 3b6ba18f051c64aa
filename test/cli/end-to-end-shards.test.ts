// Parts of a plan made by processes of their own and merged: in each format the bytes of the whole. Needs `npm run build`.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, test } from "vitest";

import { verbs } from "../../cli/verb-table.ts";
import { useExamples } from "./program.ts";

const { edit, home, sluice } = useExamples();

const made = new Map<number, Promise<string>>();

/** The folder with all parts, made once. */
function partsOf(count: number): Promise<string> {
  const known = made.get(count) ?? makeParts(count);
  made.set(count, known);
  return known;
}

async function makeParts(count: number): Promise<string> {
  const folder = join(home, `parts-${count}`);
  mkdirSync(folder);
  for (let index = 1; index <= count; index++) {
    const part = await sluice("diff", "--offline", "--shard", `${index}/${count}`);
    expect(part).toMatchObject({ code: 0, stderr: "" });
    writeFileSync(join(folder, `${index}.json`), part.stdout);
  }
  return folder;
}

beforeAll(() => {
  edit("apps/base/podinfo/deployment.yaml", (text) => text.replace(/replicas: .*/, "replicas: 0"));
  edit("charts/web/Chart.yaml", (text) => text.replace(/^version: .*/m, "version: 0.0.1"));
  edit("clusters/staging/infrastructure.yaml", (text) =>
    text.replace("./infrastructure/configs", "./absent"),
  );
});

describe("sluice merge", () => {
  /** The plan in every format, made by one process. */
  async function everyFormat(
    name: string,
    ...argv: readonly string[]
  ): Promise<ReadonlyMap<string, string>> {
    const formats = verbs.merge.formats.map(
      (format) => [format, join(home, name, format)] as const,
    );
    const reports = formats.flatMap(([format, file]) => ["--report", `${format}=${file}`]);
    const { code, stdout } = await sluice(...argv, "-o", "json", ...reports);
    expect(code).toBe(1);
    const texts = formats.map(([format, file]) => [format, readFileSync(file, "utf8")] as const);
    return new Map([...texts, ["stdout", stdout]]);
  }

  let whole: ReadonlyMap<string, string> = new Map();

  test("has something of everything to print", async () => {
    whole = await everyFormat("whole", "diff", "--offline");
    expect(whole.get("text")).toMatch(
      /Cluster clusters\/production[^]*Cluster clusters\/staging[^]*Risks/,
    );
    expect(whole.get("stdout")).toBe(whole.get("json"));
  });

  test.each([1, 2, 3])(
    "prints what sluice diff prints in every format, from %i parts",
    async (count) => {
      expect(await everyFormat(`merged-${count}`, "merge", await partsOf(count))).toEqual(whole);
    },
  );

  test("has the gate that the parts have not", async () => {
    const folder = await partsOf(2);
    expect((await sluice("merge", folder, "--fail-on", "risk")).code).toBe(1);
    expect((await sluice("merge", folder, "--fail-on", "error")).code).toBe(1);
    const same = ["--from", "HEAD", "--to", "HEAD", "--offline", "--fail-on", "risk"];
    expect((await sluice("diff", ...same)).code).toBe(0);
  });

  test("writes the reports that are asked for, in folders that are not there yet", async () => {
    const report = join(home, "a", "b", "plan.md");
    const folder = await partsOf(2);
    await sluice(
      "merge",
      folder,
      "--report",
      `markdown=${report}`,
      "--report",
      `sarif=${report}.sarif`,
    );
    expect(readFileSync(report, "utf8")).toBe(
      (await sluice("merge", folder, "-o", "markdown")).stdout,
    );
    expect(readFileSync(`${report}.sarif`, "utf8")).toBe(
      (await sluice("merge", folder, "-o", "sarif")).stdout,
    );
    expect(await sluice("merge", folder, "--report", `json=${folder}`)).toMatchObject({
      code: 2,
      stdout: "",
    });
  });

  test("refuses what are not all parts of one plan", async () => {
    const folder = join(home, "odd");
    mkdirSync(folder);
    const refusal = async (): Promise<string> => {
      const { code, stdout, stderr } = await sluice("merge", folder);
      expect([code, stdout]).toEqual([2, ""]);
      return stderr;
    };
    expect(await refusal()).toContain("There is no *.json");
    cpSync(join(await partsOf(3), "1.json"), join(folder, "1.json"));
    expect(await refusal()).toContain("Part 2, 3 of 3 is missing");
    cpSync(join(await partsOf(2), "2.json"), join(folder, "2.json"));
    expect(await refusal()).toContain("different plans");
    for (const text of ["{", "[]", "{}", '{"shard":{"index":1,"count":1},"clusters":[1]}']) {
      writeFileSync(join(folder, "1.json"), text);
      expect(await refusal()).toContain("1.json is no part of a plan");
    }
    expect((await sluice("merge", join(home, "nowhere"))).stderr).toContain("can't be read");
  });
});

test.each([
  ["0/2", "It looks like 2/4"],
  ["3/2", "It looks like 2/4"],
  ["half", "It looks like 2/4"],
])("--shard %s is refused", async (shard, message) => {
  expect(await sluice("diff", "--shard", shard)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(message) as string,
  });
});

test("a part has one format", async () => {
  expect((await sluice("diff", "--shard", "1/2", "-o", "text")).stderr).toContain(
    "sluice merge takes -o text",
  );
  expect((await sluice("diff", "--shard", "1/2", "--report", "json=x")).stderr).toContain(
    "sluice merge takes --report",
  );
});

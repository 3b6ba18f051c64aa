/** One chart's versions out of the text of an index, whoever wrote it. */
import { describe, expect, it } from "vitest";

import { chartVersions } from "../../../../simulator/node/helm-repository/index-file.ts";

const read = (text: string, name = "app"): unknown => {
  const versions = chartVersions(new TextEncoder().encode(text), name, "index.yaml");
  return versions?.map(({ version, created, details }) => ({ version, created, ...details() }));
};

const one = [{ version: "1.0.0", created: "2026-01-01", name: "app", urls: ["app.tgz"] }];

it("is written as Helm does", () => {
  const text = [
    "apiVersion: v1",
    "entries:",
    "  ap:",
    "  - version: 0.1.0",
    "    urls: [wrong.tgz]",
    "  app:",
    "  - annotations:",
    "      text: |",
    "        app:",
    "        - version: 6.6.6",
    '    created: "2026-01-01"',
    "    description: >-",
    "      spoken: over",
    "",
    "      lines",
    "    digest: 0123",
    "    urls:",
    "    - https://charts.example/app.tgz",
    "    - second.tgz",
    "    version: '1.0.0'",
    "  - created: 2025-01-01",
    "    urls:",
    "    - old.tgz",
    "    version: 0.9.0 # the first",
    "  app-more:",
    "  - version: 3.0.0",
    "generated: 2026-01-01",
  ].join("\n");
  expect(read(text.replace(" # the first", ""))).toEqual([
    {
      version: "1.0.0",
      created: "2026-01-01",
      name: "app",
      digest: "0123",
      urls: ["https://charts.example/app.tgz", "second.tgz"],
    },
    { version: "0.9.0", created: "2025-01-01", name: "app", urls: ["old.tgz"] },
  ]);
  // What stands beside a version makes no difference.
  expect(read(text)).toHaveLength(2);
});

describe("is written in other ways", () => {
  it.each([
    [
      "with lists below their keys",
      "apiVersion: v1\nentries:\n  app:\n    - version: 1.0.0\n      created: 2026-01-01\n      urls:\n        - app.tgz\n",
    ],
    [
      "with four columns",
      "entries:\n    app:\n    -   version: 1.0.0\n        created: 2026-01-01\n        urls:\n        - app.tgz\napiVersion: v1\n",
    ],
    [
      "as JSON",
      '{"apiVersion":"v1","entries":{"app":[{"version":"1.0.0","created":"2026-01-01","urls":["app.tgz"]}]}}',
    ],
    [
      "in flow style",
      "apiVersion: v1\nentries: {app: [{version: 1.0.0, created: 2026-01-01, urls: [app.tgz]}]}\n",
    ],
    [
      "with flow style inside",
      "apiVersion: v1\nentries:\n  app: [{version: 1.0.0, created: 2026-01-01, urls: [app.tgz]}]\n",
    ],
    [
      "with the name in quotes",
      'apiVersion: v1\nentries:\n  "app":\n  - version: 1.0.0\n    created: 2026-01-01\n    urls: [app.tgz]\n',
    ],
    [
      "for Windows",
      "apiVersion: v1\r\nentries:\r\n  app:\r\n  - version: 1.0.0\r\n    created: 2026-01-01\r\n    urls:\r\n    - app.tgz\r\n",
    ],
    [
      "with comments and empty lines",
      "# an index\napiVersion: v1\n\nentries: # all\n\n# first\n  app: # this\n  # inside\n  - version: 1.0.0\n\n    created: 2026-01-01\n    urls: [app.tgz]\n",
    ],
    [
      "behind a line of dashes",
      "---\napiVersion: v1\nentries:\n  app:\n  - version: 1.0.0\n    created: 2026-01-01\n    urls: [app.tgz]\n",
    ],
    [
      "with a version over lines",
      "apiVersion: v1\nentries:\n  app:\n  - version: >-\n      1.0.0\n    created: 2026-01-01\n    urls: [app.tgz]\n",
    ],
  ])("%s", (_, text) => {
    expect(read(text)).toEqual(one);
    expect(read(text, "other")).toBeUndefined();
  });
});

it("has nothing", () => {
  expect(read("apiVersion: v1\nentries: {}\n")).toBeUndefined();
  expect(read("apiVersion: v1\nentries:\ngenerated: x\n")).toBeUndefined();
  expect(read("apiVersion: v1\nentries:\n  app: []\n")).toEqual([]);
});

it("does not look for charts below other keys", () => {
  const text =
    "apiVersion: v1\nentries:\n  other:\n  - version: 1.0.0\nannotations:\n  app:\n  - version: 1.0.0\n";
  expect(read(text)).toBeUndefined();
});

it.each([
  ["no index", "<html></html>"],
  ["empty", ""],
  ["without apiVersion", "entries:\n  app: []\n"],
  ["a chart that is no list", "apiVersion: v1\nentries:\n  app: text\n"],
  ["a list of nothing that is known", '{"apiVersion":"v1","entries":{"app":"x"}}'],
  ["cut off", '{"apiVersion":"v1","entries":{"app":[{"vers'],
  ["what is no YAML", "apiVersion: v1\nentries:\n  app: [\n"],
])("is broken: %s", (_, text) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ reason: "invalid" }));
});

it("is read in another layout only when it is small, and without aliases that grow", () => {
  const unusual = "apiVersion: v1\nentries: {app: [{version: 1.0.0}]}\n";
  const large = `${unusual}# ${"x".repeat(4 * 1024 * 1024)}\n`;
  const levels = Array.from(
    { length: 10 },
    (__, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(10)}]\n`,
  );
  const growing = `apiVersion: v1\nl0: &l0 [x]\n${levels.join("")}entries: {app: *l10}\n`;
  expect(read(unusual)).toMatchObject([{ version: "1.0.0" }]);
  for (const text of [large, growing])
    expect(() => read(text)).toThrow(expect.objectContaining({ reason: "invalid" }));
});

it("does not parse the whole of a large one", () => {
  const item = (name: string, index: number): string =>
    `  - apiVersion: v2\n    created: "2026-01-01T00:00:00Z"\n    description: ${"text ".repeat(20)}\n    name: ${name}\n    urls:\n    - https://charts.example/${name}-${index}.0.0.tgz\n    version: ${index}.0.0\n`;
  const entry = (name: string): string =>
    `  ${name}:\n${Array.from({ length: 100 }, (_, index) => item(name, index)).join("")}`;
  const names = Array.from({ length: 400 }, (_, index) => `chart-${index}`);
  const text = `apiVersion: v1\nentries:\n${names.map(entry).join("")}`;
  // A broken end shows that nobody looked at it.
  const versions = read(`${text}  last: [\n`, "chart-250") as readonly unknown[];
  expect(text.length).toBeGreaterThan(8_000_000);
  expect(versions).toHaveLength(100);
  expect(versions[99]).toMatchObject({ urls: ["https://charts.example/chart-250-99.0.0.tgz"] });
});

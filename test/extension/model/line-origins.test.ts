/** What decides a line, in words. */
import { expect, test } from "vitest";

import type { LineOriginSpot } from "#protocol";

import { originsMarkdown, targetsOf, whereOf } from "../../../extension/model/line-origins.ts";

const value: LineOriginSpot = {
  title: "image.tag",
  effect: "text",
  place: { path: "apps/web.yaml", line: 31, column: 7 },
  isTarget: true,
};
const template: LineOriginSpot = {
  title: "templates/web.yaml",
  effect: "template",
  chartFile: { path: "templates/web.yaml", line: 4 },
  isTarget: false,
};
const gate: LineOriginSpot = { ...value, title: "enabled", effect: "object", isTarget: false };
const preset: LineOriginSpot = { ...value, title: "image.pullPolicy", isDefault: true };

test("where it is", () => {
  expect(whereOf(value)).toBe("apps/web.yaml:31");
  expect(whereOf(template)).toBe("templates/web.yaml of the chart");
});

test("targets, or the one place that is known", () => {
  expect(targetsOf({ origins: [value, template] })).toEqual([value]);
  expect(targetsOf({ place: { path: "a.yaml" }, origins: [template] })).toMatchObject([
    { place: { path: "a.yaml" } },
  ]);
  expect(targetsOf({})).toEqual([]);
});

test("sentences", () => {
  const words = (...origins: readonly LineOriginSpot[]): readonly string[] =>
    originsMarkdown({ origins }, () => "x:1").split("\n\n");
  expect(words(value, preset, gate, template)).toEqual([
    String.raw`Decided by ${"`image.tag`"} in [apps/web\.yaml:31](x:1)`,
    String.raw`Decided by the default of ${"`image.pullPolicy`"} in [apps/web\.yaml:31](x:1)`,
    String.raw`The object is there because of ${"`enabled`"} in [apps/web\.yaml:31](x:1)`,
    String.raw`Made by ${"`templates/web.yaml`"} in [templates/web\.yaml of the chart](x:1)`,
  ]);
  expect(words(...Array.from({ length: 8 }, () => value)).at(-1)).toBe("and 2 more");
  expect(originsMarkdown({ place: { path: "a.yaml" } }, () => "x:1")).toBe("");
  expect(originsMarkdown({ isPartial: true }, () => "")).toContain("in time");
});

test("a title from a repository is no markup", () => {
  const odd = { ...value, title: "a`b](command:evil)" };
  expect(originsMarkdown({ origins: [odd] }, () => "x:1")).toContain("``a`b](command:evil)``");
});

/** What a user does not want to hear is not said: by severity, by path, by comment. */
import { expect, test } from "vitest";

import type { RuleSettings } from "../../../language-server/lint.ts";
import { globOf } from "../../../language-server/rules/suppression.ts";
import { kustomization } from "../../support/flux.ts";
import { lintFiles } from "../../support/lint.ts";

const suspended = kustomization("apps", "./apps", "  suspend: true\n");

async function found(
  text: string,
  settings: Partial<RuleSettings> = {},
  path = "clusters/a.yaml",
): Promise<readonly string[]> {
  const diagnoses = await lintFiles(
    { [path]: text },
    { settings: { severity: {}, ignore: {}, ...settings } },
  );
  return diagnoses.filter(({ code }) => code === "flux/suspended").map(({ severity }) => severity);
}

test.each([
  [{}, ["information"]],
  [{ "flux/suspended": "error" }, ["error"]],
  [{ "flux/suspended": "off" }, []],
  [{ "flux/*": "off", "flux/suspended": "hint" }, ["hint"]],
  [{ "*": "off" }, []],
  [{ "k8s/*": "off", "flux/suspend": "off" }, ["information"]],
] as const)("severity %j", async (severity, expected) => {
  expect(await found(suspended, { severity })).toEqual(expected);
});

test.each([
  [{ "clusters/**": ["*"] }, []],
  [{ "clusters/**": ["flux/*"] }, []],
  [{ "clusters/**": ["flux/semver"] }, ["information"]],
  [{ "other/**": ["*"] }, ["information"]],
  [{ "*.yaml": ["flux/suspended"] }, []],
] as const)("paths %j", async (ignore, expected) => {
  expect(await found(suspended, { ignore })).toEqual(expected);
});

test.each([
  ["on the line", "  suspend: true # sluice-ignore flux/suspended\n", []],
  ["on the line above", "  # sluice-ignore flux/suspended\n  suspend: true\n", []],
  ["without a code", "  # sluice-ignore\n  suspend: true\n", []],
  ["for the whole file", "  suspend: true\n# sluice-ignore-file flux/*\n", []],
  ["of another rule", "  suspend: true # sluice-ignore flux/semver\n", ["information"]],
  [
    "two lines above",
    "  # sluice-ignore flux/suspended\n  force: true\n  suspend: true\n",
    ["information"],
  ],
])("a comment %s", async (_where, lines, expected) => {
  expect(await found(kustomization("apps", "./apps", lines))).toEqual(expected);
});

test.each([
  ["archive/**", "archive/a/b.yaml", true],
  ["archive/*", "archive/a/b.yaml", false],
  ["*.sops.yaml", "a/b.sops.yaml", true],
  ["**/test/*.yaml", "test/a.yaml", true],
  ["a?.yaml", "ab.yaml", true],
  ["a.yaml", "abyaml", false],
])("%s fits %s: %s", (pattern, path, expected) => {
  expect(globOf(pattern).test(path)).toBe(expected);
});

/** What `--rule` and `--ignore` take, and what they say to what they don't. */
import { expect, test } from "vitest";

import { readLintRules } from "../../cli/lint-rules.ts";
import { UserError } from "../../cli/user-error.ts";

test("severities and patterns are read", () => {
  expect(
    readLintRules(
      ["flux/suspended=off", "kustomize/*=hint"],
      ["archive/**", "**/x=y.yaml", "a.yaml=flux/semver,k8s/*"],
    ),
  ).toEqual({
    severity: { "flux/suspended": "off", "kustomize/*": "hint" },
    ignore: {
      "archive/**": ["*"],
      "**/x=y.yaml": ["*"],
      "a.yaml": ["flux/semver", "k8s/*"],
    },
  });
});

test.each([
  ["suspended=off", "It looks like flux/suspended=off."],
  ["flux/suspended", "It looks like flux/suspended=off."],
  ["flux/suspended=eror", "Did you mean error?"],
])("%s is refused", (text, expected) => {
  expect(() => readLintRules([text], [])).toThrow(UserError);
  expect(() => readLintRules([text], [])).toThrow(expected);
});

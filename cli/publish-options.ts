/** The rows of the table of options that belong to `sluice publish` alone. */
import type { OptionSpec } from "./options.ts";

export const publishOptions = [
  {
    name: "revision",
    value: "BRANCH@sha1:COMMIT",
    verbs: ["publish"],
    group: "publish",
    help: "the revision that the files are of (default: that of the Git repository)",
  },
  {
    name: "annotation",
    short: "a",
    value: "KEY=VALUE",
    repeatable: true,
    verbs: ["publish"],
    group: "publish",
    help: "an annotation of the artifact; repeatable",
  },
  {
    name: "ignore-paths",
    value: "PATTERN,…",
    repeatable: true,
    verbs: ["publish"],
    group: "publish",
    help: "leave out what matches these patterns of .gitignore, instead of what flux leaves out",
  },
  {
    name: "reproducible",
    verbs: ["publish"],
    group: "publish",
    help: "say that it was made in 1970, so that the same files have the same digest",
  },
  {
    name: "dry-run",
    verbs: ["publish"],
    group: "publish",
    help: "make the artifact and send nothing",
  },
  {
    name: "diff",
    verbs: ["publish"],
    group: "publish",
    help: "print the plan first, against what the tag leads to now, and publish only if it still does; --fail-on can stop it",
  },
  {
    name: "insecure-registry",
    verbs: ["publish"],
    group: "publish",
    help: "the registry may be spoken to without encryption",
  },
] as const satisfies readonly OptionSpec[];

/**
 * The table of options. The parser, `--help`, the completion scripts and docs/cli.md are all made from it.
 * What the values mean is checked in request.ts; the verbs are in verb-table.ts.
 */
import { verbNames } from "./verb-table.ts";
import type { Verb } from "./verb-table.ts";

export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of the value; absent for a flag. */
  readonly value?: string;
  readonly repeatable?: boolean;
  readonly verbs: readonly Verb[];
  readonly group: OptionGroup;
  readonly help: string;
  /** What the shell offers for the value. */
  readonly complete?: "file" | "folder" | readonly string[];
}

export const optionGroups = {
  input: "What is simulated",
  flux: "How Flux behaves",
  fetch: "What is fetched",
  output: "What is printed",
} as const;
export type OptionGroup = keyof typeof optionGroups;

const simulating = ["build", "diff", "tree", "check"] as const;
export const options = [
  {
    name: "path",
    value: "FOLDER",
    repeatable: true,
    verbs: simulating,
    group: "input",
    complete: "folder",
    help: "a cluster starts in this folder of DIR, instead of finding clusters; repeatable",
  },
  {
    name: "root",
    value: "FILE",
    repeatable: true,
    verbs: simulating,
    group: "input",
    complete: "file",
    help: "start from the Flux objects in FILE instead of finding clusters; repeatable",
  },
  {
    name: "live",
    value: "FILE",
    repeatable: true,
    verbs: simulating,
    group: "input",
    complete: "file",
    help: "objects that exist on the cluster (ConfigMaps, Secrets, CRDs); repeatable",
  },
  {
    name: "source",
    value: "KIND/NAMESPACE/NAME=DIR",
    repeatable: true,
    verbs: simulating,
    group: "input",
    help: "this Flux source is that folder; repeatable",
  },
  {
    name: "from",
    value: "REV|merge-base:BRANCH|DIR",
    verbs: ["diff", "check"],
    group: "input",
    help: "the old state (diff: HEAD if not given)",
  },
  {
    name: "to",
    value: "REV|DIR",
    verbs: simulating,
    group: "input",
    help: "the new state (default: the working tree)",
  },
  {
    name: "flux-version",
    value: "MINOR",
    verbs: simulating,
    group: "flux",
    complete: ["2.6", "2.7", "2.8", "2.9"],
    help: "behave as this minor of Flux, 2.6 to 2.9 (default: 2.9)",
  },
  {
    name: "kube-version",
    value: "VERSION",
    verbs: simulating,
    group: "flux",
    help: "version of Kubernetes on the cluster, for example 1.34",
  },
  {
    name: "feature-gates",
    value: "NAME=BOOL,…",
    repeatable: true,
    verbs: simulating,
    group: "flux",
    help: "feature gates of the controllers, for example StrictPostBuildSubstitutions=false",
  },
  {
    name: "age-key-file",
    value: "FILE",
    verbs: simulating,
    group: "flux",
    complete: "file",
    help: "age keys to decrypt SOPS with (default: SOPS_AGE_KEY_FILE, SOPS_AGE_KEY, then sops' own key file)",
  },
  {
    name: "offline",
    verbs: simulating,
    group: "fetch",
    help: "never use the network; what is not in the cache is reported",
  },
  {
    name: "allow-private-network",
    verbs: simulating,
    group: "fetch",
    help: "let sources be fetched from private and loopback addresses",
  },
  {
    name: "cache-dir",
    value: "FOLDER",
    verbs: simulating,
    group: "fetch",
    complete: "folder",
    help: "where fetched sources are kept (default: the user's cache folder)",
  },
  {
    name: "jobs",
    short: "j",
    value: "N",
    verbs: simulating,
    group: "fetch",
    help: "builds at the same time (default: by the number of processors)",
  },
  {
    name: "output",
    short: "o",
    value: "FORMAT",
    verbs: simulating,
    group: "output",
    help: "format of the output",
  },
  {
    name: "show-secrets",
    verbs: ["build"],
    group: "output",
    help: "print Secrets and the values that came from them",
  },
  {
    name: "fail-on",
    value: "SEVERITY",
    verbs: ["check"],
    group: "output",
    complete: ["error", "warning"],
    help: "least severity that gives exit code 1: error or warning (default: error)",
  },
  {
    name: "color",
    verbs: verbNames,
    group: "output",
    help: "use colour even when the output is not a terminal (also FORCE_COLOR)",
  },
  {
    name: "no-color",
    verbs: verbNames,
    group: "output",
    help: "use no colour (also NO_COLOR)",
  },
  { name: "help", short: "h", verbs: verbNames, group: "output", help: "print help and leave" },
  { name: "version", verbs: verbNames, group: "output", help: "print the version and leave" },
] as const satisfies readonly OptionSpec[];

export type OptionName = (typeof options)[number]["name"];

/** The options that a verb takes, in the order of the table. */
export function optionsOf(verb: Verb): readonly (OptionSpec & { readonly name: OptionName })[] {
  return options.filter((option) => (option.verbs as readonly Verb[]).includes(verb));
}

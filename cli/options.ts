/**
 * The table of options. The parser, `--help`, the completion scripts and docs/cli.md are all made from it.
 * What the values mean is checked in request.ts; the verbs are in verb-table.ts.
 */
import { bootstrapOptions } from "./bootstrap-options.ts";
import { publishOptions } from "./publish-options.ts";
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
  /** What it means for one verb, where the help of that verb would name others. */
  readonly helpOf?: Readonly<Partial<Record<Verb, string>>>;
  /** What the shell offers for the value. */
  readonly complete?: "file" | "folder" | readonly string[];
}

export const optionGroups = {
  input: "What is simulated",
  flux: "How Flux behaves",
  fetch: "What is fetched",
  bootstrap: "What is set up",
  publish: "What is published",
  output: "What is printed",
} as const;
export type OptionGroup = keyof typeof optionGroups;

const simulating = [
  "build",
  "diff",
  "tree",
  "check",
  "lint",
  "images",
  "values",
  "outlook",
  "updates",
] as const;

const clusterFolder =
  "a cluster starts in this folder of DIR, instead of finding clusters; repeatable";
const sourceFolder = "this Flux source is that folder; repeatable";
const gateHelp =
  "what gives exit code 1: change (the default), error, risk (medium or more), risk=high, risk=low";

export const options = [
  {
    name: "path",
    value: "FOLDER",
    repeatable: true,
    verbs: [...simulating, "bootstrap", "publish"],
    group: "input",
    complete: "folder",
    help: "a cluster starts in this folder of DIR, instead of finding clusters; repeatable. publish: the folder that becomes the artifact",
    helpOf: {
      ...everySimulating(clusterFolder),
      bootstrap: "the folder of the cluster in DIR",
      publish: "the folder that becomes the artifact",
    },
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
    verbs: [...simulating, "publish"],
    group: "input",
    help: "this Flux source is that folder; repeatable. publish: the address of the repository that the files come from",
    helpOf: {
      ...everySimulating(sourceFolder),
      publish: "the address of the repository that the files come from",
    },
  },
  {
    name: "from",
    value: "REV|merge-base:BRANCH|DIR",
    verbs: ["diff", "check", "lint", "images"],
    group: "input",
    help: "the old state (diff: HEAD if not given)",
    helpOf: {
      check: "report only what this state does not have",
      lint: "report only what this state does not have",
      images: "print only images that come and go since this state",
      diff: "the old state (default: HEAD)",
    },
  },
  {
    name: "to",
    value: "REV|DIR",
    verbs: simulating,
    group: "input",
    help: "the new state (default: the working tree)",
  },
  {
    name: "shard",
    value: "I/N",
    verbs: ["diff"],
    group: "input",
    help: "only this part of the clusters, for example 2/4; the output is for sluice merge",
  },
  {
    name: "context",
    value: "NAME",
    verbs: ["diff"],
    group: "input",
    help: "compare with the running cluster of this context of the kubeconfig, by reads and dry runs",
  },
  {
    name: "kubeconfig",
    value: "FILE",
    verbs: ["diff"],
    group: "input",
    complete: "file",
    help: "the kubeconfig of --context (default: KUBECONFIG, then ~/.kube/config)",
  },
  {
    name: "cluster-keys",
    verbs: ["diff"],
    group: "input",
    help: "with --context: read the Secrets with decryption keys from the cluster as well",
  },
  {
    name: "only",
    value: "[[KIND/]NAMESPACE/]NAME",
    repeatable: true,
    verbs: ["build"],
    group: "input",
    help: "print only what this Kustomization, HelmRelease or other applier applies itself; repeatable",
  },
  {
    name: "release",
    value: "[NAMESPACE/]NAME",
    verbs: ["values"],
    group: "input",
    help: "only this HelmRelease",
  },
  {
    name: "tags",
    value: "FILE",
    verbs: ["updates"],
    group: "input",
    complete: "file",
    help: "tags of images: a YAML map of images to lists of tags",
  },
  {
    name: "flux-version",
    value: "MINOR",
    verbs: [...simulating, "publish"],
    group: "flux",
    complete: ["2.6", "2.7", "2.8", "2.9"],
    help: "behave as this minor of Flux, 2.6 to 2.9 (default: 2.9)",
  },
  {
    name: "kube-version",
    value: "VERSION",
    verbs: [...simulating, "publish"],
    group: "flux",
    help: "version of Kubernetes on the cluster, for example 1.34",
  },
  {
    name: "api-versions",
    value: "GROUP/VERSION[/KIND],…",
    repeatable: true,
    verbs: simulating,
    group: "flux",
    help: "API versions of the cluster for Helm charts, beyond Kubernetes' own and those of CRDs in the repository",
  },
  {
    name: "helm-upgrade",
    verbs: simulating,
    group: "flux",
    help: "render Helm releases as upgrades (default: as first installations)",
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
    verbs: [...simulating, "publish"],
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
    verbs: [...simulating, "publish"],
    group: "fetch",
    help: "let sources be fetched from private and loopback addresses, and clusters of spec.kubeConfig be asked there (diff --context)",
  },
  {
    name: "cache-dir",
    value: "FOLDER",
    verbs: [...simulating, "cache", "publish"],
    group: "fetch",
    complete: "folder",
    help: "where fetched sources are kept (default: the user's cache folder)",
  },
  {
    name: "cache",
    value: "ADDRESS",
    verbs: simulating,
    group: "fetch",
    help: "share the cache with other machines: oci://HOST/REPOSITORY[:TAG] or s3://BUCKET[/PREFIX]; used with --offline too",
  },
  {
    name: "cache-read-only",
    verbs: simulating,
    group: "fetch",
    help: "put nothing into the cache of --cache, for runs that are not trusted",
  },
  {
    name: "kind",
    value: "KIND",
    repeatable: true,
    verbs: ["cache"],
    group: "fetch",
    complete: ["git", "http", "oci", "chart", "bucket", "answers"],
    help: "only sources of this kind, or the engine's answers; repeatable",
  },
  {
    name: "older-than",
    value: "AGE",
    verbs: ["cache"],
    group: "fetch",
    help: "only what was not used for so long, for example 12h, 30d or 4w",
  },
  {
    name: "jobs",
    short: "j",
    value: "N",
    verbs: simulating,
    group: "fetch",
    help: "builds at the same time (default: by the number of processors)",
  },
  ...bootstrapOptions,
  ...publishOptions,
  {
    name: "output",
    short: "o",
    value: "FORMAT",
    verbs: [...simulating, "merge", "bootstrap", "publish", "cache"],
    group: "output",
    help: "format of the output",
  },
  {
    name: "report",
    value: "FORMAT=FILE",
    repeatable: true,
    verbs: ["diff", "merge"],
    group: "output",
    help: "write the plan in this format to FILE as well; repeatable",
  },
  {
    name: "show-secrets",
    verbs: ["build"],
    group: "output",
    help: "print Secrets and the values that came from them",
  },
  {
    name: "fail-on",
    value: "WHAT",
    verbs: ["diff", "merge", "check", "lint", "hook", "publish"],
    group: "output",
    complete: ["error", "warning"],
    help: "what gives exit code 1. check, lint: error (the default), warning; lint also information, hint. diff, merge, hook, publish: change (the default; publish: nothing), error, risk (medium or more; the default of hook), risk=high, risk=low",
    helpOf: {
      check: "what gives exit code 1: error (the default), warning",
      lint: "what gives exit code 1: error (the default), warning, information, hint",
      diff: gateHelp,
      merge: gateHelp,
      hook: "what stops a push: change, error, risk (the default: medium or more), risk=high, risk=low",
      publish:
        "what stops it: change, error, risk (medium or more), risk=high, risk=low; default: nothing",
    },
  },
  {
    name: "risk",
    value: "CODE=SEVERITY",
    repeatable: true,
    verbs: ["diff", "merge", "publish"],
    group: "output",
    help: "count this risk (or *) as high, medium, low or off; repeatable",
  },
  {
    name: "no-render",
    verbs: ["lint"],
    group: "input",
    help: "look at the texts only; nothing is rendered or fetched",
  },
  {
    name: "rule",
    value: "CODE=SEVERITY",
    repeatable: true,
    verbs: ["lint"],
    group: "output",
    help: "report this rule (or group/*) as error, warning, information, hint or off; repeatable",
  },
  {
    name: "ignore",
    value: "PATTERN[=CODE,…]",
    repeatable: true,
    verbs: ["lint"],
    group: "output",
    help: "report nothing, or nothing of these rules, in files that match; repeatable",
  },
  {
    name: "stdio",
    verbs: ["lsp"],
    group: "input",
    help: "speak on standard input and output (the default)",
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

function everySimulating(help: string): Readonly<Partial<Record<Verb, string>>> {
  return Object.fromEntries(simulating.map((verb) => [verb, help]));
}

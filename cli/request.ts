/** Turns the words of a command line into a checked request: versions, gates, sources, numbers. Touches no disk. */
import type { FluxMinor, RiskSettings, Shard } from "#simulator";

import type { CommandLine } from "./command-line.ts";
import { readGate, readRiskSettings } from "./gate.ts";
import type { Gate } from "./gate.ts";
import type { LintRules, RuleSeverity } from "./lint-rules.ts";
import { readLintRules, ruleSeverities } from "./lint-rules.ts";
import type { OptionName } from "./options.ts";
import { didYouMean } from "./suggestion.ts";
import { UserError } from "./user-error.ts";
import { verbs } from "./verb-table.ts";
import type { Verb } from "./verb-table.ts";

export type SimulatingVerb = Exclude<
  Verb,
  "bootstrap" | "cache" | "completion" | "hook" | "lsp" | "merge" | "publish"
>;

/** What decides how a plan is printed. */
export type PlanRequest = Pick<Request, "format" | "gate" | "risks" | "reports">;

/** A file to be written, and what is to be in it. */
export interface Report {
  readonly format: string;
  readonly file: string;
}

/** Everything a simulating verb was asked for. Paths are as typed. */
export interface Request {
  readonly verb: SimulatingVerb;
  readonly dir: string;
  readonly paths: readonly string[];
  readonly roots: readonly string[];
  readonly live: readonly string[];
  /** Folder by `Kind/namespace/name`. */
  readonly sources: ReadonlyMap<string, string>;
  /** Appliers of which alone the objects are printed. */
  readonly only?: readonly string[];
  /** `[namespace/]name` of a HelmRelease. */
  readonly release?: string;
  /** File with the tags of images. */
  readonly tags?: string;
  /** Context of a kubeconfig whose cluster is the old state. */
  readonly context?: string;
  readonly kubeconfig?: string;
  /** Secrets with decryption keys may be read from that cluster. */
  readonly clusterKeys?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly flux: FluxMinor;
  readonly kubeVersion?: string;
  readonly helm: "install" | "upgrade";
  readonly apiVersions: readonly string[];
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly ageKeyFile?: string;
  readonly offline: boolean;
  readonly allowPrivateNetwork: boolean;
  readonly cacheDir?: string;
  /** Address of the cache that machines share. */
  readonly cache?: string;
  readonly cacheReadOnly: boolean;
  readonly jobs?: number;
  readonly format: string;
  readonly showSecrets: boolean;
  readonly failOn: RuleSeverity;
  /** `--fail-on` of `sluice diff`. */
  readonly gate: Gate;
  /** How loud risks are. */
  readonly risks: RiskSettings;
  /** Files that get the plan in other formats. */
  readonly reports: readonly Report[];
  /** Which part of the clusters is meant. */
  readonly shard?: Shard;
  /** `--flux-version` was given. */
  readonly fluxIsGiven: boolean;
  /** False with `--no-render`. */
  readonly render: boolean;
  /** How loud the rules of `sluice lint` are. */
  readonly rules: LintRules;
}

/** Throws a `UserError` that says which value is wrong and what it should look like. */
export function readRequest(verb: SimulatingVerb, line: CommandLine): Request {
  const all = (name: OptionName): readonly string[] => line.given.get(name) ?? [];
  const one = (name: OptionName): string | undefined => all(name)[0];
  const optional = <Key extends string>(
    key: Key,
    name: OptionName,
  ): { readonly [K in Key]?: string } => {
    const value = one(name);
    return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: string };
  };
  const kubeVersion = one("kube-version");
  const jobs = one("jobs");
  const shard = one("shard");
  return {
    verb,
    dir: line.operand ?? ".",
    paths: all("path"),
    roots: all("root"),
    live: all("live"),
    sources: readSources(all("source")),
    ...(line.given.has("only") && { only: all("only") }),
    ...optional("release", "release"),
    ...optional("tags", "tags"),
    ...readContext(line),
    ...optional("from", "from"),
    ...optional("to", "to"),
    flux: readFluxMinor(one("flux-version") ?? "2.9"),
    ...(kubeVersion !== undefined && { kubeVersion: readKubeVersion(kubeVersion) }),
    helm: line.given.has("helm-upgrade") ? "upgrade" : "install",
    apiVersions: readApiVersions(all("api-versions")),
    featureGates: readFeatureGates(all("feature-gates")),
    ...optional("ageKeyFile", "age-key-file"),
    offline: line.given.has("offline"),
    allowPrivateNetwork: line.given.has("allow-private-network"),
    ...optional("cacheDir", "cache-dir"),
    ...readCache(line),
    ...(jobs !== undefined && { jobs: readJobs(jobs) }),
    format: readFormat(verb, line),
    showSecrets: line.given.has("show-secrets"),
    failOn: readChoice(
      "--fail-on",
      (verb === "diff" ? undefined : one("fail-on")) ?? "error",
      verb === "lint" ? ruleSeverities : (["error", "warning"] as const),
    ),
    gate: readGate((verb === "diff" ? one("fail-on") : undefined) ?? "change"),
    risks: readRiskSettings(all("risk")),
    reports: all("report").map(readReport),
    ...(shard !== undefined && { shard: readShard(shard, line) }),
    fluxIsGiven: line.given.has("flux-version"),
    render: !line.given.has("no-render"),
    rules: readLintRules(all("rule"), all("ignore")),
  };
}

function readCache({ given }: CommandLine): Pick<Request, "cache" | "cacheReadOnly"> {
  const cache = given.get("cache")?.[0];
  const cacheReadOnly = given.has("cache-read-only");
  return { cacheReadOnly, ...(cache !== undefined && { cache }) };
}

/** The words of `sluice merge`. Throws a `UserError` as `readRequest` does. */
export function readPlanRequest(line: CommandLine): PlanRequest {
  return {
    format: readFormat("merge", line),
    gate: readGate(line.given.get("fail-on")?.[0] ?? "change"),
    risks: readRiskSettings(line.given.get("risk") ?? []),
    reports: (line.given.get("report") ?? []).map(readReport),
  };
}

function readFormat(verb: Verb, { given }: CommandLine): string {
  const { formats } = verbs[verb];
  return readChoice("-o", given.get("output")?.[0] ?? formats[0] ?? "text", formats);
}

/** `2/4`. A part has one format. */
function readShard(text: string, { given }: CommandLine): Shard {
  const output = given.get("output")?.[0];
  const [, index, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(count))
    throw new UserError(`--shard can't be "${text}". It looks like 2/4: the second of four parts.`);
  if (output !== undefined && output !== "json")
    throw new UserError(
      `With --shard a part of the plan is printed, which is JSON. sluice merge takes -o ${output}.`,
    );
  if (given.has("report"))
    throw new UserError("With --shard a part of the plan is printed. sluice merge takes --report.");
  return { index: Number(index), count: Number(count) };
}

/** The old state is the cluster then, so nothing else can be. */
function readContext({
  given,
}: CommandLine): Pick<Request, "context" | "kubeconfig" | "clusterKeys"> {
  const context = given.get("context")?.[0];
  const kubeconfig = given.get("kubeconfig")?.[0];
  if (context === undefined) {
    const lonely = (["kubeconfig", "cluster-keys"] as const).find((name) => given.has(name));
    if (lonely === undefined) return {};
    throw new UserError(`--${lonely} needs --context: no cluster is asked that was not named.`);
  }
  if (context === "") throw new UserError("--context needs the name of a context.");
  const other = (["from", "live", "shard"] as const).find((name) => given.has(name));
  if (other !== undefined)
    throw new UserError(
      `--context and --${other} exclude each other: the cluster is the old state.`,
    );
  return {
    context,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(given.has("cluster-keys") ? { clusterKeys: true } : {}),
  };
}

/** `sarif=plan.sarif`. */
function readReport(text: string): Report {
  const [, format, file] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  if (format === undefined || file === undefined)
    throw new UserError(`--report can't be "${text}". It looks like markdown=plan.md.`);
  return { format: readChoice("--report", format, verbs.diff.formats), file };
}

function readChoice<Choice extends string>(
  option: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UserError(
    `${option} can't be "${text}".${didYouMean(text, choices)} It can be ${choices.join(", ")}.`,
  );
}

function readFluxMinor(text: string): FluxMinor {
  const minor = /^v?(\d+\.\d+)(\.\d+)?$/.exec(text)?.[1] ?? text;
  return readChoice("--flux-version", minor, ["2.6", "2.7", "2.8", "2.9"] as const);
}

function readKubeVersion(text: string): string {
  if (/^v?1\.\d+(\.\d+)?([-+][0-9A-Za-z.+-]+)?$/.test(text)) return text.replace(/^v/, "");
  throw new UserError(`--kube-version can't be "${text}". It looks like 1.34 or 1.34.2.`);
}

/** `group/version` and `group/version/Kind`, separated by commas. */
function readApiVersions(texts: readonly string[]): readonly string[] {
  const versions = texts.flatMap((text) => text.split(",").map((item) => item.trim()));
  const bad = versions.find((item) => !/^[a-z0-9.-]+(\/[A-Za-z0-9]+){0,2}$/.test(item));
  if (bad === undefined) return versions;
  throw new UserError(
    `--api-versions can't hold "${bad}". It looks like monitoring.coreos.com/v1.`,
  );
}

/** `Kind/namespace/name=folder`; the folder may hold `=`. */
function readSources(texts: readonly string[]): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const text of texts) {
    const parts = /^([A-Z][A-Za-z]*\/[a-z0-9.-]+\/[a-z0-9.-]+)=(.+)$/s.exec(text);
    const [, key, folder] = parts ?? [];
    if (key === undefined || folder === undefined) {
      throw new UserError(`--source can't be "${text}". It looks like KIND/NAMESPACE/NAME=DIR.`);
    }
    if (sources.has(key)) throw new UserError(`--source names ${key} twice.`);
    sources.set(key, folder);
  }
  return sources;
}

/** The controllers' own notation, `A=true,B=false`; a later value wins as it does there. */
function readFeatureGates(texts: readonly string[]): Readonly<Record<string, boolean>> {
  const gates: [string, boolean][] = [];
  for (const text of texts.flatMap((each) => each.split(",")).map((each) => each.trim())) {
    if (text === "") continue;
    const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(true|false)$/i.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new UserError(
        `--feature-gates can't hold "${text}". It looks like NAME=true,OTHER=false.`,
      );
    }
    gates.push([name, value.toLowerCase() === "true"]);
  }
  return Object.fromEntries(gates);
}

function readJobs(text: string): number {
  const jobs = Number(text);
  if (/^\d+$/.test(text) && jobs >= 1 && jobs <= 256) return jobs;
  throw new UserError(`--jobs can't be "${text}". It is a number from 1 to 256.`);
}

/**
 * `sluice bootstrap`: the files that `flux bootstrap` would commit, as a plan or, when asked, on the disk. It simulates nothing,
 * so it needs no session.
 */
import { lstat, mkdir, readdir, readFile, realpath, rename, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

import {
  type BootstrapFile,
  type BootstrapOptions,
  type BootstrapPlan,
  type BootstrapSource,
  type Distribution,
  defaultComponents,
  fluxFolder,
  planBootstrap,
} from "#simulator";
import { findRepository, openDistribution } from "#simulator/node";

import { bundledFile } from "../bundled-file.ts";
import type { CommandLine } from "../command-line.ts";
import { documentText } from "../print/document.ts";
import { printable } from "../print/printable.ts";
import { UserError } from "../user-error.ts";

/** Files larger than this are no manifests that somebody wrote. */
const largestManifest = 4 * 2 ** 20;

/** The text to print. Throws a `UserError` that says what is in the way. */
export async function bootstrap(line: CommandLine): Promise<string> {
  const format = line.given.get("output")?.[0] ?? "text";
  if (!["text", "json", "yaml"].includes(format)) {
    throw new UserError(`-o can't be "${format}". It can be text, json, yaml.`);
  }
  const options = readOptions(line);
  const distribution = await openDistribution(bundledFile("distribution.json.gz"));
  const root = await rootOf(line.operand ?? ".");
  const folder = fluxFolder(options);
  const plan = planBootstrap(distribution, options, await readManifests(root, folder));
  if (plan.faults.length > 0) {
    throw new UserError(plan.faults.join(" "));
  }
  const changed = plan.files.filter(({ change }) => change !== "none");
  const written = line.given.has("write");
  if (written) {
    await writeFiles(root, changed);
  }
  if (format !== "text") {
    return documentText(
      { version: distribution.version, root, written, ...plan },
      format as "json",
    );
  }
  return planText(plan, distribution, options, written);
}

function readOptions(line: CommandLine): BootstrapOptions {
  const one = (name: Parameters<typeof line.given.get>[0]): string | undefined =>
    line.given.get(name)?.[0];
  const list = (name: Parameters<typeof line.given.get>[0]): readonly string[] =>
    (line.given.get(name) ?? []).flatMap((text) => text.split(",")).filter((text) => text !== "");
  const url = one("url");
  if (url === undefined) {
    throw new UserError("Which source shall the cluster follow? Give it with --url.");
  }
  const paths = line.given.get("path") ?? [];
  if (paths.length > 1) {
    throw new UserError("--path was given twice. A cluster has one folder.");
  }
  const components = list("components");
  const extra = list("components-extra");
  const chosen = [...(components.length > 0 ? components : defaultComponents), ...extra];
  const namespace = one("namespace");
  const registry = one("registry");
  const interval = one("interval");
  const secret = one("secret-name");
  return {
    source: sourceOf(url, one("branch"), one("tag")),
    path: paths[0] ?? "",
    ...(secret !== undefined && { secret }),
    ...(interval !== undefined && { interval: goDuration(interval) }),
    install: {
      ...(namespace !== undefined && { namespace }),
      ...(registry !== undefined && { registry }),
      ...(chosen.length > 0 && { components: [...new Set(chosen)] }),
    },
  };
}

function sourceOf(
  url: string,
  branch: string | undefined,
  tag: string | undefined,
): BootstrapSource {
  if (url.startsWith("oci://")) {
    if (branch !== undefined) {
      throw new UserError("--branch is for Git. An OCI artifact has a --tag.");
    }
    return { kind: "oci", url, ...(tag !== undefined && { tag }) };
  }
  if (tag !== undefined) {
    throw new UserError("--tag is for OCI artifacts. A Git repository has a --branch.");
  }
  return { kind: "git", url, ...(branch !== undefined && { branch }) };
}

/** Flux writes durations as Go prints them: 5m is `5m0s`. */
function goDuration(text: string): string {
  const found = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/u.exec(text);
  const [hours, minutes, seconds] = [1, 2, 3].map((at) => Number(found?.[at] ?? 0));
  const total = ((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  if (total === 0) {
    throw new UserError(`--interval can't be "${text}". It looks like 30s, 5m or 1h.`);
  }
  const h = Math.floor(total / 3600);
  const m = Math.floor((total % 3600) / 60);
  const s = `${total % 60}s`;
  if (h > 0) {
    return `${h}h${m}m${s}`;
  }
  return m > 0 ? `${m}m${s}` : s;
}

/** The paths of Flux begin at the root of the repository, wherever in it the command runs. */
async function rootOf(dir: string): Promise<string> {
  const repository = await findRepository(dir);
  if (repository?.bare === true) {
    throw new UserError(`${dir} is a bare repository, which has no files to write.`);
  }
  return repository?.root ?? realpath(dir);
}

/** The texts that the plan is compared with; none when the folder is not there. */
async function readManifests(root: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const base = join(root, ...folder.split("/"));
  const files = new Map<string, string>();
  let names: readonly string[];
  try {
    names = await readdir(base, { recursive: true });
  } catch {
    return files;
  }
  for (const name of names) {
    const found = await lstat(join(base, name));
    if (found.isFile() && found.size <= largestManifest) {
      const path = `${folder}/${name.split(sep).join("/")}`;
      files.set(path, await readFile(join(base, name), "utf8"));
    }
  }
  return files;
}

async function writeFiles(root: string, files: readonly BootstrapFile[]): Promise<void> {
  for (const { path, text } of files) {
    const file = join(root, ...path.split("/"));
    if (!isInside(root, await nearestFolder(dirname(file)))) {
      throw new UserError(`${path} leads out of the repository by a symbolic link.`);
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  }
}

function isInside(root: string, folder: string): boolean {
  return folder === root || folder.startsWith(`${root}${sep}`);
}

/** The real path of the deepest part of a folder's path that is there. */
async function nearestFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : nearestFolder(above);
  }
}

const signs = { create: "+", update: "~", none: " " } as const;

function planText(
  plan: BootstrapPlan,
  distribution: Distribution,
  options: BootstrapOptions,
  written: boolean,
): string {
  const width = Math.max(...plan.files.map(({ path }) => path.length));
  const rows = plan.files.map(({ path, text, change }) => {
    const lines = text.split("\n").length - 1;
    const same = change === "none" ? "  unchanged" : "";
    return `  ${signs[change]} ${printable(path).padEnd(width)}  ${String(lines).padStart(5)} lines${same}`;
  });
  return [
    `Flux ${distribution.version}, following ${printable(options.source.url)}`,
    ...rows,
    ...plan.remarks.map(printable),
    ...closing(plan, options, written),
    "",
  ].join("\n");
}

function closing(
  plan: BootstrapPlan,
  options: BootstrapOptions,
  written: boolean,
): readonly string[] {
  if (plan.files.every(({ change }) => change === "none")) {
    return ["Everything is there already."];
  }
  if (!written) {
    return ["Nothing was written: --write does it."];
  }
  const namespace = options.install?.namespace ?? "flux-system";
  const secret = options.secret ?? (options.source.kind === "git" ? namespace : undefined);
  return [
    "Written. Commit and push the files, then in the cluster:",
    ...(secret === undefined
      ? []
      : [
          `  create the Secret ${printable(`${namespace}/${secret}`)} with the credentials of the source`,
        ]),
    `  kubectl apply -k ${printable(fluxFolder(options))}`,
  ];
}

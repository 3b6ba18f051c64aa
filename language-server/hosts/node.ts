/** What the server needs of the world outside, on Node: files and Git of this machine, the engine in worker threads. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { FileTree, Log, Simulator } from "#simulator";
import { createSimulator, versionPicker } from "#simulator";
import type { Repository, WorkingTree } from "#simulator/node";
import {
  createNodeEngine,
  createSources,
  openDistribution,
  defaultCacheDir,
  openRepository,
  openWorkingTree,
  readAgeIdentities,
  readLayer,
  UserError,
} from "#simulator/node";

import type { InitializationOptions, PlanNote } from "../protocol.ts";
import { readPack } from "../schema/read-packs.ts";
import type {
  AgeKeys,
  BaseAnswer,
  FolderHost,
  NetworkSettings,
  ServerHost,
} from "../workspace/host.ts";
import { HostFailure } from "../workspace/host.ts";
import { canonicalRoot } from "../workspace/tree-uri.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export function createNodeHost(log: Log, env: Environment = process.env): ServerHost {
  let wasm: string | undefined;
  let schemas = bundledSchemas();
  return {
    initialize(options: InitializationOptions) {
      wasm = options.engineWasm;
      schemas = options.schemas ?? schemas;
    },
    readSchemas: (file) => readPack(schemas, file),
    openFolder: (uri) => orHostFailure(() => openFolder(uri)),
    async createSimulator(network: NetworkSettings): Promise<Simulator> {
      if (wasm !== undefined && !existsSync(wasm)) throw engineMissing(wasm);
      const cacheDir = defaultCacheDir(env);
      const engine = createNodeEngine(wasm ? { wasm } : {});
      const sources = createSources({
        ...network,
        cacheDir,
        log,
        pickVersion: versionPicker(engine),
      });
      const distribution = installManifests(wasm);
      return createSimulator({ engine, sources, distribution, log });
    },
    readArchive: (file, label, signal) => orHostFailure(() => readLayer(file, label, signal)),
    ageKeys: (file) => ageKeys(file, env),
  };
}

/** The install manifests of Flux lie beside the engine; they are read when a FluxInstance asks for them. */
function installManifests(wasm: string | undefined): () => ReturnType<typeof openDistribution> {
  let manifests: ReturnType<typeof openDistribution> | undefined;
  const file = wasm === undefined ? undefined : join(dirname(wasm), "distribution.json.gz");
  return () => (manifests ??= openDistribution(file));
}

/** `schemas/` beside the bundle, `dist/schemas/` in a checkout. */
function bundledSchemas(): string {
  const beside = typeof __dirname === "string" ? join(__dirname, "schemas") : undefined;
  return beside !== undefined && existsSync(beside)
    ? beside
    : fileURLToPath(new URL("../../dist/schemas/", import.meta.url));
}

async function openFolder(uri: string): Promise<FolderHost> {
  const tree = await openWorkingTree(fileURLToPath(uri));
  const repository =
    tree.repositoryRoot === undefined ? undefined : await openRepository(tree.root);
  let notes: readonly PlanNote[] = [];
  // A process of Git for each key that is typed would be felt.
  let remotes: readonly string[] | undefined;
  const keep = (read: Awaited<ReturnType<WorkingTree["read"]>>): FileTree => {
    notes = read.problems.map(({ message }) => ({ code: "files-left-out", message }));
    return read;
  };
  return {
    root: rootUri(uri, tree),
    read(overlay, signal) {
      remotes = undefined;
      return orHostFailure(async () => keep(await tree.read(overlay, signal)));
    },
    refresh: (before, changed, overlay, signal) =>
      orHostFailure(async () => keep(await tree.refresh(before, changed, overlay, signal))),
    baseKey: async (spec) => (repository ? (await resolveBase(repository, spec)).key : "no-git"),
    base: (spec, known, signal) => readBase(repository, spec, known, signal),
    remoteUrls: async () => (remotes ??= repository ? await repository.remoteUrls() : []),
    notes: () => notes,
    dispose: async () => repository?.dispose(),
  };
}

/** Keeps the spelling of the workspace folder, which may go through a symbolic link, so that URIs of documents match. */
function rootUri(folder: string, { root, subfolder }: WorkingTree): string {
  const given = canonicalRoot(folder);
  if (subfolder === "") return given;
  const tail = `/${subfolder}`;
  const decoded = decodeURIComponent(given);
  if (!decoded.endsWith(tail)) return canonicalRoot(pathToFileURL(root).href);
  return given.split("/").slice(0, -subfolder.split("/").length).join("/");
}

interface ResolvedBase {
  readonly key: string;
  readonly commit?: string;
  readonly message?: string;
}

/** `spec` is `merge-base:<branch>` or anything Git understands as a revision. */
async function resolveBase(repository: Repository, spec: string): Promise<ResolvedBase> {
  const branch = /^merge-base:(.+)$/.exec(spec)?.[1];
  try {
    if (branch === undefined) {
      const commit = (await repository.resolve(spec))?.commit;
      return commit === undefined ? { key: `missing ${spec}` } : { key: commit, commit };
    }
    const base = await repository.mergeBase("HEAD", branch);
    if (base.found) return { key: base.commit, commit: base.commit };
    return { key: `missing ${spec}`, message: base.message };
  } catch (error) {
    if (error instanceof UserError) return { key: `missing ${spec}`, message: error.message };
    throw error;
  }
}

async function readBase(
  repository: Repository | undefined,
  spec: string,
  known: FileTree,
  signal: AbortSignal,
): Promise<BaseAnswer> {
  if (!repository) return { outcome: "none", note: noGit };
  const { commit, message } = await resolveBase(repository, spec);
  if (commit === undefined) return { outcome: "none", note: baseNotFound(spec, message) };
  const tree = await repository.readTree(commit, known, signal);
  return {
    outcome: "tree",
    tree: { ...tree, label: spec.replace(/^merge-base:/, "merge base with ") },
  };
}

const noGit: PlanNote = {
  code: "no-git",
  message: "The folder is not in a Git repository, so there is nothing to compare with.",
};

function baseNotFound(spec: string, message: string | undefined): PlanNote {
  const text = `Nothing to compare with: Git finds no ${spec}. Choose another revision with "Compare With…".`;
  return { code: "base-not-found", message: message ?? text };
}

async function ageKeys(file: string, env: Environment): Promise<AgeKeys> {
  const path = file.replace(/^~(?=\/|$)/, homedir());
  const options = { env, useDefault: true, ...(path ? { file: path } : {}) };
  const { identities, problems } = await readAgeIdentities(options);
  return {
    identities,
    notes: problems.map((message) => ({ code: "keys-unreadable", message })),
  };
}

function engineMissing(wasm: string): HostFailure {
  return new HostFailure(
    "engine-missing",
    `The render engine is missing (${wasm}). Install the extension again, or run "npm run build" in a checkout.`,
  );
}

async function orHostFailure<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UserError) throw new HostFailure("unreadable", error.message);
    throw error;
  }
}

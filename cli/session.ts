/** Opens everything a request needs: the trees, given files, the engine, the sources, and the simulator over them. */
import { readFile } from "node:fs/promises";

import type { FileTree, GivenFile, Log, SimulationOptions } from "#simulator";
import { createSimulator, versionPicker } from "#simulator";
import {
  createCachedEngine,
  createSources,
  defaultCacheDir,
  openDistribution,
  readAgeIdentities,
  UserError as NodeUserError,
} from "#simulator/node";
import type { AgeIdentities } from "#simulator/node";
import type { SharedCache } from "#simulator/node/shared-cache";

import { bundledFile } from "./bundled-file.ts";
import { openLive } from "./open-live.ts";
import type { NamedLive } from "./open-live.ts";
import type { Request } from "./request.ts";
import { readFolder, readSides } from "./sides.ts";
import type { Sides } from "./sides.ts";
import { UserError } from "./user-error.ts";
import type { Session } from "./verbs/verb.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a `UserError` when something that was named can't be read. */
export async function openSession(
  request: Request,
  env: Environment,
  log: Log | undefined,
  signal: AbortSignal,
): Promise<Session> {
  const shared = await inUserWords(() => openShared(request, env));
  const sharedNotes = (await shared?.bring(signal)) ?? [];
  // The engine starts up while the trees are being read.
  const { simulator, engine, close: closeSimulator } = composed(request, env, log, shared);
  let named: NamedLive | undefined;
  const close = async (): Promise<void> => {
    named?.close();
    await closeSimulator();
  };
  try {
    named = await openLive(request, env, signal);
    const live = named === undefined ? {} : { live: named.live };
    const sides = await readSides(request, signal);
    const options = await simulationOptions(request, sides, env, signal);
    const notes = [...sharedNotes, ...sides.notes, ...options.notes];
    const finish = shared === undefined ? {} : { finish: shared.put };
    const given = { options: options.value, ...sidesOf(sides), ...live, notes };
    return { simulator, engine, close, ...given, ...finish };
  } catch (error) {
    await close();
    throw inWords(error);
  }
}

function inWords(error: unknown): unknown {
  return error instanceof NodeUserError ? new UserError(error.message, { cause: error }) : error;
}

async function inUserWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inWords(error);
  }
}

/** The cache that machines share, when one was named. */
async function openShared(request: Request, env: Environment): Promise<SharedCache | undefined> {
  const { cache: address, cacheReadOnly: readOnly, shard } = request;
  if (address === undefined) return undefined;
  const { openSharedCache } = await import("#simulator/node/shared-cache");
  const cacheDir = request.cacheDir ?? defaultCacheDir(env);
  const part = shard === undefined ? {} : { shard };
  return openSharedCache({ address, readOnly, cacheDir, env, now: Date.now, ...part });
}

function sidesOf({ target, base }: Sides): Pick<Session, "target" | "base"> {
  return { target, ...(base !== undefined && { base }) };
}

function composed(
  request: Request,
  env: Environment,
  log: Log | undefined,
  shared: SharedCache | undefined,
): Pick<Session, "simulator" | "engine" | "close"> {
  const cacheDir = request.cacheDir ?? defaultCacheDir(env);
  const onUse = shared === undefined ? {} : { onUse: shared.use };
  const wasm = bundledFile("engine.wasm");
  const engine = createCachedEngine({
    cacheDir,
    ...onUse,
    ...(wasm !== undefined && { wasm }),
    ...(request.jobs !== undefined && { jobs: request.jobs }),
  });
  const sources = createSources({
    cacheDir,
    ...onUse,
    offline: request.offline,
    allowPrivateNetwork: request.allowPrivateNetwork,
    pickVersion: versionPicker(engine),
    ...(log !== undefined && { log }),
  });
  const simulator = createSimulator({
    engine,
    sources,
    distribution: installManifests(),
    ...(log !== undefined && { log }),
  });
  return { simulator, engine, close: () => simulator.dispose() };
}

/** The install manifests of Flux, read once, when a FluxInstance asks for them. */
function installManifests(): () => ReturnType<typeof openDistribution> {
  let manifests: ReturnType<typeof openDistribution> | undefined;
  return () => (manifests ??= openDistribution(bundledFile("distribution.json.gz")));
}

async function simulationOptions(
  request: Request,
  { prefix, remoteUrls }: Sides,
  env: Environment,
  signal: AbortSignal,
): Promise<{ readonly value: SimulationOptions; readonly notes: readonly string[] }> {
  const keys = await ageKeys(request.ageKeyFile, env);
  const value: SimulationOptions = {
    paths: request.paths.map((path) => clusterFolder(path, prefix)),
    roots: await Promise.all(request.roots.map((path) => givenFile("--root", path))),
    live: await Promise.all(request.live.map((path) => givenFile("--live", path))),
    sources: await givenSources(request.sources, signal),
    remoteUrls,
    flux: request.flux,
    ...(request.kubeVersion !== undefined && { kubeVersion: request.kubeVersion }),
    helm: request.helm,
    apiVersions: request.apiVersions,
    featureGates: request.featureGates,
    ageIdentities: keys.identities,
    ...(request.shard !== undefined && { shard: request.shard }),
  };
  return { value, notes: keys.problems };
}

/** A file that was asked for must hold a key; the places that sops looks at by itself need not. */
async function ageKeys(file: string | undefined, env: Environment): Promise<AgeIdentities> {
  if (file === undefined) return readAgeIdentities({ env, useDefault: true });
  const own = await readAgeIdentities({ env: {}, file });
  if (own.identities.length === 0) {
    throw new UserError(`--age-key-file: ${own.problems[0] ?? `there is no age key in ${file}.`}`);
  }
  return readAgeIdentities({ env, file, useDefault: true });
}

/** `--path` as a clean path below the root of the tree. */
export function clusterFolder(path: string, prefix: string): string {
  const parts = `${prefix}${path}`.split(/[/\\]+/).filter((part) => part !== "" && part !== ".");
  if (parts.includes("..") || /^([/\\]|[A-Za-z]:)/.test(path)) {
    throw new UserError(
      `--path can't be "${path}". It is a folder inside DIR, written relative to DIR.`,
    );
  }
  return parts.join("/");
}

async function givenFile(option: string, path: string): Promise<GivenFile> {
  try {
    return { name: path, text: await readFile(path, "utf8") };
  } catch (error) {
    throw new UserError(`${option}: ${path} can't be read (${reason(error)}).`, { cause: error });
  }
}

async function givenSources(
  folders: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FileTree>> {
  const trees = new Map<string, FileTree>();
  for (const [key, folder] of folders) trees.set(key, await readFolder(folder, signal));
  return trees;
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "it does not exist";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES" || code === "EPERM") return "access is denied";
  return typeof code === "string" ? code : "unreadable";
}

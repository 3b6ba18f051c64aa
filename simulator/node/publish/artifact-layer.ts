/** Makes the layer of an artifact with the engine, whose gzip is Go's: another one would give other bytes and another digest. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { compileEngine, EngineInstance } from "#simulator/engine";

import { UserError } from "../user-error.ts";
import type { ArtifactEntry } from "./artifact-entries.ts";

export interface ArtifactLayer {
  readonly bytes: Uint8Array;
  /** Digest of the archive before it is compressed. */
  readonly diffId: string;
  /** Files in it. */
  readonly files: number;
}

/** `archive` in `simulator/engine/dispatch/more.go`. */
const operation = 16;

/** What flux leaves out unless it is told otherwise (`excludeOCI` in flux2 cmd/flux/build_artifact.go). */
export const defaultIgnore: readonly string[] = [
  ...[".git/", ".gitignore", ".gitmodules", ".gitattributes"],
  ...["*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip"],
];

/** The engine holds everything at once. */
const maxBytes = 128 * 1024 * 1024;

export async function makeLayer(
  wasm: string,
  entries: readonly ArtifactEntry[],
  ignore: readonly string[],
  signal?: AbortSignal,
): Promise<ArtifactLayer> {
  const engine = await startEngine(wasm);
  const { kept = [] } = ask(engine, { entries: entries.map(toEntry), ignore });
  const chosen = kept.flatMap((at) => entries[at] ?? []);
  const total = chosen.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes)
    throw new UserError(`The artifact would have ${total} bytes; the limit is ${maxBytes}.`);
  const contents: string[] = [];
  for (const { folder, file } of chosen) {
    signal?.throwIfAborted();
    contents.push(folder ? "" : await contentOf(file));
  }
  const { archive, diffId, failure } = ask(engine, {
    entries: chosen.map(toEntry),
    ignore: [],
    contents,
  });
  if (archive === undefined || diffId === undefined)
    throw new UserError(`The artifact can't be made: ${failure ?? "it is too large"}.`);
  const files = chosen.filter(({ folder }) => !folder).length;
  return { bytes: new Uint8Array(Buffer.from(archive, "base64")), diffId, files };
}

async function startEngine(wasm: string): Promise<EngineInstance> {
  const bytes = await readFile(wasm).catch(() => {
    throw new UserError(`The render engine ${wasm} is missing, which makes the archive.`);
  });
  const image = await readFile(join(dirname(wasm), "engine.image")).catch(() => undefined);
  return new EngineInstance(await compileEngine(bytes), image);
}

interface ArchiveRequest {
  readonly entries: readonly object[];
  readonly ignore: readonly string[];
  /** Base64. */
  readonly contents?: readonly string[];
}
interface ArchiveResult {
  readonly kept?: readonly number[];
  readonly archive?: string;
  readonly diffId?: string;
  readonly failure?: string;
}

function ask(engine: EngineInstance, request: ArchiveRequest): ArchiveResult {
  const answer = engine.raw(operation, new TextEncoder().encode(JSON.stringify(request)));
  const result = JSON.parse(new TextDecoder().decode(answer)) as ArchiveResult & {
    readonly error?: string;
  };
  return result.error === undefined ? result : { failure: result.error };
}

function toEntry({ path, folder, mode }: ArtifactEntry): object {
  return { path, folder, mode };
}

async function contentOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch(() => {
    throw new UserError(`${file} can't be read.`);
  });
  return bytes.toString("base64");
}

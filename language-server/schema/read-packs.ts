/** Where the packs are on Node.js: `schemas/` beside the bundle, `dist/schemas/` of a checkout. Unpacked off the main thread. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import type { Packs } from "./packs.ts";
import { loadPacks } from "./packs.ts";

export function readPacksFrom(folder: string): Promise<Packs> {
  return loadPacks((file) => readPack(folder, file));
}

export async function readPack(folder: string, file: string): Promise<Uint8Array> {
  return promisify(gunzip)(await readFile(join(folder, file)));
}

/** Where the packs are on Node.js: `schemas/` beside the bundle, `dist/schemas/` of a checkout. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Packs } from "./packs.ts";
import { loadPacks } from "./packs.ts";

export function readPacksFrom(folder: string): Promise<Packs> {
  return loadPacks((file) => readFile(join(folder, file)));
}

/** Reads the install manifests of Flux that come with Sluice (`dist/distribution.json.gz`). */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { readDistribution, type Distribution } from "#simulator";

import { UserError } from "./user-error.ts";

/** `file` is beside the program; without it the one that a checkout builds. Rejects with a `UserError` when it is missing. */
export async function openDistribution(file?: string): Promise<Distribution> {
  const path = file ?? fileURLToPath(new URL("../../dist/distribution.json.gz", import.meta.url));
  let distribution: Distribution | undefined;
  try {
    const text = await promisify(gunzip)(await readFile(path));
    distribution = readDistribution(JSON.parse(text.toString("utf8")));
  } catch {
    distribution = undefined;
  }
  if (distribution === undefined) {
    throw new UserError(
      `The install manifests of Flux (${path}) are missing. In a checkout npm run build makes them; else install Sluice again.`,
    );
  }
  return distribution;
}

/** Both archives of a publication as files of a folder that only this user can read, for a program that is to compare them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { CurrentArtifact } from "./current-artifact.ts";
import type { MadeArtifact } from "./publish.ts";

export interface StagedLayers {
  readonly after: string;
  /** Absent where the tag leads to nothing. */
  readonly before?: string;
}

/** The files are gone when `work` has ended. */
export async function withStagedLayers<T>(
  made: Pick<MadeArtifact, "layer">,
  current: CurrentArtifact,
  work: (layers: StagedLayers) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-publish-"));
  try {
    const put = async (name: string, bytes: Uint8Array): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, bytes, { mode: 0o600 });
      return file;
    };
    const after = await put("after.tgz", made.layer);
    if (current.state !== "there") return await work({ after });
    return await work({ after, before: await put("before.tgz", current.layer.bytes) });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

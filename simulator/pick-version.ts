/** Version ranges resolved by the engine, so that sources are chosen as source-controller chooses them. */
import type { Engine, FileTree, PickVersion } from "./ports.ts";

const noArtifacts: ReadonlyMap<string, FileTree> = new Map();

export function versionPicker(engine: Engine): PickVersion {
  return async (request, signal) => {
    const { version } = await engine.call("version", request, noArtifacts, signal);
    return version;
  };
}

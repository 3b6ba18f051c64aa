/** An engine that remembers what it was asked, so that the native program can be asked the same and compared byte for byte. */
import { fileURLToPath } from "node:url";

import type { Engine, FileTree } from "#simulator";
import type { KustomizeRequest, KustomizeResult } from "#simulator/engine";
import { encodeFiles, NativeEngine } from "../test/support/native-engine.ts";

export interface NativeComparison {
  readonly equal: number;
  readonly total: number;
}

interface Asked {
  readonly request: KustomizeRequest;
  readonly trees: ReadonlyMap<string, FileTree>;
  readonly result: KustomizeResult;
}

const operations = { putFiles: 1, dropArtifact: 2, kustomizeBuild: 3 } as const;

export function withNative(engine: Engine): {
  readonly engine: Engine;
  compare(): Promise<NativeComparison>;
} {
  const asked: Asked[] = [];
  return {
    engine: {
      excluded: (tree, ignore, signal) => engine.excluded(tree, ignore, signal),
      dispose: () => engine.dispose(),
      async kustomize(request, trees, signal) {
        const result = await engine.kustomize(request, trees, signal);
        asked.push({ request, trees, result });
        return result;
      },
    },
    compare: () => compare(asked),
  };
}

async function compare(asked: readonly Asked[]): Promise<NativeComparison> {
  const native = new NativeEngine(fileURLToPath(new URL("../dist/engine-native", import.meta.url)));
  const held = new Map<string, FileTree>();
  const text = new TextEncoder();
  let equal = 0;
  for (const { request, trees, result } of asked) {
    for (const [id, tree] of trees) {
      if (held.get(id) === tree) continue;
      const files = [...tree.files].flatMap(([path, { bytes }]) =>
        bytes === undefined ? [] : [[path, bytes] as const],
      );
      await native.call(operations.dropArtifact, text.encode(id));
      await native.call(operations.putFiles, encodeFiles(id, files));
      held.set(id, tree);
    }
    const message = text.encode(JSON.stringify(request));
    const answer = await native.call(operations.kustomizeBuild, message);
    const decoded: unknown = JSON.parse(new TextDecoder().decode(answer));
    if (JSON.stringify(decoded) === JSON.stringify(result)) equal++;
  }
  await native.stop();
  return { equal, total: asked.length };
}

/** An engine that remembers what it was asked, so that the native program can be asked the same and compared byte for byte. */
import { fileURLToPath } from "node:url";

import type { Engine, FileTree } from "#simulator";
import { callOperations, type EngineCall, type EngineCalls } from "#simulator/engine";
import { encodeFiles, NativeEngine } from "../test/support/native-engine.ts";

export interface NativeComparison {
  readonly equal: number;
  readonly total: number;
}

interface Asked {
  readonly call: EngineCall;
  readonly request: EngineCalls[EngineCall][0];
  readonly trees: ReadonlyMap<string, FileTree>;
  readonly result: EngineCalls[EngineCall][1];
}

const operations = { putFiles: 1, dropArtifact: 2 } as const;

export function withNative(engine: Engine): {
  readonly engine: Engine;
  compare(): Promise<NativeComparison>;
} {
  const asked: Asked[] = [];
  return {
    engine: {
      excluded: (tree, ignore, signal) => engine.excluded(tree, ignore, signal),
      dispose: () => engine.dispose(),
      async call(call, request, trees, signal) {
        const result = await engine.call(call, request, trees, signal);
        asked.push({ call, request, trees, result });
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
  for (const { call, request, trees, result } of asked) {
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
    const answer = await native.call(callOperations[call], message);
    const decoded: unknown = JSON.parse(new TextDecoder().decode(answer));
    if (JSON.stringify(decoded) === JSON.stringify(result)) equal++;
  }
  await native.stop();
  return { equal, total: asked.length };
}

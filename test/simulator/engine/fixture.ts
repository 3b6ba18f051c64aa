/** Building in tests: files written as one text, a request with defaults, and one engine for a whole test file. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { FileTree, TreeFile } from "#simulator";
import {
  EngineInstance,
  compileEngine,
  type KustomizeRequest,
  type KustomizeResult,
} from "#simulator/engine";

const dist = (name: string): string =>
  fileURLToPath(new URL(`../../../dist/${name}`, import.meta.url));

/** Path of a product of `scripts/build-engine.mjs`. */
export function built(name: "engine.wasm" | "engine.image" | "engine-native"): string {
  const path = dist(name);
  if (!existsSync(path)) {
    throw new Error(`${path} is missing. Build it with: node scripts/build-engine.mjs`);
  }
  return path;
}

export const engineModule = await compileEngine(readFileSync(built("engine.wasm")));
const engineImage: Uint8Array = readFileSync(built("engine.image"));

export function startEngine(): EngineInstance {
  return new EngineInstance(engineModule, engineImage);
}

export type Files = Readonly<Record<string, string>>;

/** Several files in one text, each introduced by a line `#- path`. */
function filesOf(text: string): Files {
  const files: Record<string, string> = {};
  for (const part of text.split(/^#- /mu).slice(1)) {
    const end = part.indexOf("\n");
    files[part.slice(0, end).trim()] = part.slice(end + 1);
  }
  return files;
}

export function requestFor(
  spec: object,
  changes: Partial<KustomizeRequest> = {},
): KustomizeRequest {
  return {
    artifact: "repo",
    kustomization: {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name: "apps", namespace: "flux-system" },
      spec: { path: "./", prune: true, ...spec },
    },
    flux: "2.9",
    strict: true,
    objects: [],
    assumed: [],
    ageIdentities: [],
    undecryptable: "fail",
    remotes: [],
    mode: "exact",
    ...changes,
  };
}

export function putFiles(engine: EngineInstance, artifact: string, files: Files): void {
  const encoder = new TextEncoder();
  engine.dropArtifact(artifact);
  engine.putFiles(
    artifact,
    Object.entries(files).map(([path, text]) => ({ path, bytes: encoder.encode(text) })),
  );
}

const shared = startEngine();

/** Builds with an engine that the tests of a file share. Artifacts are replaced by those given. */
export function build(
  files: string | Files,
  spec: object = {},
  changes: Partial<KustomizeRequest> = {},
  others: Readonly<Record<string, Files>> = {},
): KustomizeResult {
  putFiles(shared, "repo", typeof files === "string" ? filesOf(files) : files);
  for (const [artifact, content] of Object.entries(others)) {
    putFiles(shared, artifact, content);
  }
  return shared.answer("kustomize", requestFor(spec, changes));
}

/** The objects of an answer, parsed; a failure is thrown with its message. */
export function objectsOf(result: KustomizeResult): readonly Record<string, unknown>[] {
  if (result.failure !== undefined) {
    throw new Error(result.failure.message);
  }
  return result.objects.map(({ json }) => JSON.parse(json) as Record<string, unknown>);
}

export function treeOf(files: Files): FileTree {
  const encoder = new TextEncoder();
  const entries = Object.entries(files).map(([path, text]): [string, TreeFile] => {
    const bytes = encoder.encode(text);
    return [path, { id: text, size: bytes.byteLength, kind: "file", bytes }];
  });
  return { label: "test", revision: "main@sha1:0", files: new Map(entries) };
}

export function configMap(
  name: string,
  data: Readonly<Record<string, string>> = { key: "value" },
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "demo" },
    data,
  });
}

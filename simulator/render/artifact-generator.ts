/**
 * ArtifactGenerators: what the engine is asked, and the artifacts its answer makes. The objects of such a render are the
 * ExternalArtifacts that source-watcher would create (`fluxcd/source-watcher internal/controller`).
 */
import type {
  EngineObject,
  GeneratedArtifact,
  GeneratorRequest,
  GeneratorResult,
  RenderResult,
} from "../engine/protocol.ts";
import { fluxApiVersion } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import { canonicalJson, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree, TreeFile } from "../ports.ts";
import type { ArtifactTrees } from "./build-memo.ts";
import type { BuildInputs } from "./build.ts";
import type { MadeArtifact } from "./node.ts";

export interface GeneratorSource {
  readonly alias: string;
  readonly id: string;
  readonly tree: FileTree;
}

export interface GeneratorRender extends RenderResult {
  readonly artifacts: ReadonlyMap<string, MadeArtifact>;
}

export function generatorInputs(
  object: JsonObject,
  sources: readonly GeneratorSource[],
): BuildInputs {
  const generator = {
    apiVersion: object["apiVersion"],
    kind: object["kind"],
    metadata: objectAt(object, "metadata"),
    spec: objectAt(object, "spec"),
  };
  const request: GeneratorRequest = {
    generator,
    sources: sources.map(({ alias, id, tree }) => ({
      alias,
      artifact: id,
      revision: tree.revision,
    })),
  };
  return {
    key: JSON.stringify(["generator", request]),
    question: { call: "generator", request },
    trees: new Map(sources.map(({ id, tree }) => [id, tree])),
  };
}

export function artifactResult(
  request: GeneratorRequest,
  answer: GeneratorResult,
  trees: ArtifactTrees,
): GeneratorRender {
  const namespace = textAt(request.generator, "metadata", "namespace") ?? "";
  const artifacts = new Map<string, MadeArtifact>();
  const objects: EngineObject[] = [];
  for (const artifact of answer.artifacts) {
    const key = localKey(externalArtifact, namespace, artifact.name);
    artifacts.set(key, { id: `made|${key}|${artifact.revision}`, tree: treeOf(artifact, trees) });
    objects.push(objectOf(artifact, request.generator as JsonObject, namespace));
  }
  return {
    objects,
    artifacts,
    reads: answer.reads,
    needs: [],
    warnings: [],
    ...(answer.failure === undefined ? {} : { failure: answer.failure }),
  };
}

const externalArtifact = "ExternalArtifact";

function treeOf(artifact: GeneratedArtifact, trees: ArtifactTrees): FileTree {
  const files = new Map<string, TreeFile>();
  for (const { path, from, content } of artifact.files) {
    if (from === undefined) {
      const bytes = Uint8Array.from(atob(content ?? ""), (char) => char.charCodeAt(0));
      // Content is its own identity: merged and extracted files are never compared with Git.
      files.set(path, { id: `made:${content ?? ""}`, size: bytes.length, kind: "file", bytes });
      continue;
    }
    const slash = from.indexOf("/");
    const file = trees.get(from.slice(0, slash))?.files.get(from.slice(slash + 1));
    if (file !== undefined) files.set(path, file);
  }
  return { label: artifact.name, revision: artifact.revision, files };
}

/** The ExternalArtifact as source-watcher creates it; its status names the artifact. */
function objectOf(
  artifact: GeneratedArtifact,
  generator: JsonObject,
  namespace: string,
): EngineObject {
  const apiVersion = fluxApiVersion(externalArtifact);
  const object: JsonObject = {
    apiVersion,
    kind: externalArtifact,
    metadata: { name: artifact.name, namespace, labels: artifact.labels },
    spec: {
      sourceRef: {
        apiVersion: generator["apiVersion"],
        kind: generator["kind"],
        name: textAt(generator, "metadata", "name"),
        namespace,
      },
    },
  };
  return {
    apiVersion,
    kind: externalArtifact,
    namespace,
    name: artifact.name,
    json: canonicalJson(object),
    scope: "Namespaced",
  };
}

/** One applier in the tree of a cluster, and what became of it. */
import type {
  EngineObject,
  GeneratorRequest,
  HelmRequest,
  HelmResult,
  KustomizeRequest,
  RenderResult,
  ResourceSetRequest,
} from "../engine/protocol.ts";
import type { InstanceProblem } from "../distribution/flux-instance.ts";
import { fluxApiVersion } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import type { AnyApplierSpec } from "../flux/read-applier.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree } from "../ports.ts";
import type { ApplierState, ObjectRef, Place, ProblemCode } from "../records.ts";
import type { ArtifactTrees } from "./build-memo.ts";

/** An applier as its parent renders it (or as a root file writes it). */
export interface RenderNode {
  readonly id: string;
  readonly cluster: string;
  readonly object: JsonObject;
  readonly spec: AnyApplierSpec;
  readonly parent?: string;
  readonly place?: Place;
  /** Appliers above it; absent for roots. */
  readonly level?: number;
}

/** What the engine is asked for a render. */
export type Question =
  | { readonly call: "kustomize"; readonly request: KustomizeRequest }
  | { readonly call: "helm"; readonly request: HelmRequest }
  | { readonly call: "resourceSet"; readonly request: ResourceSetRequest }
  | { readonly call: "generator"; readonly request: GeneratorRequest }
  | {
      readonly call: "instance";
      readonly request: KustomizeRequest;
      readonly problems: readonly InstanceProblem[];
    };

/** An artifact that a render gives to others, by `ExternalArtifact/namespace/name`. */
export interface MadeArtifact {
  readonly tree: FileTree;
  readonly id: string;
}

/** The engine's answer and what it was asked. */
export interface Built {
  readonly outcome: "built";
  readonly key: string;
  readonly question: Question;
  readonly trees: ArtifactTrees;
  readonly result: RenderResult;
  /** Set for HelmReleases: the same answer with what only they have. */
  readonly helm?: HelmResult;
  /** Set for ArtifactGenerators. */
  readonly artifacts?: ReadonlyMap<string, MadeArtifact>;
  /** The artifact whose paths are paths of the simulated tree; absent when the source is another. */
  readonly treeArtifact?: string;
  /** Inputs that could not be fetched. */
  readonly extra?: readonly EngineObject[];
  readonly unavailable: readonly { readonly message: string; readonly reason: string }[];
}

/** It did not come to a build. */
export interface Stopped {
  readonly outcome: "stopped";
  readonly state: ApplierState;
  readonly reason: string;
  readonly message: string;
  readonly code: ProblemCode;
  /** What its controller applies all the same: the HelmChart whose source is missing. */
  readonly extra?: readonly EngineObject[];
}

export type Outcome = Built | Stopped;

export function applierId(
  cluster: string,
  ref: { readonly kind: string; readonly namespace: string; readonly name: string },
): string {
  return `${cluster}|${localKey(ref.kind, ref.namespace, ref.name)}`;
}

export function nodeRef(node: RenderNode): ObjectRef {
  const apiVersion = node.object["apiVersion"];
  const { kind, namespace, name } = node.spec;
  return {
    apiVersion: typeof apiVersion === "string" ? apiVersion : fluxApiVersion(kind),
    kind,
    namespace,
    name,
  };
}

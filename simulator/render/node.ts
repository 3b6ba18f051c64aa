/** One Kustomization in the tree of appliers, and what became of it. */
import type { KustomizeRequest, KustomizeResult } from "../engine/protocol.ts";
import { fluxApiVersion } from "../flux/kinds.ts";
import type { KustomizationSpec } from "../flux/kustomization.ts";
import { localKey } from "../flux/object-ref.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ApplierState, ObjectRef, Place, ProblemCode } from "../records.ts";
import type { ArtifactTrees } from "./build-memo.ts";

/** A Kustomization as its parent renders it (or as a root file writes it). */
export interface RenderNode {
  readonly id: string;
  readonly cluster: string;
  readonly object: JsonObject;
  readonly spec: KustomizationSpec;
  readonly parent?: string;
  readonly place?: Place;
  /** Kustomizations above it; absent for roots. */
  readonly level?: number;
}

/** The engine's answer and what it was asked. */
export interface Built {
  readonly outcome: "built";
  readonly key: string;
  readonly request: KustomizeRequest;
  readonly trees: ArtifactTrees;
  readonly result: KustomizeResult;
  /** Whether its source is the simulated tree, so that paths in the answer are paths of the tree. */
  readonly isTree: boolean;
  /** Inputs that could not be fetched. */
  readonly unavailable: readonly { readonly message: string; readonly reason: string }[];
}

/** It did not come to a build. */
export interface Stopped {
  readonly outcome: "stopped";
  readonly state: ApplierState;
  readonly reason: string;
  readonly message: string;
  readonly code: ProblemCode;
}

export type Outcome = Built | Stopped;

export function applierId(cluster: string, namespace: string, name: string): string {
  return `${cluster}|${localKey("Kustomization", namespace, name)}`;
}

export function nodeRef(node: RenderNode): ObjectRef {
  const apiVersion = node.object["apiVersion"];
  return {
    apiVersion: typeof apiVersion === "string" ? apiVersion : fluxApiVersion("Kustomization"),
    kind: "Kustomization",
    namespace: node.spec.namespace,
    name: node.spec.name,
  };
}

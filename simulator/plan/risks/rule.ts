/**
 * What a risk is to the code: metadata, and a check over everything one cluster's plan holds. A rule reads; it fetches nothing and
 * compares no text of its own accord. Values are decided on exact objects and said with those that may be shown.
 */
import type { JsonObject } from "../../manifest/json.ts";
import type { FileTree } from "../../ports.ts";
import type {
  Change,
  ObjectRef,
  Place,
  PlanApplier,
  Problem,
  RiskCode,
  RiskSeverity,
} from "../../records.ts";
import type { ClusterRender, RenderedNode } from "../../render/cluster.ts";
import type { HelmPart } from "../../engine/protocol.ts";
import type { Side } from "../fields.ts";

/** A change with both sides of its object. */
export interface ChangedObject {
  readonly change: Change;
  readonly base?: Side;
  readonly target?: Side;
  /** Set for what a HelmRelease applies. */
  readonly part?: HelmPart["part"];
  /** For a moved object: its old applier would delete it, because nothing says that it is to be kept. */
  readonly isPruned: boolean;
  /** The server said so, so that no table is asked: it is deleted and created anew because of these fields. */
  readonly recreatedFor?: readonly string[];
  /** The server refuses the change because of these fields. */
  readonly refusedFor?: readonly string[];
  /** Force deletes it, and the server refuses the new one because of these fields, as far as it names any. */
  readonly lostFor?: readonly string[];
  /** It is to be recreated, and its stage fails: it may be deleted before, and is not created then. */
  readonly isHalfway?: boolean;
  /** A cluster was asked: what it did not object to is possible. */
  readonly isAsked?: boolean;
}

export interface RiskContext {
  readonly objects: readonly ChangedObject[];
  readonly appliers: readonly PlanApplier[];
  readonly base: ClusterRender | undefined;
  readonly target: ClusterRender | undefined;
  readonly node: (side: "base" | "target", applier: string) => RenderedNode | undefined;
  /** Problems of the cluster that the base does not have. */
  readonly problems: readonly Problem[];
  readonly tree: FileTree;
  /** Of the cluster, when it is known. */
  readonly kubeVersion: string | undefined;
}

export interface Finding {
  readonly severity: RiskSeverity;
  readonly message: string;
  readonly applier: string;
  readonly object?: ObjectRef;
  /** The change that brings it, when there is one. */
  readonly changed?: ChangedObject;
  /** Where it is written; else the place of the change or of the applier is taken. */
  readonly place?: Place;
}

export interface RiskRule {
  readonly code: RiskCode;
  /** One line, for lists. */
  readonly summary: string;
  readonly find: (context: RiskContext) => Iterable<Finding>;
}

/** What may be said of one side; empty where nothing may. */
export function shown(side: Side | undefined): JsonObject {
  return side?.shown ?? {};
}

/** A finding about the object of a change. */
export function about(changed: ChangedObject, severity: RiskSeverity, message: string): Finding {
  const { applier, ref } = changed.change;
  return { severity, message, applier, object: ref, changed };
}

/** `group/Kind`; the core group is empty. */
export function groupKind({ apiVersion, kind }: ObjectRef): string {
  return apiVersion.includes("/")
    ? `${apiVersion.slice(0, apiVersion.indexOf("/"))}/${kind}`
    : `/${kind}`;
}

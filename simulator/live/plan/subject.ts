/**
 * One applier on both sides: as the simulation renders it, and as the API server will hold it when its parent has applied it. What a
 * person set on the cluster and the repository does not mention (`flux suspend`) stays, so the latter is what decides.
 */
import type { AnyApplierSpec } from "../../flux/read-applier.ts";
import { readApplier } from "../../flux/read-applier.ts";
import { localKey } from "../../flux/object-ref.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { ApplierRecord } from "../../records.ts";
import type { ClusterRender, RenderedNode } from "../../render/cluster.ts";
import { inventoryOf } from "../../render/inventory.ts";
import type { InventoryItem } from "../../render/inventory.ts";
import type { LiveAnswer, LiveQuestion } from "../question.ts";
import { stateOf } from "./live-appliers.ts";
import type { LiveAppliers } from "./live-appliers.ts";
import { questionOf } from "./wish.ts";

export interface Subject {
  readonly node: RenderedNode;
  readonly record: ApplierRecord;
  /** As it will be on the cluster. */
  readonly object: JsonObject;
  readonly spec: AnyApplierSpec;
  /** As it is there now; absent when it is new. */
  readonly live: JsonObject | undefined;
  /** Its own state on the cluster can't be read, so neither is its inventory known. */
  readonly isUnread: boolean;
}

export interface SubjectSources {
  readonly cluster: ClusterRender;
  readonly records: ReadonlyMap<string, ApplierRecord>;
  readonly live: LiveAppliers;
}

function keyOfNode({ spec }: RenderedNode): string {
  return localKey(spec.kind, spec.namespace, spec.name);
}

/** What is asked first: what will become of the appliers themselves. */
export function applierQuestions({ cluster, live }: SubjectSources): readonly LiveQuestion[] {
  const nodes = new Map(cluster.nodes.map((node) => [node.id, node]));
  return cluster.nodes.flatMap((node) => {
    const parent = nodes.get(node.parent ?? "");
    const item = parent === undefined ? undefined : itemOf(node, parent, cluster);
    if (parent === undefined || item === undefined) return [];
    const object = live.objects.get(keyOfNode(node));
    return [questionOf(item, { node: parent, object: parent.object }, stateOf(object))];
  });
}

function itemOf(
  { spec }: RenderedNode,
  { built }: RenderedNode,
  { scopes }: ClusterRender,
): InventoryItem | undefined {
  if (built.outcome !== "built") return undefined;
  return inventoryOf(built.result, scopes).find(
    ({ ref }) =>
      ref.kind === spec.kind && ref.name === spec.name && ref.namespace === spec.namespace,
  );
}

/** Parents come before their children, so that a suspended parent is known when its children are looked at. */
export function subjectsOf(
  { cluster, records, live }: SubjectSources,
  answers: ReadonlyMap<string, LiveAnswer>,
): ReadonlyMap<string, Subject> {
  const subjects = new Map<string, Subject>();
  const nodes = new Map(cluster.nodes.map((node) => [node.id, node]));
  for (const node of cluster.nodes) {
    const record = records.get(node.id);
    if (record === undefined) continue;
    const key = keyOfNode(node);
    const there = live.objects.get(key);
    const parent = nodes.get(node.parent ?? "");
    const item = parent === undefined ? undefined : itemOf(node, parent, cluster);
    const answer = item === undefined ? undefined : answers.get(`${parent?.id ?? ""}|${item.id}`);
    const isUpdated = parent === undefined || isActive(subjects.get(parent.id));
    const object = effective(node, { there, answer, isUpdated });
    const spec = readApplier(object);
    const isUnread = live.unread.has(key);
    subjects.set(node.id, {
      node,
      record: spec.suspend ? suspended(record) : record,
      object,
      spec,
      live: there,
      isUnread,
    });
  }
  return subjects;
}

interface Known {
  readonly there: JsonObject | undefined;
  readonly answer: LiveAnswer | undefined;
  readonly isUpdated: boolean;
}

function effective(node: RenderedNode, { there, answer, isUpdated }: Known): JsonObject {
  if (!isUpdated) return there ?? node.object;
  return answer?.outcome === "compared" ? answer.applied : node.object;
}

/** Whether it applies anything after the push. */
export function isActive(subject: Subject | undefined): boolean {
  return (
    subject !== undefined &&
    !subject.spec.suspend &&
    (subject.record.state === "ready" || subject.record.state === "failed")
  );
}

function suspended(record: ApplierRecord): ApplierRecord {
  if (record.state === "suspended") return record;
  const { reason: _, message: _message, ...rest } = record;
  return { ...rest, state: "suspended", message: "It is suspended on the cluster." };
}

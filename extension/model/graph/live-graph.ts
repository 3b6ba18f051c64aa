/** The graph of a connected cluster: every object of Flux that is watched, what it needs, and what it names in vain. Pure. */
import {
  dependenciesOf,
  fluxKindOf,
  groupOf,
  isObject,
  objectAt,
  objectId,
  sourcesOf,
} from "#simulator";
import type { LiveState, LiveStatus, ObjectRef } from "#simulator";

import type { LiveEntry, LiveIndex } from "../cluster/live-index.ts";
import { statusWords } from "../cluster/live-words.ts";
import type { SessionState } from "../cluster/session-state.ts";
import type { Graph, GraphEdge, GraphNode, GraphTone } from "./graph.ts";

const tones: Readonly<Record<LiveState, GraphTone>> = {
  failed: "failed",
  stalled: "failed",
  retrying: "failed",
  waiting: "waiting",
  reconciling: "working",
  terminating: "working",
  new: "working",
  unknown: "unknown",
  suspended: "suspended",
  static: "ready",
  ready: "ready",
};

export function liveGraph(index: LiveIndex, state: SessionState | undefined): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  for (const entry of index.all()) nodes.set(entry.live.id, liveNode(entry));
  const seen = new Set([...nodes.values()].map(({ namespace }) => namespace));
  const named = (ref: ObjectRef): string => {
    const id = objectId(ref);
    const isGone = seen.has(ref.namespace) && isComplete(ref, state);
    if (!nodes.has(id)) nodes.set(id, absentNode(id, ref, isGone));
    return id;
  };
  for (const entry of index.all()) {
    const to = entry.live.id;
    for (const ref of dependenciesOf(entry.live.object))
      edges.push({ from: named(ref), to, relation: "dependsOn" });
    for (const ref of nearestSources(entry, index))
      edges.push({ from: named(ref), to, relation: "source" });
    const owner = index.parent(to);
    if (owner !== undefined) edges.push({ from: owner, to, relation: "owner" });
  }
  return { nodes, edges };
}

/** Entries are replaced when they change: what is made of one stays true as long as it lives. */
const made = new WeakMap<LiveEntry, GraphNode>();

function liveNode(entry: LiveEntry): GraphNode {
  const known = made.get(entry);
  if (known !== undefined) return known;
  const { live, status } = entry;
  const { kind, namespace, name } = live.ref;
  const node: GraphNode = {
    id: live.id,
    kind,
    namespace,
    name,
    tone: tones[status.state],
    words: statusWords(status),
    detail: [status.reason, status.message].filter(Boolean).join(": "),
    blocks: isNotReady(status),
    actions: ["open", "file", "reveal", "trace"],
  };
  made.set(entry, node);
  return node;
}

/** A suspended object that was ready when it stopped holds nobody up. */
function isNotReady({ state, last }: LiveStatus): boolean {
  const own = state === "suspended" || state === "terminating" ? last : state;
  return own === "failed" || own === "stalled" || own === "retrying";
}

/**
 * Without those that another source already stands for: a release names its chart and the repository of the chart. A chart
 * that a template would make is no mistake of anybody when it is not there.
 */
function nearestSources({ live }: LiveEntry, index: LiveIndex): readonly ObjectRef[] {
  const all = sourcesOf(live.object);
  if (all.length < 2) return all;
  const templated = isObject(objectAt(live.object, "spec", "chart")["spec"]);
  const there = templated ? all.filter((ref) => index.get(objectId(ref)) !== undefined) : all;
  const behind = new Set(there.flatMap((ref) => index.get(objectId(ref))?.sources ?? []));
  const nearest = there.filter((ref) => !behind.has(objectId(ref)));
  return nearest.length > 0 ? nearest : all.slice(-1);
}

/** What is named and not there, or can't be seen. */
function absentNode(id: string, ref: ObjectRef, isGone: boolean): GraphNode {
  const { kind, namespace, name } = ref;
  return {
    id,
    kind,
    namespace,
    name,
    tone: isGone ? "missing" : "unknown",
    words: isGone ? "not found" : "can't be seen",
    detail: isGone ? "Nothing of this name is in the cluster." : "Sluice does not see it here.",
    blocks: isGone,
    actions: isGone ? ["file"] : [],
  };
}

/** Whether all objects of this kind have been read, as far as the user may read any. */
function isComplete(ref: ObjectRef, state: SessionState | undefined): boolean {
  if (fluxKindOf(ref) === undefined || state?.kind !== "connected" || state.loading) return false;
  const scope = `${groupOf(ref.apiVersion)}/${ref.kind}`;
  return !state.restricted.some((one) => one === scope || one.startsWith(`${scope} `));
}

/**
 * What is drawn of a graph for a query: never more than a few hundred nodes, with what was left out said in words. Everything
 * that a person reads or hears of a node is decided here. Pure.
 */
import { count } from "../words.ts";
import type { Blocker } from "./blockers.ts";
import { findBlockers } from "./blockers.ts";
import type { Cycle } from "./cycles.ts";
import { findCycles } from "./cycles.ts";
import type { Fold, Folded } from "./folding.ts";
import { foldGraph } from "./folding.ts";
import type { Graph, GraphAction, GraphNode, GraphRelation, GraphTone } from "./graph.ts";
import { graphTones, nodeTitle, toneRank } from "./graph.ts";
import type { GraphQuery } from "./query.ts";
import type { Selection } from "./select.ts";
import { select } from "./select.ts";
import { toneWord } from "./tone-words.ts";

export interface SceneNode {
  readonly id: string;
  readonly title: string;
  /** `Kustomization · flux-system` */
  readonly subtitle: string;
  readonly tone: GraphTone;
  /** The state in words. */
  readonly words: string;
  readonly detail: string;
  /** Everything that is shown of it, for who hears it. */
  readonly label: string;
  readonly kind: "object" | "group";
  /** `leaf`: there is nothing to unfold. */
  readonly fold: "open" | "shut" | "leaf";
  /** What folds together with this node: its owner or its group. */
  readonly container?: string;
  /** How many objects it stands for, besides itself. */
  readonly hidden: number;
  /** `found` by the search; `beside` what it found. */
  readonly match: "none" | "found" | "beside";
  /** The one that most objects wait for. */
  readonly critical: boolean;
  readonly inCycle: boolean;
  readonly actions: readonly GraphAction[];
}

export interface SceneEdge {
  readonly from: string;
  readonly to: string;
  readonly relation: GraphRelation;
  /** How many edges between folded objects it stands for. */
  readonly count: number;
  readonly inCycle: boolean;
}

/** A line that names an object, to go there. */
export interface SceneRemark {
  readonly text: string;
  readonly id: string;
}

export interface SceneChoice {
  readonly name: string;
  readonly count: number;
}

export interface Scene {
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
  /** What is not shown, and why. */
  readonly notes: readonly string[];
  readonly blockers: readonly SceneRemark[];
  readonly cycles: readonly SceneRemark[];
  readonly choices: {
    readonly kinds: readonly SceneChoice[];
    readonly namespaces: readonly SceneChoice[];
    readonly tones: readonly (SceneChoice & { readonly name: GraphTone })[];
  };
  readonly total: number;
}

export const mostNodes = 400;
const mostEdges = 1500;
const mostRemarks = 20;
const longestDetail = 2000;

export function makeScene(graph: Graph, query: GraphQuery): Scene {
  const selection = select(graph, query, mostNodes);
  const blockers = findBlockers(graph);
  const cycles = findCycles(graph);
  const folded =
    selection.ids.size > mostNodes || query.grouping !== "auto"
      ? foldGraph(graph, selection.ids, { limit: mostNodes, query })
      : undefined;
  const circle = new Set(cycles.flatMap(({ nodes }) => nodes));
  const context: Context = { graph, selection, blockers, circle };
  const nodes =
    folded === undefined
      ? plainNodes(context)
      : folded.drawn.map((fold) => foldedNode(fold, folded, context));
  const edges = sceneEdges(graph, query, folded?.standIn ?? itself(selection.ids), cycles);
  return {
    nodes,
    edges: edges.slice(0, mostEdges),
    notes: notesOf(context, query, { nodes, folded, edges: edges.length }),
    blockers: blockers.slice(0, mostRemarks).map((blocker) => blockerRemark(blocker, graph)),
    cycles: cycles.slice(0, mostRemarks).map((cycle) => cycleRemark(cycle, graph)),
    choices: choicesOf(graph),
    total: graph.nodes.size,
  };
}

interface Context {
  readonly graph: Graph;
  readonly selection: Selection;
  readonly blockers: readonly Blocker[];
  /** Ids of what is part of a circle. */
  readonly circle: ReadonlySet<string>;
}

function plainNodes(context: Context): readonly SceneNode[] {
  return [...context.selection.ids].sort().flatMap((id) => {
    const node = context.graph.nodes.get(id);
    return node === undefined ? [] : [objectNode(node, context)];
  });
}

function objectNode(node: GraphNode, context: Context, fold?: FoldParts): SceneNode {
  const { selection, blockers, circle } = context;
  const waiting = blockers.find(({ id }) => id === node.id)?.waiting ?? 0;
  const critical = blockers[0]?.id === node.id;
  const inCycle = circle.has(node.id);
  const hidden = fold?.hidden ?? 0;
  const found = selection.found?.has(node.id);
  return {
    id: node.id,
    title: node.name,
    subtitle: [node.kind, node.namespace].filter(Boolean).join(" · "),
    tone: node.tone,
    words: node.words,
    detail: node.detail.slice(0, longestDetail),
    label: [
      nodeTitle(node),
      node.words,
      critical ? "critical blocker" : "",
      waiting > 0 ? `${count(waiting, "object")} ${waiting === 1 ? "waits" : "wait"} for it` : "",
      inCycle ? "waits for itself in a circle" : "",
      hidden > 0 ? `${count(hidden, "object")} folded` : "",
    ]
      .filter(Boolean)
      .join(", "),
    kind: "object",
    fold: fold?.fold ?? "leaf",
    ...(fold?.container === undefined ? {} : { container: fold.container }),
    hidden,
    match: matchOf(found),
    critical,
    inCycle,
    actions: node.actions,
  };
}

interface FoldParts {
  readonly fold: SceneNode["fold"];
  readonly container: string | undefined;
  readonly hidden: number;
}

function foldedNode(fold: Fold, folded: Folded, context: Context): SceneNode {
  const isOpen = folded.isOpen(fold);
  const state = isOpen ? "open" : "shut";
  const parts: FoldParts = {
    fold: fold.children.length === 0 ? "leaf" : state,
    container: fold.parent?.id,
    hidden: isOpen ? 0 : fold.size,
  };
  if (fold.node !== undefined) return objectNode(fold.node, context, parts);
  const below = countTones(fold);
  const words = below.map(([tone, amount]) => `${amount} ${toneWord(tone)}`).join(", ");
  const inside = objectsBelow(fold);
  return {
    id: fold.id,
    title: fold.title,
    subtitle: count(fold.size, "object"),
    tone: graphTones[fold.worst] ?? "unknown",
    words,
    detail: "",
    label: `Group ${fold.title}, ${count(fold.size, "object")} folded, ${words}`,
    kind: "group",
    fold: "shut",
    ...(fold.parent === undefined ? {} : { container: fold.parent.id }),
    hidden: fold.size,
    match: matchOf(
      context.selection.found && inside.some(({ id }) => context.selection.found?.has(id)),
    ),
    critical: inside.some(({ id }) => id === context.blockers[0]?.id),
    inCycle: inside.some(({ id }) => context.circle.has(id)),
    actions: [],
  };
}

function matchOf(found: boolean | undefined): SceneNode["match"] {
  if (found === undefined) return "none";
  return found ? "found" : "beside";
}

function objectsBelow(fold: Fold): readonly GraphNode[] {
  const all: Fold[] = [fold];
  for (const one of all) for (const child of one.children) all.push(child);
  return all.flatMap(({ node }) => node ?? []);
}

/** Worst first. */
function countTones(fold: Fold): readonly (readonly [GraphTone, number])[] {
  return tally(objectsBelow(fold), ({ tone }) => tone).sort(
    ([a], [b]) => toneRank(a) - toneRank(b),
  );
}

function itself(ids: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map([...ids].map((id) => [id, id]));
}

function sceneEdges(
  { edges }: Graph,
  { relations }: GraphQuery,
  standIn: ReadonlyMap<string, string>,
  cycles: readonly Cycle[],
): readonly SceneEdge[] {
  const circle = new Set(
    cycles.flatMap(({ nodes }) => nodes.map((id, at) => `${nodes.at(at - 1)} ${id}`)),
  );
  const drawn = new Map<string, { -readonly [Key in keyof SceneEdge]: SceneEdge[Key] }>();
  for (const { from, to, relation } of edges) {
    const [start, end] = [standIn.get(from), standIn.get(to)];
    const isLoop = start === end && from !== to;
    if (start === undefined || end === undefined || isLoop || !relations.includes(relation))
      continue;
    const key = `${relation} ${start} ${end}`;
    const inCycle = circle.has(`${from} ${to}`);
    const known = drawn.get(key);
    if (known === undefined) drawn.set(key, { from: start, to: end, relation, count: 1, inCycle });
    else {
      known.count++;
      known.inCycle ||= inCycle;
    }
  }
  return [...drawn.values()].sort((a, b) => Number(b.inCycle) - Number(a.inCycle));
}

interface Drawn {
  readonly nodes: readonly SceneNode[];
  readonly folded: Folded | undefined;
  readonly edges: number;
}

function notesOf(
  { graph, selection }: Context,
  { text, focus }: GraphQuery,
  { nodes, folded, edges }: Drawn,
): readonly string[] {
  const shown = nodes.filter(({ kind }) => kind === "object").length;
  const groups = nodes.filter(({ fold }) => fold === "shut").length;
  const filtered = graph.nodes.size - selection.ids.size;
  const most = `Never more than ${mostNodes} are drawn at once.`;
  return [
    shown === graph.nodes.size
      ? ""
      : `${shown} of ${count(graph.nodes.size, "object")} ${shown === 1 ? "is" : "are"} drawn.`,
    filtered > 0 && focus === undefined && text === ""
      ? `${count(filtered, "object")} filtered away.`
      : "",
    groups > 0 ? `${count(groups, "fold")} can be unfolded.` : "",
    folded?.isFull === true ? `There is no room to unfold more. ${most}` : "",
    folded !== undefined && selection.ids.size > mostNodes && !folded.isFull ? most : "",
    selection.beyond > 0 ? `${selection.beyond} more are within reach. ${most}` : "",
    edges > mostEdges ? `${mostEdges} of ${edges} edges are drawn.` : "",
    selection.found?.size === 0 ? "Nothing was found." : "",
    selection.found && selection.found.size > 0 ? `${selection.found.size} found.` : "",
  ].filter(Boolean);
}

function blockerRemark({ id, waiting }: Blocker, graph: Graph): SceneRemark {
  const node = graph.nodes.get(id);
  const name = node === undefined ? id : nodeTitle(node);
  const words = node?.words ?? "";
  return {
    id,
    text: `${name} (${words}): ${count(waiting, "object")} ${waiting === 1 ? "waits" : "wait"} for it.`,
  };
}

/** In the direction of waiting: each needs the next. */
function cycleRemark({ nodes }: Cycle, graph: Graph): SceneRemark {
  const [first = ""] = nodes;
  const names = [first, ...[...nodes].reverse()].map((id) => {
    const node = graph.nodes.get(id);
    return node === undefined ? id : `${node.kind} ${node.name}`;
  });
  return { id: first, text: names.join(" needs ") };
}

function choicesOf(graph: Graph): Scene["choices"] {
  const nodes = [...graph.nodes.values()];
  const byName = (key: (node: GraphNode) => string): readonly SceneChoice[] =>
    tally(nodes, key)
      .filter(([name]) => name !== "")
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, amount]) => ({ name, count: amount }));
  return {
    kinds: byName(({ kind }) => kind),
    namespaces: byName(({ namespace }) => namespace),
    tones: tally(nodes, ({ tone }) => tone)
      .sort(([a], [b]) => toneRank(a) - toneRank(b))
      .map(([name, amount]) => ({ name, count: amount })),
  };
}

function tally<T extends string>(
  nodes: readonly GraphNode[],
  key: (node: GraphNode) => T,
): [T, number][] {
  const counts = new Map<T, number>();
  for (const node of nodes) counts.set(key(node), (counts.get(key(node)) ?? 0) + 1);
  return [...counts];
}

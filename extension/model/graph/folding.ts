/**
 * What stands for what when there is too much to draw: objects fold into their owner, and long lists into groups by namespace,
 * kind and name. Decides which folds are open, within a budget of drawn nodes. Pure.
 */
import type { Graph, GraphNode } from "./graph.ts";
import { toneRank } from "./graph.ts";
import type { GraphQuery, Grouping } from "./query.ts";

/** A node of the fold tree: an object, or a group that only stands for others. */
export interface Fold {
  readonly id: string;
  readonly parent: Fold | undefined;
  readonly node: GraphNode | undefined;
  /** Of a group: what it is a group of. */
  readonly title: string;
  readonly children: Fold[];
  /** Objects below, without itself. */
  size: number;
  /** Rank of the worst tone of itself and below. */
  worst: number;
}

export interface Folded {
  /** What is drawn, in a stable order. */
  readonly drawn: readonly Fold[];
  /** The drawn id that stands for an object. */
  readonly standIn: ReadonlyMap<string, string>;
  readonly isOpen: (fold: Fold) => boolean;
  /** Whether something stays folded that was to be unfolded. */
  readonly isFull: boolean;
}

/** Lists longer than this become groups. */
const longestList = 150;
const groupSize = 100;
const deepest = 100;
/** Without being asked, so many nodes are unfolded; what is in trouble may take more. */
const comfortable = 150;
const troubled = 3;

export interface FoldOptions {
  readonly limit: number;
  readonly query: Pick<GraphQuery, "grouping" | "open" | "shut">;
}

export function foldGraph(graph: Graph, ids: ReadonlySet<string>, options: FoldOptions): Folded {
  const roots = foldTree(graph, ids, options.query.grouping);
  const opened = chooseOpen(roots, options);
  const wanted = new Set(options.query.open);
  const drawn: Fold[] = [];
  const standIn = new Map<string, string>();
  const visit = (fold: Fold, shownBy: string | undefined): void => {
    const isGroup = fold.node === undefined;
    const isDrawn = shownBy === undefined && !(isGroup && opened.has(fold));
    if (isDrawn) drawn.push(fold);
    const own = shownBy ?? fold.id;
    if (!isGroup) standIn.set(fold.id, own);
    for (const child of fold.children) visit(child, opened.has(fold) ? shownBy : own);
  };
  for (const root of roots) visit(root, undefined);
  return {
    drawn,
    standIn,
    isOpen: (fold) => opened.has(fold),
    isFull: everyFold(roots).some(
      (fold) => wanted.has(fold.id) && fold.children.length > 0 && !opened.has(fold),
    ),
  };
}

/** Owners with what they own below; circles are cut. */
function foldTree(graph: Graph, ids: ReadonlySet<string>, grouping: Grouping): readonly Fold[] {
  const owners = grouping === "namespace" ? new Map<string, string>() : ownersIn(graph, ids);
  const below = new Map<string | undefined, string[]>();
  for (const id of [...ids].sort()) {
    const owner = owners.get(id);
    const list = below.get(owner);
    if (list === undefined) below.set(owner, [id]);
    else list.push(id);
  }
  const makeAll = (list: readonly string[], parent: Fold | undefined, path: string): Fold[] =>
    grouped(list, graph, { path, force: grouping === "namespace" && parent === undefined }).map(
      (item) => make(item, parent),
    );
  const make = (item: Item, parent: Fold | undefined): Fold => {
    const node = item.kind === "object" ? graph.nodes.get(item.id) : undefined;
    const fold: Fold = {
      id: item.id,
      parent,
      node,
      title: item.kind === "group" ? item.title : "",
      children: [],
      size: 0,
      worst: node === undefined ? Number.MAX_SAFE_INTEGER : toneRank(node.tone),
    };
    const children =
      item.kind === "group"
        ? item.items.map((one) => make(one, fold))
        : makeAll(below.get(item.id) ?? [], fold, item.id);
    for (const child of children) {
      fold.children.push(child);
      fold.size += child.size + (child.node === undefined ? 0 : 1);
      fold.worst = Math.min(fold.worst, child.worst);
    }
    return fold;
  };
  return makeAll(below.get(undefined) ?? [], undefined, "");
}

type Item =
  | { readonly kind: "object"; readonly id: string }
  | {
      readonly kind: "group";
      readonly id: string;
      readonly title: string;
      readonly items: readonly Item[];
    };

/** A list as it is, or in groups: by namespace, else by kind, else by name. */
function grouped(
  ids: readonly string[],
  graph: Graph,
  { path, force }: { readonly path: string; readonly force: boolean },
): readonly Item[] {
  const plain = ids.map((id) => ({ kind: "object", id }) as const);
  if (ids.length <= longestList && !force) return plain;
  const groups = partsOf(ids, graph, force).map(({ key, title, ids: list }): Item => {
    const id = `group:${path}/${key}`;
    return { kind: "group", id, title, items: grouped(list, graph, { path: id, force: false }) };
  });
  return groups.length <= longestList ? groups : bundles(groups, path);
}

interface Part {
  readonly key: string;
  readonly title: string;
  readonly ids: readonly string[];
}

function partsOf(ids: readonly string[], graph: Graph, byNamespace: boolean): readonly Part[] {
  const namespaces = listsBy(ids, graph, ({ namespace }) => namespace || "no namespace");
  if (byNamespace || namespaces.length > 1) return namespaces;
  const kinds = listsBy(ids, graph, ({ kind }) => kind);
  return kinds.length > 1 ? kinds : slices(ids, graph);
}

function listsBy(
  ids: readonly string[],
  graph: Graph,
  key: (node: GraphNode) => string,
): readonly Part[] {
  const lists = new Map<string, string[]>();
  for (const id of ids) {
    const node = graph.nodes.get(id);
    const name = node === undefined ? "" : key(node);
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [id]);
    else list.push(id);
  }
  return [...lists].map(([title, list]) => ({ key: title, title, ids: list }));
}

/** Neighbours of the alphabet together, titled by the first and the last. */
function slices(ids: readonly string[], graph: Graph): readonly Part[] {
  const nameOf = (id = ""): string => graph.nodes.get(id)?.name ?? "";
  const sorted = [...ids].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return inParts(sorted).map((part, at) => ({
    key: String(at),
    title: `${nameOf(part[0])} … ${nameOf(part.at(-1))}`,
    ids: part,
  }));
}

function bundles(groups: readonly Item[], path: string): readonly Item[] {
  return inParts(groups).map((items, at) => {
    const titles = items.map((item) => (item.kind === "group" ? item.title : item.id));
    const title = `${titles[0] ?? ""} … ${titles.at(-1) ?? ""}`;
    return { kind: "group", id: `group:${path}/bundle${at}`, title, items };
  });
}

function inParts<T>(list: readonly T[]): readonly (readonly T[])[] {
  const size = Math.max(groupSize, Math.ceil(list.length / groupSize));
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
}

/** The owner of each among those that are shown; an owner that is filtered away hands over to its own. */
function ownersIn(graph: Graph, ids: ReadonlySet<string>): ReadonlyMap<string, string> {
  const direct = new Map(
    graph.edges
      .filter(({ relation, from, to }) => relation === "owner" && from !== to)
      .map(({ from, to }) => [to, from]),
  );
  const owners = new Map<string, string>();
  for (const id of [...ids].sort()) {
    const seen = new Set([id]);
    let owner = direct.get(id);
    while (owner !== undefined && !ids.has(owner) && !seen.has(owner)) {
      seen.add(owner);
      owner = direct.get(owner);
    }
    if (owner !== undefined && ids.has(owner) && owner !== id) owners.set(id, owner);
  }
  return asForest(owners);
}

/** Circles are cut, and so are chains that are deeper than anybody owns: walking what is left is cheap. */
function asForest(owners: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const depth = new Map<string, number>();
  const kept = new Map<string, string>();
  for (const id of owners.keys()) {
    const path = new Set<string>();
    let at: string | undefined = id;
    while (at !== undefined && !depth.has(at) && !path.has(at)) {
      path.add(at);
      at = owners.get(at);
    }
    if (at !== undefined && path.has(at)) depth.set(at, 0);
    for (const one of [...path].reverse()) {
      if (depth.has(one)) continue;
      const owner = owners.get(one);
      const below = owner === undefined ? 0 : (depth.get(owner) ?? 0) + 1;
      depth.set(one, below % deepest);
      if (owner !== undefined && below % deepest !== 0) kept.set(one, owner);
    }
  }
  return kept;
}

/** What was asked for first, then trouble, then small ones, as long as there is room. */
function chooseOpen(roots: readonly Fold[], { limit, query }: FoldOptions): ReadonlySet<Fold> {
  const opened = new Set<Fold>();
  let room = limit - roots.length;
  let drawn = roots.length;
  const reachable = new Set(roots.filter(({ children }) => children.length > 0));
  const open = (fold: Fold): boolean => {
    const more = fold.children.length - (fold.node === undefined ? 1 : 0);
    if (more > room) return false;
    room -= more;
    drawn += more;
    opened.add(fold);
    reachable.delete(fold);
    for (const child of fold.children) if (child.children.length > 0) reachable.add(child);
    return true;
  };
  const wanted = new Set(query.open);
  for (const fold of everyFold(roots))
    // Whatever is above has to be open for it to be seen.
    if (wanted.has(fold.id)) pathTo(fold).every((one) => opened.has(one) || open(one));
  if (query.grouping !== "auto") return opened;
  const shut = new Set(query.shut);
  for (;;) {
    const [best] = [...reachable]
      .filter((fold) => {
        const isTroubled = fold.worst < troubled;
        const most = isTroubled ? limit : comfortable;
        return !shut.has(fold.id) && drawn + fold.children.length <= most;
      })
      .sort((a, b) => Number(a.worst >= troubled) - Number(b.worst >= troubled) || before(a, b));
    if (best === undefined || !open(best)) return opened;
  }
}

function everyFold(roots: readonly Fold[]): readonly Fold[] {
  const all = [...roots];
  for (const fold of all) for (const child of fold.children) all.push(child);
  return all;
}

/** From the root down to the fold itself. */
function pathTo(fold: Fold): readonly Fold[] {
  const path: Fold[] = [];
  for (let at: Fold | undefined = fold; at !== undefined; at = at.parent) path.push(at);
  return path.reverse();
}

function before(a: Fold, b: Fold): number {
  return a.children.length - b.children.length || (a.id < b.id ? -1 : 1);
}

/** A file graph that remembers what was asked of it: most edits of a Flux Kustomization leave the answers for other files as they are. */
import type { FileGraph, Reach } from "../model/file-graph.ts";

export interface TracedGraph {
  readonly graph: FileGraph;
  /** Whether another graph would have answered the same. */
  readonly holdsFor: (other: FileGraph) => boolean;
}

interface Asked {
  readonly isSame: (other: FileGraph) => boolean;
}

export function traceGraph(graph: FileGraph): TracedGraph {
  const asked = new Map<string, Asked>();
  const ask = <Answer>(
    question: string,
    answer: (graph: FileGraph) => Answer,
    isEqual: (one: Answer, other: Answer) => boolean = Object.is,
  ): Answer => {
    const own = answer(graph);
    if (!asked.has(question)) asked.set(question, comparedWith(own, answer, isEqual));
    return own;
  };
  return {
    graph: {
      get kustomizations() {
        return ask("kustomizations", (one) => one.kustomizations, sameEntries);
      },
      get owners() {
        return ask("owners", ({ owners }) => owners, sameItems);
      },
      get hasRenames() {
        return ask("hasRenames", (one) => one.hasRenames);
      },
      get hasForeignOwner() {
        return ask("hasForeignOwner", (one) => one.hasForeignOwner);
      },
      reachesOf: (path) => ask(`reaches ${path}`, (one) => one.reachesOf(path), sameReaches),
      exists: (path) => ask(`exists ${path}`, (one) => one.exists(path)),
      inFolder: (dir) => ask(`folder ${dir}`, (one) => one.inFolder(dir)),
      isOwnSource: (source) =>
        ask(`own ${source.kind} ${source.name}`, (one) => one.isOwnSource(source)),
      isLive: (path) => ask(`live ${path}`, (one) => one.isLive(path)),
      filesOf: (owner) =>
        ask(
          `files ${owner.copy} ${owner.file} ${owner.part.start}`,
          (one) => one.filesOf(owner),
          sameEntries,
        ),
      isGenerated: (kind, name) =>
        ask(`generated ${kind} ${name}`, (one) => one.isGenerated(kind, name)),
    },
    holdsFor: comparison(asked, graph),
  };
}

/** Apart from the graph that was asked, which would be kept otherwise. */
function comparedWith<Answer>(
  own: Answer,
  answer: (graph: FileGraph) => Answer,
  isEqual: (one: Answer, other: Answer) => boolean,
): Asked {
  return { isSame: (other) => isEqual(own, answer(other)) };
}

/** Apart from it for the same reason. */
function comparison(asked: ReadonlyMap<string, Asked>, graph: FileGraph): TracedGraph["holdsFor"] {
  let last = new WeakRef(graph);
  return (other) => {
    if (last.deref() === other) return true;
    for (const { isSame } of asked.values()) if (!isSame(other)) return false;
    last = new WeakRef(other);
    return true;
  };
}

function sameItems<Item>(one: readonly Item[], other: readonly Item[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}

function sameEntries<Value>(
  one: ReadonlyMap<string, Value>,
  other: ReadonlyMap<string, Value>,
): boolean {
  if (one.size !== other.size) return false;
  for (const [key, value] of one) if (other.get(key) !== value) return false;
  return true;
}

function sameReaches(one: readonly Reach[], other: readonly Reach[]): boolean {
  return (
    one.length === other.length &&
    one.every((reach, at) => {
      const against = other[at];
      return (
        against !== undefined &&
        reach.role === against.role &&
        reach.owner === against.owner &&
        reach.namespace === against.namespace &&
        sameItems(reach.chain, against.chain)
      );
    })
  );
}

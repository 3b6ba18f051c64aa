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
  return { graph: new Tracing(graph, asked), holdsFor: comparison(asked, graph) };
}

class Tracing implements FileGraph {
  readonly #graph: FileGraph;
  readonly #asked: Map<string, Asked>;

  constructor(graph: FileGraph, asked: Map<string, Asked>) {
    this.#graph = graph;
    this.#asked = asked;
  }

  get kustomizations(): FileGraph["kustomizations"] {
    return this.#ask("kustomizations", (one) => one.kustomizations, sameEntries);
  }

  get owners(): FileGraph["owners"] {
    return this.#ask("owners", (one) => one.owners, sameItems);
  }

  get hasRenames(): boolean {
    return this.#ask("hasRenames", (one) => one.hasRenames);
  }

  get hasForeignOwner(): boolean {
    return this.#ask("hasForeignOwner", (one) => one.hasForeignOwner);
  }

  reachesOf(path: string): readonly Reach[] {
    return this.#ask(`reaches ${path}`, (one) => one.reachesOf(path), sameReaches);
  }

  exists(path: string): ReturnType<FileGraph["exists"]> {
    return this.#ask(`exists ${path}`, (one) => one.exists(path));
  }

  inFolder(dir: string): ReturnType<FileGraph["inFolder"]> {
    return this.#ask(`folder ${dir}`, (one) => one.inFolder(dir));
  }

  isOwnSource(source: Parameters<FileGraph["isOwnSource"]>[0]): boolean {
    return this.#ask(`own ${source.kind} ${source.name}`, (one) => one.isOwnSource(source));
  }

  isLive(path: string): boolean {
    return this.#ask(`live ${path}`, (one) => one.isLive(path));
  }

  filesOf(owner: Parameters<FileGraph["filesOf"]>[0]): ReturnType<FileGraph["filesOf"]> {
    const question = `files ${owner.copy} ${owner.file} ${owner.part.start}`;
    return this.#ask(question, (one) => one.filesOf(owner), sameEntries);
  }

  isGenerated(kind: string, name: string): boolean {
    return this.#ask(`generated ${kind} ${name}`, (one) => one.isGenerated(kind, name));
  }

  #ask<Answer>(
    question: string,
    answer: (graph: FileGraph) => Answer,
    isEqual: (one: Answer, other: Answer) => boolean = Object.is,
  ): Answer {
    const own = answer(this.#graph);
    if (!this.#asked.has(question)) this.#asked.set(question, comparedWith(own, answer, isEqual));
    return own;
  }
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

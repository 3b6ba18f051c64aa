/**
 * What a view has drawn, and what of it has to be drawn again. An editor that draws a row again makes all rows below it anew, and
 * VS Code keeps a little of every row it ever made for as long as the view lives (`_createTreeNode` of extHostTreeViews.ts
 * registers a store for each). So only rows that differ are named, and a row that merely adds up otherwise what is below waits
 * the longer the more is below. Pure.
 */
import type { LiveNode } from "./live-node.ts";

interface Redraw {
  /** Rows of the first level came, went or moved: everything is drawn again. */
  readonly all: boolean;
  /** Rows to draw again, with what is below them. */
  readonly ids: readonly string[];
  /** Milliseconds after which to look again for rows that had to wait. */
  readonly wait?: number;
}

/** Milliseconds that a sum waits for each row below it. */
const perRow = 20;
/** The key of the first level. */
const top = "";

interface Row {
  readonly node: LiveNode;
  readonly parent: string;
  /** When it was last drawn because it had changed. */
  readonly drawnAt: number;
}

export class DrawnTree {
  readonly #content: (node: LiveNode | undefined) => readonly LiveNode[];
  readonly #now: () => number;
  readonly #rows = new Map<string, Row>();
  /** Ids of the children that were drawn. */
  readonly #below = new Map<string, readonly string[]>();
  /** Folded rows are not looked at until somebody unfolds them. */
  readonly #folded = new Set<string>();

  /** `content` gives the children of a node, or the roots; `now` is in milliseconds. */
  constructor(
    content: (node: LiveNode | undefined) => readonly LiveNode[],
    now: () => number = () => performance.now(),
  ) {
    this.#content = content;
    this.#now = now;
  }

  node(id: string): LiveNode | undefined {
    return this.#rows.get(id)?.node;
  }

  /** All nodes that were drawn, in no order. */
  *nodes(): Iterable<LiveNode> {
    for (const { node } of this.#rows.values()) yield node;
  }

  parent(id: string): string | undefined {
    return this.#rows.get(id)?.parent || undefined;
  }

  /** The children of a row, or the roots, as they are now: they count as drawn. */
  draw(id?: string): readonly string[] {
    const parent = id === undefined ? undefined : this.node(id);
    if (id !== undefined && parent === undefined) return [];
    const key = id ?? top;
    const nodes = this.#content(parent);
    const ids = nodes.map((node) => node.id);
    const kept = new Set(ids);
    for (const gone of this.#below.get(key) ?? []) if (!kept.has(gone)) this.#drop(gone, key);
    for (const node of nodes) this.#put(node, key);
    this.#below.set(key, ids);
    return ids;
  }

  /** Draws the way to a node that may stand on a later page; `path` begins at a root and ends with the node. */
  drawTo(path: readonly string[]): void {
    let parent: string | undefined;
    for (const id of path) {
      this.#drawUntil(id, parent);
      parent = id;
    }
  }

  fold(id: string): void {
    this.#folded.add(id);
  }

  /** True when it was folded and may be out of date. */
  unfold(id: string): boolean {
    return this.#folded.delete(id);
  }

  /** Looks at all that was drawn; what is named counts as drawn. */
  redraw(): Redraw {
    if (!this.#below.has(top)) return { all: false, ids: [] };
    const found: { ids: string[]; wait: number } = { ids: [], wait: Infinity };
    if (this.#differs(top, undefined, found)) return { all: true, ids: [] };
    const wait = Number.isFinite(found.wait) ? { wait: found.wait } : {};
    return { all: false, ids: found.ids, ...wait };
  }

  #drawUntil(id: string, parent: string | undefined): void {
    for (let at = parent; ;) {
      const ids = this.draw(at);
      const last = ids.at(-1);
      if (ids.includes(id) || last === undefined) return;
      if (this.node(last)?.target.kind !== "more") return;
      at = last;
    }
  }

  /** Whether the children of a drawn row are others now; those that merely look different are added to what was found. */
  #differs(
    key: string,
    parent: LiveNode | undefined,
    found: { readonly ids: string[]; wait: number },
  ): boolean {
    const before = this.#below.get(key);
    if (before === undefined || this.#folded.has(key)) return false;
    const now = this.#content(parent);
    if (now.length !== before.length || now.some((node, at) => node.id !== before[at])) return true;
    for (const node of now) {
      const row = this.#rows.get(node.id);
      const rest = row === undefined ? 0 : this.#rest(row, node);
      if (rest <= 0 || this.#differs(node.id, node, found)) {
        this.#put(node, key, this.#now());
        found.ids.push(node.id);
      } else if (rest < Infinity) found.wait = Math.min(found.wait, rest);
    }
    return false;
  }

  /** Milliseconds until a row should be drawn as this node; `Infinity` when it looks like it already. */
  #rest({ node: old, drawnAt }: Row, node: LiveNode): number {
    if (!isItself(old, node)) return 0;
    if (saysTheSame(old, node)) return Infinity;
    return drawnAt + this.#rowsBelow(node.id) * perRow - this.#now();
  }

  #rowsBelow(id: string): number {
    let rows = 0;
    if (!this.#folded.has(id))
      for (const child of this.#below.get(id) ?? []) rows += 1 + this.#rowsBelow(child);
    return rows;
  }

  #put(node: LiveNode, parent: string, drawnAt = this.#rows.get(node.id)?.drawnAt): void {
    this.#rows.set(node.id, { node, parent, drawnAt: drawnAt ?? -Infinity });
  }

  #drop(id: string, parent: string): void {
    // It may stand below another row already.
    if (this.#rows.get(id)?.parent !== parent) return;
    for (const child of this.#below.get(id) ?? []) this.#drop(child, id);
    this.#below.delete(id);
    this.#folded.delete(id);
    this.#rows.delete(id);
  }
}

function isItself(a: LiveNode, b: LiveNode): boolean {
  return (
    a.own === b.own &&
    a.icon.id === b.icon.id &&
    a.icon.color === b.icon.color &&
    a.contextValue === b.contextValue &&
    a.expand === b.expand
  );
}

function saysTheSame(a: LiveNode, b: LiveNode): boolean {
  return (
    a.label === b.label &&
    a.description === b.description &&
    a.accessibleLabel === b.accessibleLabel
  );
}

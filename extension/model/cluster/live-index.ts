/**
 * Everything that is derived from the live objects of one cluster: states, who owns whom, worst state below. Kept up to date
 * object by object, so that one event costs a path to the root and not a walk over thousands. Pure.
 */
import { liveStatus, objectId, ownersOf, sourcesOf, stateRank } from "#simulator";
import type { LiveState, LiveStatus } from "#simulator";

import type { LiveObject } from "./live-object.ts";
import type { Suspension } from "./suspension.ts";
import { suspensionOf } from "./suspension.ts";

export interface LiveEntry {
  readonly live: LiveObject;
  readonly status: LiveStatus;
  /** Ids of the appliers that its labels name, the likeliest first. */
  readonly owners: readonly string[];
  /** Ids of the sources that it reads. */
  readonly sources: readonly string[];
  /** Sorts by kind, namespace and name. */
  readonly sortKey: string;
  /** What was noted when it was suspended. */
  readonly suspension?: Suspension;
}

/** What an object and all that it owns add up to. */
export interface Aggregate {
  readonly worst: LiveState;
  /** Of what it owns, without itself. */
  readonly counts: ReadonlyMap<LiveState, number>;
}

const deepest = 100;

export class LiveIndex {
  readonly #entries = new Map<string, LiveEntry>();
  readonly #owned = new Map<string, Set<string>>();
  readonly #readers = new Map<string, Set<string>>();
  readonly #aggregates = new Map<string, Aggregate>();
  readonly #now: () => number;
  /** Ids of the roots, until an object comes, goes or changes owners. */
  #roots: readonly string[] | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): LiveEntry | undefined {
    return this.#entries.get(id);
  }

  all(): Iterable<LiveEntry> {
    return this.#entries.values();
  }

  /** Takes over what changed. Gives the ids of all entries whose node may look different now. */
  update(ids: Iterable<string>, find: (id: string) => LiveObject | undefined): ReadonlySet<string> {
    const touched = new Set<string>();
    const readers = new Set<string>();
    for (const id of ids) {
      // Children move below an owner that appears, and to the root when it goes.
      const children =
        this.#entries.has(id) === (find(id) !== undefined) ? [] : this.#owned.get(id);
      for (const one of [id, ...(children ?? [])]) this.#touch(one, touched);
      const live = find(id);
      if (live === undefined) this.#remove(id);
      else this.#put(live);
      for (const one of [id, ...(children ?? [])]) this.#touch(one, touched);
      for (const reader of this.#readers.get(id) ?? []) readers.add(reader);
    }
    for (const id of readers) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      this.#put(entry.live);
      this.#touch(id, touched);
    }
    return touched;
  }

  /** The owner below which it is shown; absent for roots, for owners that can't be seen, and where owners own each other. */
  parent(id: string): string | undefined {
    const owner = this.#visibleOwner(id);
    if (owner === undefined) return undefined;
    const seen = new Set([id]);
    let current: string | undefined = owner;
    while (current !== undefined && !seen.has(current)) {
      seen.add(current);
      current = this.#visibleOwner(current);
    }
    // In a circle, the one with the smallest id is the root.
    if (current === undefined) return owner;
    return id === smallestOfCircle(current, (one) => this.#visibleOwner(one)) ? undefined : owner;
  }

  /** The Flux objects that it owns. */
  children(id: string): readonly string[] {
    return [...(this.#owned.get(id) ?? [])].filter(
      (child) => this.#entries.has(child) && this.parent(child) === id,
    );
  }

  roots(): readonly LiveEntry[] {
    this.#roots ??= [...this.#entries.keys()].filter((id) => this.parent(id) === undefined);
    return this.#roots.flatMap((id) => this.#entries.get(id) ?? []);
  }

  aggregate(id: string): Aggregate {
    return this.#aggregate(id, 0);
  }

  /** Ids of the entries whose state depends on the clock. */
  ageing(): readonly string[] {
    return [...this.#entries.values()].flatMap(({ live, status, suspension }) =>
      status.state === "new" || suspension || live.object["status"] !== undefined ? [live.id] : [],
    );
  }

  #aggregate(id: string, depth: number): Aggregate {
    const known = this.#aggregates.get(id);
    if (known !== undefined) return known;
    let worst: LiveState = this.#entries.get(id)?.status.state ?? "unknown";
    const counts = new Map<LiveState, number>();
    const add = (state: LiveState, count: number): void => {
      counts.set(state, (counts.get(state) ?? 0) + count);
      if (stateRank(state) < stateRank(worst)) worst = state;
    };
    for (const child of depth < deepest ? this.children(id) : []) {
      add(this.#entries.get(child)?.status.state ?? "unknown", 1);
      for (const [state, count] of this.#aggregate(child, depth + 1).counts) add(state, count);
    }
    const aggregate = { worst, counts };
    this.#aggregates.set(id, aggregate);
    return aggregate;
  }

  #put(live: LiveObject): void {
    const { object, id } = live;
    const before = this.#entries.get(id);
    const owners = ownersOf(object).map(objectId);
    const sources = sourcesOf(object).map(objectId);
    const previous = before?.live.uid === live.uid ? before.status : undefined;
    const sourceFailing = sources.some((source) => this.#fails(source));
    const status = liveStatus(object, {
      now: this.#now(),
      sourceFailing,
      // While a pass is running, what the last one ended with is what counts.
      ...(previous === undefined ? {} : { previous: previous.last ?? previous.state }),
    });
    if (before !== undefined) this.#unlink(before);
    if (before?.owners.join() !== owners.join()) this.#roots = undefined;
    const { kind, namespace, name } = live.ref;
    const sortKey = `${kind}/${namespace}/${name}`;
    const suspension = suspensionOf(object, this.#now());
    const noted = suspension === undefined ? {} : { suspension };
    this.#entries.set(id, { live, status, owners, sources, sortKey, ...noted });
    for (const owner of owners) link(this.#owned, owner, id);
    for (const source of sources) link(this.#readers, source, id);
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#unlink(entry);
    this.#entries.delete(id);
    this.#roots = undefined;
  }

  #unlink({ live, owners, sources }: LiveEntry): void {
    for (const owner of owners) unlink(this.#owned, owner, live.id);
    for (const source of sources) unlink(this.#readers, source, live.id);
  }

  #fails(id: string): boolean {
    const state = this.#entries.get(id)?.status.state;
    return state === "failed" || state === "stalled" || state === "waiting";
  }

  #visibleOwner(id: string): string | undefined {
    const owners = this.#entries.get(id)?.owners ?? [];
    return owners.find((owner) => owner !== id && this.#entries.has(owner));
  }

  /** The entry and all above it: what they add up to is no longer known. */
  #touch(id: string, touched: Set<string>): void {
    const seen = new Set<string>();
    for (let at: string | undefined = id; at !== undefined && !seen.has(at);) {
      seen.add(at);
      touched.add(at);
      this.#aggregates.delete(at);
      at = this.#visibleOwner(at);
    }
  }
}

function smallestOfCircle(start: string, next: (id: string) => string | undefined): string {
  let smallest = start;
  for (let at = next(start); at !== undefined && at !== start; at = next(at))
    if (at < smallest) smallest = at;
  return smallest;
}

function link(map: Map<string, Set<string>>, key: string, id: string): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([id]));
  else set.add(id);
}

function unlink(map: Map<string, Set<string>>, key: string, id: string): void {
  const set = map.get(key);
  set?.delete(id);
  if (set?.size === 0) map.delete(key);
}

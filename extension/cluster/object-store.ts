/**
 * The live objects of one session, fed by reflectors. Everybody else reads it and is told about changes in two ways: at once,
 * for who waits for one object, and in bundles, for who looks at all. Who draws has a slower pace of its own.
 */
import { objectId, refOf } from "#simulator";
import type { JsonObject } from "#simulator";

import type { LiveObject } from "../model/cluster/live-object.ts";
import { toLiveObject } from "../model/cluster/live-object.ts";

export type ChangeListener = (ids: ReadonlySet<string>) => void;
/** `undefined` when the object is gone. */
export type ObjectListener = (object: LiveObject | undefined) => void;

export interface StoreTiming {
  /** Milliseconds between two bundles. */
  readonly interval: number;
  /** Milliseconds that the first change waits for others. */
  readonly settle: number;
}

const usualStoreTiming: StoreTiming = { interval: 30, settle: 10 };

export class ObjectStore {
  readonly #objects = new Map<string, LiveObject>();
  readonly #ofScope = new Map<string, Set<string>>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #waiting = new Map<string, Set<ObjectListener>>();
  readonly #timing: StoreTiming;
  #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #lastFlush = -Infinity;

  constructor(timing: StoreTiming = usualStoreTiming) {
    this.#timing = timing;
  }

  get(id: string): LiveObject | undefined {
    return this.#objects.get(id);
  }

  all(): Iterable<LiveObject> {
    return this.#objects.values();
  }

  get size(): number {
    return this.#objects.size;
  }

  onDidChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told at once about every change of one object. */
  onObject(id: string, listener: ObjectListener): () => void {
    const listeners = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#waiting.delete(id);
    };
  }

  /** `scope` is what one reflector looks after: a kind, or a kind in a namespace. */
  put(scope: string, objects: readonly JsonObject[]): void {
    const ids = this.#ofScope.get(scope) ?? new Set();
    this.#ofScope.set(scope, ids);
    for (const raw of objects) {
      const live = toLiveObject(raw);
      if (live === undefined) continue;
      ids.add(live.id);
      const before = this.#objects.get(live.id);
      if (before?.uid === live.uid && before.resourceVersion === live.resourceVersion) continue;
      this.#objects.set(live.id, live);
      this.#tell(live.id, live);
    }
  }

  remove(scope: string, raw: JsonObject): void {
    const ref = refOf(raw);
    if (ref !== undefined) this.#drop(scope, objectId(ref));
  }

  /** What of this scope has none of these uids is gone. */
  retain(scope: string, uids: ReadonlySet<string>): void {
    for (const id of this.#ofScope.get(scope) ?? [])
      if (!uids.has(this.#objects.get(id)?.uid ?? "")) this.#drop(scope, id);
  }

  /** Forgets a scope altogether. */
  forget(scope: string): void {
    this.retain(scope, new Set());
    this.#ofScope.delete(scope);
  }

  /** Tells at once about what is still being bundled. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastFlush = performance.now();
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of this.#listeners) listener(changed);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
    this.#waiting.clear();
    this.#objects.clear();
    this.#ofScope.clear();
  }

  #drop(scope: string, id: string): void {
    this.#ofScope.get(scope)?.delete(id);
    if (this.#objects.delete(id)) this.#tell(id, undefined);
  }

  #tell(id: string, live: LiveObject | undefined): void {
    for (const listener of this.#waiting.get(id) ?? []) listener(live);
    this.#changed.add(id);
    if (this.#timer !== undefined) return;
    const { interval, settle } = this.#timing;
    const wait = Math.max(settle, this.#lastFlush + interval - performance.now());
    this.#timer = setTimeout(() => this.flush(), wait);
  }
}

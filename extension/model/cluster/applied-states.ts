/**
 * What appliers of a cluster have applied, to know when a plan against it is out of date: status updates come all the time, and
 * nearly all of them say that nothing happened. Pure.
 */
import { conditionsOf, findCondition, fluxKindOf, objectAt, textAt } from "#simulator";
import type { JsonObject } from "#simulator";

import type { LiveObject } from "./live-object.ts";

export class AppliedStates {
  readonly #states = new Map<string, string>();

  /** Whether an applier among these objects moved on, came or went. The first objects ever are where it starts from. */
  update(ids: Iterable<string>, get: (id: string) => LiveObject | undefined): boolean {
    const isFirst = this.#states.size === 0;
    let moved = false;
    for (const id of ids) {
      const object = get(id);
      const before = this.#states.get(id);
      const after = object && stateOf(object);
      if (before === after) continue;
      if (after === undefined) this.#states.delete(id);
      else this.#states.set(id, after);
      moved = true;
    }
    return moved && !isFirst;
  }
}

/** `undefined` for what applies nothing. */
function stateOf({ ref, object, inventory }: LiveObject): string | undefined {
  if (fluxKindOf(ref)?.role !== "applier") return undefined;
  const status = objectAt(object, "status");
  const ready = findCondition(conditionsOf(object), "Ready");
  return JSON.stringify([
    objectAt(object, "metadata")["generation"] ?? null,
    suspended(object),
    textAt(status, "lastAppliedRevision") ?? textAt(status, "lastAttemptedRevision") ?? "",
    textAt(status, "lastAttemptedConfigDigest") ?? "",
    ready?.status ?? "",
    ready?.reason ?? "",
    inventory.length,
  ]);
}

function suspended(object: JsonObject): boolean {
  return objectAt(object, "spec")["suspend"] === true;
}

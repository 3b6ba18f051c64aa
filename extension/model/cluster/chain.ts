/** In which order objects are reconciled: sources before what reads them, owners before what they own, dependants last. Pure. */
import { dependenciesOf, isReconcilable, isSuspended, objectId, sourceChain } from "#simulator";
import type { FindObject } from "#simulator";

import type { LiveEntry, LiveIndex } from "./live-index.ts";

/** Objects of one stage don't wait for each other. */
export interface Chain {
  readonly stages: readonly (readonly string[])[];
  /** Left out because they are suspended. */
  readonly suspended: readonly string[];
}

/** The sources of an object, the farthest first, then itself. */
export function withSources(entry: LiveEntry, index: LiveIndex): Chain {
  return toChain([...sourceStages(entry, index), [entry.live.id]], index);
}

/** Sources, then the owners from the root down, then the object, then what depends on it. */
export function wholeChain(entry: LiveEntry, index: LiveIndex): Chain {
  const owners: LiveEntry[] = [];
  for (let id = index.parent(entry.live.id); id !== undefined; id = index.parent(id)) {
    const owner = index.get(id);
    if (owner === undefined || owners.includes(owner)) break;
    owners.unshift(owner);
  }
  const appliers = [...owners, entry];
  const sources = appliers.flatMap((applier) => sourceStages(applier, index));
  const own = appliers.map(({ live }) => [live.id]);
  return toChain([...sources, ...own, ...dependantStages(entry, index)], index);
}

function sourceStages(entry: LiveEntry, index: LiveIndex): readonly (readonly string[])[] {
  const find: FindObject = (ref) => index.get(objectId(ref))?.live.object;
  const ids = sourceChain(entry.live.object, find).map(objectId);
  return ids.reverse().map((id) => [id]);
}

/** Breadth first along `dependsOn`, each object once. */
function dependantStages(entry: LiveEntry, index: LiveIndex): readonly (readonly string[])[] {
  const dependants = new Map<string, string[]>();
  for (const { live } of index.all())
    for (const ref of dependenciesOf(live.object)) {
      const id = objectId(ref);
      dependants.set(id, [...(dependants.get(id) ?? []), live.id]);
    }
  const seen = new Set([entry.live.id]);
  const stages: string[][] = [];
  let stage = [entry.live.id];
  while (stage.length > 0) {
    const next = new Set(
      stage.flatMap((id) => dependants.get(id) ?? []).filter((id) => !seen.has(id)),
    );
    for (const id of next) seen.add(id);
    stage = [...next].sort();
    if (stage.length > 0) stages.push(stage);
  }
  return stages;
}

/** Each object once, where it is first needed; without those that have no controller or are suspended. */
function toChain(stages: readonly (readonly string[])[], index: LiveIndex): Chain {
  const seen = new Set<string>();
  const suspended: string[] = [];
  const kept = stages.map((stage) =>
    stage.filter((id) => {
      const object = index.get(id)?.live.object;
      if (seen.has(id) || object === undefined) return false;
      seen.add(id);
      if (isSuspended(object)) suspended.push(id);
      return isReconcilable(object) && !isSuspended(object);
    }),
  );
  return { stages: kept.filter((stage) => stage.length > 0), suspended };
}

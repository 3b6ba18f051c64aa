/**
 * What one cluster's render takes from the facts of a live cluster, and what it would have needed besides. Each round of the
 * render begins anew, so that in the end only what the last one used is named.
 */
import type { DataObject } from "../engine/protocol.ts";
import { fluxApiVersion, fluxKinds } from "../flux/kinds.ts";
import type { ClusterFacts, FactUse, LackingFact, StoredRelease } from "../live/facts.ts";
import type { JsonObject } from "../manifest/json.ts";
import { readData } from "./objects.ts";

/** `undefined`: nobody knows; null: it is certainly not there. */
export type Fact<Value> = Value | null | undefined;

export interface FactsView {
  readonly cluster: ClusterFacts;
  /** An object by `Kind/namespace/name`. Unknown ones are noted as lacking. */
  object(key: string, use: FactUse): Fact<JsonObject>;
  /** A ConfigMap or Secret as renders read it, without a note when it is unknown. */
  data(key: string): Fact<DataObject>;
  /** The answer to a `lookup` as JSON text. */
  lookup(need: LookupNeed): Fact<string>;
  release(storageNamespace: string, name: string): Fact<StoredRelease>;
  /** The same view in the name of an applier. */
  of(applier: string): FactsView;
}

export interface FactsRecord {
  readonly view: FactsView;
  /** Forgets what an earlier round noted. */
  begin(): void;
  readonly lacking: () => readonly LackingFact[];
  /** Names of what was used, sorted: `Secret/apps/token`, `release apps/web revision 3`. */
  readonly taken: () => readonly string[];
}

interface LookupNeed {
  readonly key: string;
  readonly apiVersion: string;
  readonly objectKind: string;
  readonly namespace: string;
  readonly name: string;
}

export function recordFacts(cluster: ClusterFacts): FactsRecord {
  const lacking = new Map<string, LackingFact>();
  const taken = new Set<string>();
  const lack = (fact: LackingFact): undefined => {
    if (!lacking.has(fact.key)) lacking.set(fact.key, fact);
    return undefined;
  };
  return {
    view: viewOf(cluster, { lack, take: (name) => void taken.add(name) }, undefined),
    begin() {
      lacking.clear();
      taken.clear();
    },
    lacking: () => [...lacking.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    taken: () => [...taken].sort(),
  };
}

interface Notes {
  readonly lack: (fact: LackingFact) => undefined;
  readonly take: (name: string) => void;
}

function viewOf(cluster: ClusterFacts, notes: Notes, applier: string | undefined): FactsView {
  const who = applier === undefined ? {} : { applier };
  const object = (key: string, use: FactUse): Fact<JsonObject> => {
    const known = cluster.objects.get(key);
    if (known === undefined) return notes.lack({ kind: "object", key, use, ...who, ...refOf(key) });
    if (known !== null) notes.take(key);
    return known;
  };
  return {
    cluster,
    object,
    data(key) {
      const found = cluster.objects.get(key);
      if (found === null || found === undefined) return found;
      notes.take(key);
      return dataOf(found);
    },
    lookup(need) {
      const known = cluster.lookups.get(need.key);
      if (known === undefined) return notes.lack({ ...need, kind: "lookup", ...who });
      notes.take(lookupTitle(need));
      return known;
    },
    release(storageNamespace, name) {
      const key = `${storageNamespace}/${name}`;
      const known = cluster.releases.get(key);
      if (known === undefined)
        return notes.lack({ kind: "release", key, storageNamespace, name, ...who });
      if (known !== null) notes.take(`release ${key} revision ${known.revision}`);
      return known;
    },
    of: (id) => viewOf(cluster, notes, id),
  };
}

function lookupTitle({ objectKind, namespace, name }: LookupNeed): string {
  const where = namespace === "" ? "" : `${namespace}/`;
  return `lookup of ${objectKind} ${where}${name === "" ? "*" : name}`;
}

const data = new WeakMap<JsonObject, DataObject>();

function dataOf(object: JsonObject): DataObject | undefined {
  const known = data.get(object);
  if (known !== undefined) return known;
  const read = readData(object);
  if (read !== undefined) data.set(object, read);
  return read;
}

function refOf(key: string): {
  readonly apiVersion: string;
  readonly objectKind: string;
  readonly namespace: string;
  readonly name: string;
} {
  const [objectKind = "", namespace = "", name = ""] = key.split("/");
  const row = fluxKinds.find(({ kind }) => kind === objectKind);
  const apiVersion = row === undefined ? "v1" : fluxApiVersion(row.kind);
  return { apiVersion, objectKind, namespace, name };
}

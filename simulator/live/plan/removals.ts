/**
 * What leaves a cluster: the inventory that an applier has there, without what it renders now. Garbage collection takes only what still
 * exists, carries the labels of its owner, and has no switch against it (`fluxcd/pkg ssa/manager_delete.go`). An applier that goes takes
 * what it applied with it, and so on down.
 */
import { keptWhenGone } from "../../plan/changes.ts";
import { readApplier, applierKindOf } from "../../flux/read-applier.ts";
import { localKey, objectId } from "../../flux/object-ref.ts";
import { ownersOf } from "../../flux/ownership.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { ObjectRef } from "../../records.ts";
import type { Asker } from "./asker.ts";
import { comparable } from "./comparable.ts";
import { inventoryOfLive } from "./live-appliers.ts";
import type { LiveAppliers } from "./live-appliers.ts";
import { keptBySwitch } from "./switches.ts";
import type { LiveChange } from "./verdict.ts";

/** An applier that lets go of objects. */
export interface Leaver {
  readonly id: string;
  readonly ref: ObjectRef;
  /** As it is on the cluster. */
  readonly live: JsonObject;
  /** Why nothing of it is deleted. */
  readonly kept: string | undefined;
  /** The applier that deletes it, when it goes itself. */
  readonly parent?: string;
}

export interface RemovalContext {
  readonly cluster: string;
  readonly asker: Asker;
  readonly live: LiveAppliers;
  /** Ids of objects that are rendered, with the applier that has them. */
  readonly rendered: ReadonlyMap<string, readonly string[]>;
  /** What a release holds, as it is stored. `undefined`: it can't be read. */
  readonly released: (live: JsonObject) => Promise<readonly ObjectRef[] | undefined>;
  /** The same for what an applier has on another cluster. `undefined`: that can't be asked. */
  readonly at: (applier: JsonObject) => Promise<RemovalContext | undefined>;
}

export interface Removals {
  /** Deleted and kept ones; and such that are rendered elsewhere: their `kind` is `moved`. */
  readonly changes: readonly LiveChange[];
  /** Appliers that go. */
  readonly gone: readonly Leaver[];
  /** Objects about which nothing is known. */
  readonly unanswered: number;
}

/** Everything that `leaver` lets go of, itself kept or not. */
export async function removalsOf(
  leaver: Leaver,
  refs: readonly ObjectRef[],
  context: RemovalContext,
): Promise<Removals> {
  const found = await Promise.all(refs.map((ref) => removalOf(ref, leaver, context)));
  const changes = found.flatMap((one) => (typeof one === "string" ? [] : [one]));
  const unanswered = found.filter((one) => one === "unanswered").length;
  const below = await Promise.all(
    changes
      .filter(({ kind }) => kind === "deleted")
      .map((change) => applierGone(change, leaver, context)),
  );
  return {
    changes: [...changes, ...below.flatMap((one) => one.changes)],
    gone: below.flatMap((one) => one.gone),
    unanswered: below.reduce((sum, one) => sum + one.unanswered, unanswered),
  };
}

const none: Removals = { changes: [], gone: [], unanswered: 0 };

/** When a deleted object is an applier, its finalizer lets go of what it applied. */
async function applierGone(
  change: LiveChange,
  { id: parent }: Leaver,
  context: RemovalContext,
): Promise<Removals> {
  const { ref } = change;
  const live = context.live.objects.get(localKey(ref.kind, ref.namespace, ref.name));
  if (applierKindOf(ref) === undefined || live === undefined) return none;
  const id = `${context.cluster}|${localKey(ref.kind, ref.namespace, ref.name)}`;
  const spec = readApplier(live);
  const leaver: Leaver = { id, ref, live, kept: keptWhenGone(spec), parent };
  const there = spec.remoteCluster === undefined ? context : await context.at(live);
  if (there === undefined) return { changes: [], gone: [leaver], unanswered: 1 };
  const refs = await holdings(leaver, there);
  const removals = await removalsOf(leaver, refs ?? [], there);
  return {
    changes: removals.changes,
    gone: [leaver, ...removals.gone],
    unanswered: removals.unanswered + (refs === undefined ? 1 : 0),
  };
}

async function holdings(
  { ref, live }: Leaver,
  context: RemovalContext,
): Promise<readonly ObjectRef[] | undefined> {
  return ref.kind === "HelmRelease" ? context.released(live) : inventoryOfLive(live);
}

type Removal = LiveChange | "nothing" | "unanswered";

async function removalOf(
  ref: ObjectRef,
  leaver: Leaver,
  { asker, rendered }: RemovalContext,
): Promise<Removal> {
  const id = objectId(ref);
  const others = (rendered.get(id) ?? []).filter((one) => one !== leaver.id);
  const change = { applier: leaver.id, ref, id, known: "dry-run" } as const;
  if (others.length > 0) return { ...change, kind: "moved", isPruned: leaver.kept === undefined };
  const answer = await asker.read(ref);
  switch (answer.outcome) {
    case "absent":
    case "unknown-kind":
      return "nothing";
    case "forbidden":
    case "lost":
      return "unanswered";
    case "found":
      break;
  }
  const { object } = answer;
  if (!isOwn(object, leaver.ref)) return "nothing";
  const base = comparable(object);
  const kept = leaver.kept ?? keptBySwitch(object, leaver.ref.kind) ?? keptByHelm(object, leaver);
  return kept === undefined
    ? { ...change, kind: "deleted", base }
    : { ...change, kind: "orphaned", base, kept };
}

/** Helm asks for no labels: what its release holds is its own. */
function isOwn(object: JsonObject, owner: ObjectRef): boolean {
  if (owner.kind === "HelmRelease") return true;
  return ownersOf(object).some(
    ({ kind, namespace, name }) =>
      kind === owner.kind && namespace === owner.namespace && name === owner.name,
  );
}

function keptByHelm(object: JsonObject, { ref }: Leaver): string | undefined {
  const metadata = object["metadata"] as JsonObject | undefined;
  const annotations = metadata?.["annotations"] as JsonObject | undefined;
  return ref.kind === "HelmRelease" && annotations?.["helm.sh/resource-policy"] === "keep"
    ? "its annotation helm.sh/resource-policy is keep"
    : undefined;
}

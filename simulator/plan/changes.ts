/**
 * Which objects of one cluster are created, changed, deleted, moved or kept when the target replaces the base.
 * Pure: no values are shown here, only found.
 */
import type { EngineObject } from "../engine/protocol.ts";
import type { ApplierSpec } from "../flux/applier.ts";
import { groupBy } from "../flux/group-by.ts";
import { remoteOf } from "../flux/remote-cluster.ts";
import type { ClusterRender, RenderedNode } from "../render/cluster.ts";
import { inventoryOf } from "../render/inventory.ts";
import type { InventoryItem } from "../render/inventory.ts";
import type { Built } from "../render/node.ts";
import { parsed } from "../render/objects.ts";
import type { Change } from "../records.ts";
import { differences } from "./fields.ts";

export interface RawChange {
  readonly kind: Change["kind"];
  readonly applier: string;
  /** For moved objects: the applier on the base side. */
  readonly from?: string;
  readonly base?: InventoryItem;
  readonly target?: InventoryItem;
  readonly kept?: string;
  /** For moved objects: nothing keeps the old applier from deleting it. */
  readonly isPruned?: boolean;
}

/** Changes by applier id. Appliers without changes are not in it. */
export function findChanges(
  base: ClusterRender | undefined,
  target: ClusterRender | undefined,
): ReadonlyMap<string, readonly RawChange[]> {
  const baseNodes = new Map(base?.nodes.map((node) => [node.id, node]));
  const targetNodes = new Map(target?.nodes.map((node) => [node.id, node]));
  const changes: RawChange[] = [];
  for (const id of new Set([...baseNodes.keys(), ...targetNodes.keys()])) {
    const before = baseNodes.get(id);
    const after = targetNodes.get(id);
    if (after === undefined && before !== undefined)
      changes.push(...removedApplier(before, base, targetNodes));
    else if (
      after !== undefined &&
      isComparable(before, after) &&
      !(before === undefined && mayBeHidden(after, target, baseNodes))
    )
      changes.push(...comparedApplier(before, base, after, target));
  }
  const where = (nodes: ReadonlyMap<string, RenderedNode>, change: RawChange): string =>
    clusterOf(nodes.get(change.applier)) ?? "";
  const joined = joinMoves(changes, {
    before: (change) => where(baseNodes, change),
    after: (change) => where(targetNodes, change),
  });
  return groupBy(joined, ({ applier }) => applier);
}

/** What says which other cluster it applies to; `undefined` for its own. */
function clusterOf(node: RenderedNode | undefined): string | undefined {
  return node === undefined ? undefined : remoteOf(node.object);
}

/** Whether an applier's render can be trusted for comparison; one failed side says nothing about objects. */
function isRendered(node: RenderedNode): boolean {
  return (
    node.built.outcome === "built" &&
    (node.built.result.failure === undefined || node.built.result.failure.stage === "apply")
  );
}

function isComparable(before: RenderedNode | undefined, after: RenderedNode): boolean {
  return isRendered(after) && !after.spec.suspend && (before === undefined || isRendered(before));
}

function items(
  node: RenderedNode | undefined,
  cluster: ClusterRender | undefined,
): readonly InventoryItem[] {
  return node?.built.outcome === "built" && cluster !== undefined
    ? inventoryOf(node.built.result, cluster.scopes)
    : [];
}

function comparedApplier(
  before: RenderedNode | undefined,
  base: ClusterRender | undefined,
  after: RenderedNode,
  target: ClusterRender | undefined,
): readonly RawChange[] {
  // What it applied to another cluster before says nothing about the new one, where all is new.
  const old = clusterOf(before) === clusterOf(after) ? items(before, base) : [];
  const now = items(after, target);
  if (old === now) return [];
  const oldById = new Map(old.filter(isOnCluster).map((item) => [item.id, item]));
  const nowIds = new Set(now.map(({ id }) => id));
  const changes: RawChange[] = [];
  for (const item of now) {
    const previous = oldById.get(item.id);
    if (previous === undefined) {
      if (isApplied(item)) changes.push({ kind: "created", applier: after.id, target: item });
    } else if (
      isApplied(item) &&
      item.object.skipped === undefined &&
      isDifferent(previous, item)
    ) {
      changes.push({ kind: "changed", applier: after.id, base: previous, target: item });
    }
  }
  for (const item of old.filter(isOnCluster)) {
    if (!nowIds.has(item.id)) changes.push(left(item, after.id, keptOnChange(before, after)));
  }
  return changes;
}

/** What a chart has in `crds/` and its release leaves alone is nothing that could change or go. */
function isOnCluster({ isListedOnly }: InventoryItem): boolean {
  return !isListedOnly;
}

/** `ifnotpresent` is applied when it is new; disabled and ignored objects never are. */
function isApplied(item: InventoryItem): boolean {
  return item.object.skipped === undefined || item.object.skipped === "ssa-ifnotpresent";
}

const compared = new WeakMap<InventoryItem, WeakMap<InventoryItem, boolean>>();

function isDifferent(base: InventoryItem, target: InventoryItem): boolean {
  if (base === target || base.object.json === target.object.json) return false;
  const known = compared.get(base)?.get(target);
  if (known !== undefined) return known;
  const a = parsed(base.object);
  const b = parsed(target.object);
  // Numbers beyond 2^53 are equal as JavaScript numbers: different texts of equal values are looked at as texts.
  const answer = differences(a, b, false).length > 0 || JSON.stringify(a) === JSON.stringify(b);
  compared.set(
    base,
    (compared.get(base) ?? new WeakMap<InventoryItem, boolean>()).set(target, answer),
  );
  return answer;
}

/**
 * Why everything that left the render stays. A release that moves to another namespace is uninstalled there, where none of
 * its old objects are (seen on helm-controller 1.6).
 */
function keptOnChange(before: RenderedNode | undefined, after: RenderedNode): string | undefined {
  if (!after.spec.prune) return "prune is off";
  const from = releaseOf(before);
  const to = releaseOf(after);
  return from !== undefined && to !== undefined && from.namespace !== to.namespace
    ? "helm-controller uninstalls the release in its new namespace, so what is in the old one stays"
    : undefined;
}

function releaseOf(node: RenderedNode | undefined): NonNullable<Built["helm"]>["release"] {
  return node?.built.outcome === "built" ? node.built.helm?.release : undefined;
}

/** What Helm itself never deletes. */
function keptByHelm({ helm }: EngineObject): string | undefined {
  if (helm?.keep === true) return "its annotation helm.sh/resource-policy is keep";
  switch (helm?.part) {
    case "crd":
      return "Helm never deletes what is in the crds folder of a chart";
    case "hook":
      return "hooks are deleted by their own policies only";
    case "namespace":
      return "the namespace of a release is never deleted";
    case "template":
    case "chart":
    case undefined:
      return undefined;
  }
}

function left(item: InventoryItem, applier: string, kept: string | undefined): RawChange {
  const reason =
    kept ??
    (item.object.keepOnPrune === true
      ? "its annotation kustomize.toolkit.fluxcd.io/prune is disabled"
      : keptByHelm(item.object));
  return reason === undefined
    ? { kind: "deleted", applier, base: item }
    : { kind: "orphaned", applier, base: item, kept: reason };
}

/** An applier that the target no longer has: what its finalizer does (`spec.deletionPolicy`). */
function removedApplier(
  before: RenderedNode,
  base: ClusterRender | undefined,
  targetNodes: ReadonlyMap<string, RenderedNode>,
): readonly RawChange[] {
  const isGone = targetNodes.size > 0 && !mayBeHidden(before, base, targetNodes);
  if (!isRendered(before) || !isGone) return [];
  const kept = keptWhenDeleted(before, targetNodes);
  return items(before, base)
    .filter(isOnCluster)
    .map((item) => left(item, before.id, kept));
}

/** Whether an applier of one side may only be missing on the other because an ancestor could not be rendered there. */
function mayBeHidden(
  node: RenderedNode,
  side: ClusterRender | undefined,
  others: ReadonlyMap<string, RenderedNode>,
): boolean {
  for (let parent = node.parent; parent !== undefined;) {
    const other = others.get(parent);
    if (other !== undefined) return !isRendered(other);
    parent = side?.nodes.find(({ id }) => id === parent)?.parent;
  }
  return false;
}

function keptWhenDeleted(
  node: RenderedNode,
  targetNodes: ReadonlyMap<string, RenderedNode>,
): string | undefined {
  if (node.parent === undefined)
    return `nothing deletes a root ${node.spec.kind} that left the repository`;
  if (node.spec.suspend) return `a suspended ${node.spec.kind} deletes nothing`;
  const parent = targetNodes.get(node.parent);
  if (parent !== undefined && !parent.spec.prune)
    return `prune is off in the ${parent.spec.kind} above it`;
  return keptWhenGone(node.spec);
}

/** Why an applier that is deleted leaves what it applied (its finalizer, `spec.deletionPolicy`). */
export function keptWhenGone({
  kind,
  suspend,
  prune,
  deletionPolicy,
}: Pick<ApplierSpec, "kind" | "suspend" | "prune" | "deletionPolicy">): string | undefined {
  if (suspend) return `a suspended ${kind} deletes nothing`;
  switch (deletionPolicy) {
    case "MirrorPrune":
      return prune ? undefined : "prune is off";
    case "Delete":
    case "WaitForTermination":
      return undefined;
    case "Orphan":
      return "its deletionPolicy is Orphan";
  }
}

interface Where {
  readonly before: (change: RawChange) => string;
  readonly after: (change: RawChange) => string;
}

/** An object that leaves one applier and appears in another of the same cluster is moved. */
function joinMoves(changes: readonly RawChange[], { before, after }: Where): readonly RawChange[] {
  const gone = new Map(
    changes
      .filter(({ kind }) => kind === "deleted" || kind === "orphaned")
      .map((change) => [`${before(change)}|${change.base?.id ?? ""}`, change]),
  );
  const moved = new Set<RawChange>();
  const joined = changes.map((change): RawChange => {
    const id = `${after(change)}|${change.target?.id ?? ""}`;
    const old = change.kind === "created" ? gone.get(id) : undefined;
    if (old?.base === undefined || change.target === undefined || old.applier === change.applier)
      return change;
    moved.add(old);
    return {
      kind: "moved",
      applier: change.applier,
      from: old.applier,
      base: old.base,
      target: change.target,
      isPruned: old.kind === "deleted",
    };
  });
  return joined.filter((change) => !moved.has(change));
}

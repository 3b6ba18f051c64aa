/**
 * What the push changes and nobody applies: below a suspended applier or source, in an object that Flux is told to leave alone, in a
 * Deployment whose rollouts are paused.
 */
import type { EngineObject } from "../../engine/protocol.ts";
import { refTitle } from "../../flux/object-ref.ts";
import { flagAt } from "../../manifest/json.ts";
import type { ClusterRender, RenderedNode } from "../../render/cluster.ts";
import { inventoryOf } from "../../render/inventory.ts";
import { nodeRef } from "../../render/node.ts";
import { offerOf } from "../../render/objects.ts";
import { about, groupKind } from "./rule.ts";
import type { Finding, RiskContext, RiskRule } from "./rule.ts";

export const notApplied: RiskRule = {
  code: "risk/not-applied",
  summary: "A change that nobody applies, because something is suspended or paused.",
  *find(context) {
    for (const node of context.target?.nodes ?? []) {
      const before = context.node("base", node.id);
      if (node.spec.suspend) yield* suspended(before, node, context);
      else if (before !== undefined) yield* leftAlone(before, node, context);
    }
    yield* suspendedSources(context);
    yield* paused(context);
  },
};

function* suspended(
  before: RenderedNode | undefined,
  node: RenderedNode,
  context: RiskContext,
): Generator<Finding> {
  const finding = { applier: node.id, object: nodeRef(node) };
  const title = refTitle(node.spec);
  const count = before === undefined ? 0 : countDifferent(before, node, context);
  if (count > 0)
    yield {
      ...finding,
      severity: "medium",
      message: `${title} is suspended, so ${count === 1 ? "the change of one object" : `the changes of ${count} objects`} below it will not be applied until it is resumed.`,
    };
  else if (before !== undefined && !before.spec.suspend)
    yield {
      ...finding,
      severity: "low",
      message: `${title} will be suspended: nothing that is pushed after this changes what it applies.`,
    };
}

/** Objects that are not the same on both sides, as texts. */
function countDifferent(
  before: RenderedNode,
  after: RenderedNode,
  { base, target }: RiskContext,
): number {
  const old = textsOf(before, base);
  const now = textsOf(after, target);
  if (old === undefined || now === undefined) return 0;
  const ids = new Set([...old.keys(), ...now.keys()]);
  return [...ids].filter((id) => old.get(id) !== now.get(id)).length;
}

function textsOf(
  { built }: RenderedNode,
  cluster: ClusterRender | undefined,
): ReadonlyMap<string, string> | undefined {
  if (built.outcome !== "built" || built.result.failure !== undefined || cluster === undefined)
    return undefined;
  return new Map(
    inventoryOf(built.result, cluster.scopes).map(({ id, object }) => [id, object.json]),
  );
}

/** Objects with an annotation by which kustomize-controller does not apply them. */
function* leftAlone(
  before: RenderedNode,
  node: RenderedNode,
  { base, target }: RiskContext,
): Generator<Finding> {
  const { built } = node;
  if (built.outcome !== "built" || target === undefined || before.built === built) return;
  const old = textsOf(before, base);
  for (const { id, ref, object } of inventoryOf(built.result, target.scopes)) {
    const known = old?.get(id);
    const reason = object.skipped === undefined ? undefined : reasons[object.skipped];
    if (reason === undefined || known === undefined || known === object.json) continue;
    yield {
      severity: "low",
      applier: node.id,
      object: ref,
      message: `The change of ${refTitle(ref)} will not be applied: ${reason}.`,
    };
  }
}

/** The CRD policy of a release says of all its definitions at once what becomes of them; it is no surprise. */
const reasons: Readonly<Partial<Record<NonNullable<EngineObject["skipped"]>, string>>> = {
  "reconcile-disabled": "its annotation kustomize.toolkit.fluxcd.io/reconcile is disabled",
  "ssa-ignore": "its annotation kustomize.toolkit.fluxcd.io/ssa is ignore",
  "ssa-ifnotpresent":
    "it exists, and its annotation kustomize.toolkit.fluxcd.io/ssa is IfNotPresent",
};

/** A suspended source gives its appliers no new revision. */
function* suspendedSources({ appliers, target }: RiskContext): Generator<Finding> {
  const asleep = new Set<string>();
  for (const { built } of target?.nodes ?? []) {
    if (built.outcome !== "built") continue;
    for (const [key, source] of offerOf(built.result).sources)
      if (flagAt(source, "spec", "suspend")) asleep.add(key);
  }
  if (asleep.size === 0) return;
  for (const { applier, changes } of appliers) {
    const source = applier.source.replace(" ", "/");
    const count = changes.filter(({ kind }) => kind !== "orphaned").length;
    if (count === 0 || !asleep.has(source)) continue;
    yield {
      severity: "medium",
      applier: applier.id,
      object: applier.ref,
      message: `${applier.source} is suspended, so ${refTitle(applier.ref)} will not see this push until the source is resumed.`,
    };
  }
}

function* paused({ objects }: RiskContext): Generator<Finding> {
  for (const changed of objects) {
    const { kind, ref, fields } = changed.change;
    if (kind !== "changed" || groupKind(ref) !== "apps/Deployment") continue;
    if (!flagAt(changed.target?.exact, "spec", "paused")) continue;
    if (!fields.some(({ path }) => path.startsWith("/spec/template"))) continue;
    yield about(
      changed,
      "medium",
      `The rollouts of ${refTitle(ref)} are paused (spec.paused), so its pods stay as they are.`,
    );
  }
}

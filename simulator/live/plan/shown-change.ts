/** A change of a cluster as people see it: fields from exact values, texts from those that may be shown. */
import { fieldChanges } from "../../plan/fields.ts";
import type { Side } from "../../plan/fields.ts";
import { originOf } from "../../plan/origins.ts";
import { presentable } from "../../plan/present.ts";
import type { PresentContext } from "../../plan/present.ts";
import { restartsPods } from "../../plan/restarts.ts";
import type { ChangedObject } from "../../plan/risks/rule.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Change, FieldChange, Place } from "../../records.ts";
import type { ClusterRender, RenderedNode } from "../../render/cluster.ts";
import type { InventoryItem } from "../../render/inventory.ts";
import { parsed } from "../../render/objects.ts";
import { comparable } from "./comparable.ts";
import { shownLive } from "./secrets.ts";
import type { Render, SecretValues } from "./secrets.ts";
import type { Drift, LiveChange } from "./verdict.ts";

export interface Shower {
  readonly show: (change: LiveChange) => Promise<ChangedObject>;
  readonly side: (
    object: JsonObject,
    item: InventoryItem | undefined,
    applier: string,
  ) => Promise<Side>;
  readonly drift: (drift: Drift) => Promise<readonly FieldChange[]>;
  readonly origin: (item: InventoryItem | undefined, applier: string) => Promise<Place | undefined>;
}

export function createShower(
  cluster: ClusterRender,
  secrets: SecretValues,
  context: PresentContext & { readonly written: (applier: string) => Place | undefined },
): Shower {
  const nodes = new Map(cluster.nodes.map((node) => [node.id, node]));
  const masked = new Map<string, Promise<ReadonlyMap<string, JsonObject>>>();
  const renderOf = async (
    item: InventoryItem | undefined,
    node: RenderedNode | undefined,
  ): Promise<Render | undefined | "hidden"> => {
    if (item === undefined || node?.built.outcome !== "built") return undefined;
    const objects = masked.get(node.id) ?? presentable(node.built, cluster.scopes, context);
    masked.set(node.id, objects);
    const shown = (await objects).get(item.id);
    if (shown === undefined) return "hidden";
    return { exact: comparable(parsed(item.object)), shown: comparable(shown) };
  };
  const side: Shower["side"] = async (object, item, applier) => {
    const render = await renderOf(item, nodes.get(applier));
    return {
      exact: object,
      shown: render === "hidden" ? undefined : await shownLive(object, render, secrets),
    };
  };
  const drift: Shower["drift"] = async (one) =>
    fieldChanges(await side(one.live, undefined, ""), await side(one.stored, undefined, ""), false);
  const origin: Shower["origin"] = async (item, applier) => {
    const built = nodes.get(applier)?.built;
    if (item === undefined || built?.outcome !== "built") return undefined;
    return (await originOf(item, built, context)) ?? context.written(applier);
  };
  return {
    side,
    drift,
    origin,
    async show(change) {
      context.signal?.throwIfAborted();
      const { applier, item } = change;
      const base = change.base && (await side(change.base, item, applier));
      const target = change.target && (await side(change.target, item, applier));
      const drifted =
        change.drift === undefined ? undefined : await driftFields(change.drift, change, side);
      const shown = shownChange(change, { base, target }, drifted, await origin(item, applier));
      return {
        change: shown,
        ...(base === undefined ? {} : { base }),
        ...(target === undefined ? {} : { target }),
        ...(item?.object.helm === undefined ? {} : { part: item.object.helm.part }),
        isPruned: change.isPruned === true,
        ...(change.kind === "recreated" ? { recreatedFor: reasonsOf(change) } : {}),
        ...(change.lostFor === undefined ? {} : { lostFor: namedFields(change.lostFor) }),
      };
    },
  };
}

async function driftFields(
  { live, stored }: Drift,
  { item, applier }: LiveChange,
  side: Shower["side"],
): Promise<readonly FieldChange[]> {
  return fieldChanges(await side(live, item, applier), await side(stored, item, applier), false);
}

function shownChange(
  change: LiveChange,
  { base, target }: { readonly base: Side | undefined; readonly target: Side | undefined },
  drifted: readonly FieldChange[] | undefined,
  origin: Place | undefined,
): Change {
  const all =
    base === undefined || target === undefined
      ? []
      : fieldChanges(base, target, change.kind === "moved").filter(
          ({ kind }) => change.isBare !== true || kind !== "removed",
        );
  const keys = new Set(drifted?.map(fieldKey));
  const fields = all.filter((field) => !keys.has(fieldKey(field)));
  const left = new Set(all.map(fieldKey));
  const drift = drifted?.filter((field) => left.has(fieldKey(field))) ?? [];
  const { ref, kind, applier, takesFrom, from, kept, hook, known } = change;
  return {
    kind,
    id: `${applier}|${change.id}`,
    ref,
    applier,
    fields,
    known,
    ...(from === undefined ? {} : { from }),
    ...(origin === undefined ? {} : { origin }),
    ...(kept === undefined ? {} : { kept }),
    ...(takesFrom === undefined ? {} : { takesFrom }),
    ...(restartsPods(change, [...fields, ...drift], target?.exact) ? { restarts: true } : {}),
    ...(drift.length === 0 ? {} : { drift }),
    ...(hook === undefined ? {} : { hook }),
  };
}

function fieldKey({ path, kind, before, after }: FieldChange): string {
  return JSON.stringify([path, kind, before, after]);
}

export function immutableFields(message: string): readonly string[] {
  const named = namedFields(message);
  return named.length === 0 ? ["a field"] : named;
}

/** The fields that the server names, as `spec.selector: Invalid value: …: field is immutable`. */
function namedFields(message: string): readonly string[] {
  const words =
    /([\w$][\w$.[\]"/-]*): (?:(?:Invalid|Required|Unsupported|Duplicate) value|Forbidden)/g;
  return [...new Set([...message.matchAll(words)].map(([, field]) => field ?? ""))];
}

function reasonsOf({ immutable }: LiveChange): readonly string[] {
  return immutable === undefined ? [] : immutableFields(immutable);
}

/** The appliers that are on the cluster now: what they were told, what they hold, and in which state they are. */
import { applierKinds } from "../../flux/applier.ts";
import type { ApplierKind } from "../../flux/applier.ts";
import { fluxApiVersion, fluxKind } from "../../flux/kinds.ts";
import { localKey } from "../../flux/object-ref.ts";
import { inventoryRefs, inventoryText } from "../../flux/ownership.ts";
import { textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { ObjectRef } from "../../records.ts";
import type { RenderedNode } from "../../render/cluster.ts";
import { nodeRef } from "../../render/node.ts";
import type { Asker } from "./asker.ts";

export interface LiveAppliers {
  /** By `Kind/namespace/name`. */
  readonly objects: ReadonlyMap<string, JsonObject>;
  /** `Kind/namespace/name` of those that could not be read. */
  readonly unread: ReadonlySet<string>;
}

/** Whole lists are one request for each kind; where these are not allowed, each applier is asked for. */
export async function readLiveAppliers(
  nodes: readonly RenderedNode[],
  asker: Asker,
): Promise<LiveAppliers> {
  const objects = new Map<string, JsonObject>();
  const unread = new Set<string>();
  await Promise.all(
    applierKinds.map(async (kind) => {
      const { group } = fluxKind(kind);
      const answer = await asker.list({ group, kind });
      if (answer.outcome === "found") addAll(answer.objects, kind, objects);
      else if (answer.outcome === "forbidden" || answer.outcome === "lost")
        await readEach(
          nodes.filter(({ spec }) => spec.kind === kind),
          { asker, objects, unread },
        );
    }),
  );
  return { objects, unread };
}

function addAll(
  found: readonly JsonObject[],
  kind: ApplierKind,
  objects: Map<string, JsonObject>,
): void {
  for (const object of found) {
    const namespace = textAt(object, "metadata", "namespace") ?? "";
    const name = textAt(object, "metadata", "name") ?? "";
    // The items of a list say neither.
    objects.set(localKey(kind, namespace, name), {
      apiVersion: fluxApiVersion(kind),
      kind,
      ...object,
    });
  }
}

async function readEach(
  nodes: readonly RenderedNode[],
  {
    asker,
    objects,
    unread,
  }: {
    readonly asker: Asker;
    readonly objects: Map<string, JsonObject>;
    readonly unread: Set<string>;
  },
): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      const ref = nodeRef(node);
      const key = localKey(ref.kind, ref.namespace, ref.name);
      const answer = await asker.read(ref);
      if (answer.outcome === "found") objects.set(key, answer.object);
      else if (answer.outcome === "forbidden" || answer.outcome === "lost") unread.add(key);
    }),
  );
}

/** What an applier says that it applied. */
export function inventoryOfLive(object: JsonObject): readonly ObjectRef[] {
  return inventoryRefs(inventoryText(object));
}

/** Changes with everything that happens to it: an answer about its objects counts as long as this stays. */
export function stateOf(object: JsonObject | undefined): string {
  return textAt(object, "metadata", "resourceVersion") ?? "";
}

/**
 * ConfigMaps and Secrets that renders read. What the repository applies wins over what is on the cluster, because it will be
 * applied; of suspended appliers, and of objects that are created only when they are missing, the cluster's version counts.
 */
import type { DataObject } from "../engine/protocol.ts";
import { localKey } from "../flux/object-ref.ts";
import type { FactsView } from "./facts-view.ts";
import type { DataInputs } from "./kustomization.ts";
import type { Outcome, RenderNode } from "./node.ts";
import { offerOf } from "./objects.ts";

/** `held`: its applier is suspended, so it is not applied. `kept`: it is only created. */
type Weak = "held" | "kept";

export function dataInputs(
  rendered: ReadonlyMap<string, DataObject>,
  built: readonly (readonly [RenderNode, Extract<Outcome, { readonly outcome: "built" }>])[],
  facts: FactsView | undefined,
): DataInputs {
  if (facts === undefined)
    return { get: (key) => rendered.get(key), isOpen: (key) => !rendered.has(key) };
  const weak = weakData(built);
  const isOpen = (key: string): boolean => !rendered.has(key) || weak.has(key);
  return {
    isOpen,
    get(key) {
      const own = rendered.get(key);
      if (!isOpen(key)) return own;
      const fact = facts.data(key);
      if (fact === null) return weak.get(key) === "held" ? undefined : own;
      return fact ?? own;
    },
  };
}

function weakData(
  built: readonly (readonly [RenderNode, Extract<Outcome, { readonly outcome: "built" }>])[],
): ReadonlyMap<string, Weak> {
  const weak = new Map<string, Weak>();
  const firm = new Set<string>();
  for (const [{ spec }, { result }] of built) {
    const { data } = offerOf(result);
    const kept = new Set(
      result.objects.flatMap(({ skipped, kind, namespace, name }) =>
        skipped === "ssa-ifnotpresent" ? [localKey(kind, namespace, name)] : [],
      ),
    );
    for (const key of data.keys()) {
      if (spec.suspend) weak.set(key, "held");
      else if (kept.has(key)) weak.set(key, "kept");
      else firm.add(key);
    }
  }
  for (const key of firm) weak.delete(key);
  return weak;
}

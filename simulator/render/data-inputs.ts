/**
 * ConfigMaps and Secrets that renders read. What the repository applies wins over what is on the cluster, because it will be
 * applied; of suspended appliers, of objects that are created only when they are missing, and of fields that are left to others
 * (`spec.ignore`), the cluster's version counts.
 */
import type { DataObject, EngineObject } from "../engine/protocol.ts";
import { localKey } from "../flux/object-ref.ts";
import { ignoredPaths } from "../live/plan/ignore-rules.ts";
import { listAt } from "../manifest/json.ts";
import type { FactsView } from "./facts-view.ts";
import type { DataInputs } from "./kustomization.ts";
import type { Outcome, RenderNode } from "./node.ts";
import { offerOf, parsed } from "./objects.ts";

/** `held`: its applier is suspended, so it is not applied. `kept`: it is only created. A list: pointers that are left to others. */
type Weakness = "held" | "kept" | readonly string[];

type BuiltNode = readonly [RenderNode, Extract<Outcome, { readonly outcome: "built" }>];

export function dataInputs(
  rendered: ReadonlyMap<string, DataObject>,
  built: readonly BuiltNode[],
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
      const weakness = weak.get(key);
      if (fact === null) return weakness === "held" ? undefined : own;
      if (fact === undefined || own === undefined) return fact ?? own;
      return typeof weakness === "object" ? withOthers(own, fact, weakness) : fact;
    },
  };
}

function withOthers(own: DataObject, live: DataObject, pointers: readonly string[]): DataObject {
  if (pointers.some((pointer) => pointer === "" || fields.includes(pointer))) return live;
  const data: Record<string, string> = { ...own.data };
  for (const pointer of pointers) {
    const field = fields.find((one) => pointer.startsWith(`${one}/`));
    const key = pointer
      .slice((field ?? "").length + 1)
      .replaceAll("~1", "/")
      .replaceAll("~0", "~");
    const value = live.data[key];
    if (field !== undefined && value !== undefined) data[key] = value;
  }
  return { ...own, data };
}

const fields = ["/data", "/stringData"];

function weakData(built: readonly BuiltNode[]): ReadonlyMap<string, Weakness> {
  const weak = new Map<string, Weakness>();
  const firm = new Set<string>();
  for (const [{ spec, object: applier }, { result }] of built) {
    const { data } = offerOf(result);
    const rules = listAt(applier, "spec", "ignore");
    const isPlain = !spec.suspend && rules.length === 0;
    for (const object of result.objects) {
      if (object.kind !== "ConfigMap" && object.kind !== "Secret") continue;
      const key = localKey(object.kind, object.namespace, object.name);
      if (!data.has(key)) continue;
      const weakness =
        isPlain && object.skipped === undefined ? [] : weaknessOf(object, spec, rules);
      if (weakness.length === 0) firm.add(key);
      else weak.set(key, weakness);
    }
  }
  for (const key of firm) weak.delete(key);
  return weak;
}

function weaknessOf(
  object: EngineObject,
  { suspend, kind }: RenderNode["spec"],
  rules: readonly unknown[],
): Weakness {
  if (suspend) return "held";
  if (object.skipped === "ssa-ifnotpresent") return "kept";
  return kind === "Kustomization" && rules.length > 0 ? ignoredPaths(rules, parsed(object)) : [];
}

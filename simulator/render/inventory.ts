/**
 * The inventory of one build: every object with the ref it has on the cluster, which depends on the scope of its kind,
 * and whether kustomize-controller applies it (`fluxcd/pkg ssa`, stages of `kustomization_controller.go`).
 */
import type { EngineObject, RenderResult } from "../engine/protocol.ts";
import { fluxKindOf } from "../flux/kinds.ts";
import { groupOf, objectId } from "../flux/object-ref.ts";
import type { ObjectRef } from "../records.ts";
import type { Scope } from "./objects.ts";

export interface InventoryItem {
  readonly object: EngineObject;
  readonly ref: ObjectRef;
  /** `objectId(ref)`. */
  readonly id: string;
  /** It says a namespace although its kind is cluster-scoped; the API server drops it. */
  readonly namespaceDropped: boolean;
  /** Its kind is namespaced and it says no namespace: applying fails. */
  readonly namespaceMissing: boolean;
  /** It only counts: helm-controller lists all of a chart's `crds/`, what it does not apply as well. */
  readonly isListedOnly: boolean;
}

interface Cached {
  readonly signature: string;
  readonly items: readonly InventoryItem[];
}

const cache = new WeakMap<RenderResult, Cached>();

export function inventoryOf(
  result: RenderResult,
  scopes: ReadonlyMap<string, Scope>,
): readonly InventoryItem[] {
  const signature = signatureOf(result, scopes);
  const known = cache.get(result);
  if (known !== undefined && known.signature === signature) return known.items;
  const items = result.objects.map((object) => item(object, scopes));
  cache.set(result, { signature, items });
  return items;
}

const customKinds = new WeakMap<RenderResult, readonly string[]>();

/** The scopes of the custom kinds in a result: when these are the same, the inventory is the same. */
function signatureOf(result: RenderResult, scopes: ReadonlyMap<string, Scope>): string {
  let kinds = customKinds.get(result);
  if (kinds === undefined) {
    kinds = [...new Set(result.objects.filter(({ scope }) => scope === undefined).map(kindKey))];
    customKinds.set(result, kinds);
  }
  return kinds.map((kind) => scopes.get(kind)?.[0] ?? "?").join("");
}

function kindKey(object: { readonly apiVersion: string; readonly kind: string }): string {
  return `${groupOf(object.apiVersion)}/${object.kind}`;
}

function item(object: EngineObject, scopes: ReadonlyMap<string, Scope>): InventoryItem {
  const scope =
    object.scope ?? (fluxKindOf(object) === undefined ? scopes.get(kindKey(object)) : "Namespaced");
  const { apiVersion, kind, name } = object;
  const namespace = scope === "Cluster" ? "" : object.namespace;
  const ref = { apiVersion, kind, namespace, name };
  const isListedOnly = object.skipped === "crd-policy" || object.skipped === "not-a-crd";
  return {
    object,
    ref,
    id: objectId(ref),
    namespaceDropped: !isListedOnly && scope === "Cluster" && object.namespace !== "",
    namespaceMissing: !isListedOnly && scope === "Namespaced" && object.namespace === "",
    isListedOnly,
  };
}

/** Apply stage of an object: a failure in one stage leaves the earlier ones applied. */
export function stageOf(ref: ObjectRef): 1 | 2 | 3 {
  if (
    ref.kind === "CustomResourceDefinition" ||
    ref.kind === "Namespace" ||
    ref.kind === "ClusterRole"
  )
    return 1;
  return ref.kind.endsWith("Class") ? 2 : 3;
}

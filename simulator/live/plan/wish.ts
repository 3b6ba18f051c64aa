/** What one applier would send, as questions. */
import { flagAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { RenderedNode } from "../../render/cluster.ts";
import type { InventoryItem } from "../../render/inventory.ts";
import { parsed } from "../../render/objects.ts";
import type { LiveQuestion } from "../question.ts";
import { isForced } from "./switches.ts";

/** An applier, with the object that it is on the cluster. */
export interface Sender {
  readonly node: RenderedNode;
  readonly object: JsonObject;
}

/** One object that an applier sends, or looks for. */
export interface Wish {
  readonly item: InventoryItem;
  readonly question: LiveQuestion;
}

/** `state`: of the applier on the cluster, or whatever else makes an old answer an old one. */
export function questionOf(
  item: InventoryItem,
  { node, object: applier }: Sender,
  state: string,
): LiveQuestion {
  const object = parsed(item.object);
  const { kind } = node.spec;
  return {
    id: `${node.id}|${item.id}`,
    object,
    json: item.object.json,
    manager: managers[kind],
    recreates:
      (kind === "Kustomization" && flagAt(applier, "spec", "force")) ||
      (kind === "ResourceSet" && isForced(applier, kind)) ||
      isForced(object, kind),
    ask: item.object.skipped === "ssa-ifnotpresent" ? "get" : "dry-run",
    state,
  };
}

/** Field managers of the controllers; the last two from the public documentation of flux-operator and source-watcher. */
export const managers = {
  Kustomization: "kustomize-controller",
  HelmRelease: "helm-controller",
  ResourceSet: "flux-operator",
  FluxInstance: "flux-operator",
  ArtifactGenerator: "source-watcher",
} as const satisfies Record<RenderedNode["spec"]["kind"], string>;

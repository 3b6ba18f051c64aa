/** Which namespaces an object gets: by what was rendered, else by the file graph. Not knowing is an answer. */
import type { WorkspaceModel } from "./workspace-model.ts";
import { isTemplated } from "./object-index.ts";

export interface WrittenName {
  readonly kind: string;
  readonly name: string;
  /** As written; empty when it is not. */
  readonly namespace: string;
}

/** `undefined`: not known. Without any namespace on the way it is not known either, because a cluster would refuse the object. */
export function namespacesOf(
  model: WorkspaceModel,
  path: string,
  { kind, name, namespace }: WrittenName,
): readonly string[] | undefined {
  const rendered = model.truth?.rendersOf(path, kind, name).map((render) => render.namespace);
  if (rendered && rendered.length > 0) return [...new Set(rendered)];
  const reaches = model.graph.reachesOf(path).filter(({ role }) => role === "resource");
  const found =
    reaches.length === 0 ? [namespace] : reaches.map((reach) => reach.namespace ?? namespace);
  const distinct = [...new Set(found)];
  return distinct.some((one) => one === "" || isTemplated(one)) ? undefined : distinct;
}

/** What an applier with `spec.kubeConfig` says about the other cluster that it applies to, in words. */
import { textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";

/** `Secret flux-system/far`; `undefined` for an applier of its own cluster. */
export function remoteOf(applier: JsonObject): string | undefined {
  const namespace = textAt(applier, "metadata", "namespace") ?? "";
  for (const [field, kind] of [
    ["secretRef", "Secret"],
    ["configMapRef", "ConfigMap"],
  ] as const) {
    const name = textAt(applier, "spec", "kubeConfig", field, "name");
    if (name !== undefined) return `${kind} ${namespace}/${name}`;
  }
  return undefined;
}

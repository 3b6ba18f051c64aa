/** Names of objects in a kustomization: targets of patches, and what generators make. */
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { Value } from "../manifest/value.ts";
import { isTemplated } from "../model/object-index.ts";
import type { NameSite } from "./references-site.ts";
import { bareSpan, inNamespace } from "./references-site.ts";

/** `holder` has the field `patches`: the kustomization.yaml, or `spec` of a Flux Kustomization. */
export function* patchNames(
  document: ManifestDocument,
  holder: Value | undefined,
): Generator<NameSite> {
  for (const item of holder?.get("patches")?.items ?? []) {
    const target = targetName(document, item.get("target"));
    if (target) yield target;
  }
}

/** Targets are regular expressions; only one that is a plain name names an object. */
function targetName(document: ManifestDocument, target: Value | undefined): NameSite | undefined {
  const value = target?.get("name");
  const [kind, name] = [target?.get("kind")?.text, value?.text];
  if (!value || kind === undefined || name === undefined || !/^[a-z0-9.-]+$/.test(name))
    return undefined;
  const namespace = target?.get("namespace")?.text;
  return {
    role: "patch",
    kinds: [kind],
    name,
    span: bareSpan(document, value),
    around: [],
    scope: inNamespace(namespace),
    use: "object",
    field: "patches[].target",
  };
}

export function* generatorNames(document: ManifestDocument, root: Value): Generator<NameSite> {
  const generators = { configMapGenerator: "ConfigMap", secretGenerator: "Secret" };
  for (const [field, kind] of Object.entries(generators)) {
    for (const item of root.get(field)?.items ?? []) {
      const value = item.get("name");
      const name = value?.text;
      if (!value || name === undefined || name === "" || isTemplated(name)) continue;
      const namespace = item.get("namespace")?.text ?? "";
      yield {
        role: "declaration",
        kinds: [kind],
        name,
        span: bareSpan(document, value),
        around: [],
        scope: { in: "object", object: { kind, name, namespace } },
        use: "object",
        field: `${field}[].name`,
      };
    }
  }
}

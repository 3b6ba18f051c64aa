/** Names of objects in patches and generators: targets, inline strategic merge patches, `configMapGenerator`. */
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { Span, Value } from "../manifest/value.ts";
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
    const inline = inlineName(document, item.get("patch"));
    if (inline) yield inline;
  }
  for (const item of holder?.get("patchesStrategicMerge")?.items ?? []) {
    const inline = inlineName(document, item);
    if (inline) yield inline;
  }
}

/** Targets are regular expressions; only one that is a plain name names an object. */
function targetName(document: ManifestDocument, target: Value | undefined): NameSite | undefined {
  const value = target?.get("name");
  const [kind, name] = [target?.get("kind")?.text, value?.text];
  if (!value || kind === undefined || name === undefined || !/^[a-z0-9.-]+$/.test(name))
    return undefined;
  const namespace = target?.get("namespace")?.text;
  return patchSite(kind, name, bareSpan(document, value), "patches[].target", namespace);
}

const kindLine = /^kind:[ \t]*["']?([\w.-]+)/m;
const nameLine = /^metadata:[ \t]*\n(?:[ \t]+.*\n)*?[ \t]+name:[ \t]*["']?([a-z0-9][a-z0-9.-]*)/m;

/** Read from the text as it stands, because offsets inside of a block depend on its indentation. */
function inlineName(document: ManifestDocument, patch: Value | undefined): NameSite | undefined {
  const text = patch?.text;
  if (!patch || text === undefined || !text.includes("\n")) return undefined;
  const kind = kindLine.exec(text)?.[1];
  const name = nameLine.exec(text)?.[1];
  if (kind === undefined || name === undefined) return undefined;
  const raw = document.text.slice(...patch.span);
  const found = /\bmetadata:[ \t]*\n(?:.*\n)*?[ \t]+name:[ \t]*["']?/.exec(raw);
  if (!found) return undefined;
  const start = patch.span[0] + found.index + found[0].length;
  if (!document.text.startsWith(name, start)) return undefined;
  return patchSite(kind, name, [start, start + name.length], "patches[].patch", undefined);
}

function patchSite(
  kind: string,
  name: string,
  span: Span,
  field: string,
  namespace: string | undefined,
): NameSite {
  const scope = inNamespace(namespace);
  return { role: "patch", kinds: [kind], name, span, around: [], scope, use: "object", field };
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

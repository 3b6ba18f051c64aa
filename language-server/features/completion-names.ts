/** Names of objects that a field may refer to, their namespaces, kinds and keys: what is written or rendered in this workspace. */
import type { FluxKindName } from "#simulator";
import { fluxKindOf, fluxKinds } from "#simulator";

import { referenceFields } from "../manifest/reference-fields.ts";
import type { ReferenceField } from "../manifest/reference-fields.ts";
import { namespacesOf } from "../model/namespaces.ts";
import { isTemplated } from "../model/object-index.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import { keysOfData } from "./completion-data-keys.ts";
import type { Path } from "./completion-outline.ts";
import { nodeAt, scalarAt } from "./completion-outline.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { fluxRowOf, ownNamespaces, pattern, schemaOfPath } from "./completion-site.ts";

export function nameSuggestions(site: CompletionSite, path: Path): readonly Suggestion[] {
  const last = path.at(-1);
  if (isNamespace(path)) return namespaceSuggestions(site);
  const field = fieldAt(site, path.slice(0, -1));
  const { siblings } = site.typing;
  if (last === "kind" && field) return kindSuggestions(field);
  if (last === "name" && field)
    return objectNames(site, kindsOf(field, siblings), field.namespace === "own" ? "own" : "said");
  if ((last === "valuesKey" || last === "key") && field?.use === "data")
    return keysOfData(site, kindsOf(field, siblings), siblings.get("name") ?? "");
  return workloadNames(site, path);
}

function isNamespace(path: Path): boolean {
  const last = path.at(-1);
  const above = path.at(-2);
  if (last === "targetNamespace" || last === "storageNamespace") return true;
  return last === "namespace" && above !== "labels" && above !== "annotations";
}

/** The reference that the mapping at `path` is. */
function fieldAt(site: CompletionSite, path: Path): ReferenceField | undefined {
  const found = schemaOfPath(site, path);
  const row = found.type && fluxRowOf({ ...site.subject, type: found.type });
  const fields = row && referenceFields[row.kind as FluxKindName];
  const here = pattern(found.path);
  return fields?.find((one) => one.path.join(".") === here);
}

function kindsOf(field: ReferenceField, siblings: ReadonlyMap<string, string>): readonly string[] {
  const written = siblings.get("kind");
  if (written !== undefined && written !== "") return [written];
  return field.kinds === "written" ? fluxKinds.map(({ kind }) => kind) : field.kinds;
}

function kindSuggestions({ kinds }: ReferenceField): readonly Suggestion[] {
  return kinds === "written" || kinds.length === 0
    ? []
    : kinds.map((label) => ({ label, kind: "kind", rank: 1 }));
}

/** Objects in other namespaces: can't be meant, are meant when the namespace is said beside the name, or may be meant. */
type Elsewhere = "own" | "said" | "any";

function objectNames(
  site: CompletionSite,
  kinds: readonly string[],
  elsewhere: Elsewhere = "any",
): readonly Suggestion[] {
  const { model, outline, typing } = site;
  const wanted = typing.siblings.get("namespace");
  const namespaces = wanted !== undefined && wanted !== "" ? [wanted] : ownNamespaces(site);
  const own = `${scalarAt(outline.root, "kind")}/${scalarAt(outline.root, "metadata", "name")}`;
  const found = new Map<string, Suggestion>();
  for (const one of objectsOf(model, kinds)) {
    if (`${one.kind}/${one.name}` === own) continue;
    const isNear =
      namespaces.length === 0 || one.namespaces.some((name) => namespaces.includes(name));
    const rank = isNear ? 1 : 4;
    if (!isNear && elsewhere === "own" && one.namespaces.length > 0) continue;
    const isSaid = !isNear && elsewhere === "said" && wanted === undefined;
    if ((found.get(one.name)?.rank ?? 9) <= rank) continue;
    const place = one.namespaces.length > 0 ? ` in ${one.namespaces.join(", ")}` : "";
    found.set(one.name, {
      label: one.name,
      // Without the name, which stands beside it already and would be cut short for it.
      detail: `${one.kind}${place}`,
      ...(isSaid && withNamespace(site, one)),
      ...(one.path !== undefined && { documentation: `Written in \`${one.path}\`` }),
      kind: "object",
      rank,
    });
  }
  return [...found.values()].toSorted((a, b) => (a.label < b.label ? -1 : 1));
}

/** In a block, the namespace goes on a line of its own below the name. */
function withNamespace(
  { outline, typing }: CompletionSite,
  { name, namespaces }: Known,
): Pick<Suggestion, "insert" | "snippet"> {
  const node = nodeAt(outline.root, typing.path);
  const [namespace, ...others] = namespaces;
  const isQuoted = /^["']/.test(node?.value ?? "");
  if (!node || namespace === undefined || others.length > 0 || isQuoted) return {};
  const indent = (outline.lines[node.line] ?? "").search(/\S/);
  const pad = " ".repeat(node.column - indent);
  return { insert: name, snippet: `${name}\n${pad}namespace: ${namespace}` };
}

interface Known {
  readonly kind: string;
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly path?: string;
}

/** Written ones first; what only a render brings comes behind them. */
function* objectsOf(model: WorkspaceModel, kinds: readonly string[]): Generator<Known> {
  for (const kind of kinds) {
    const isFlux = fluxKinds.some((row) => row.kind === kind);
    for (const one of model.index.ofKind(kind)) {
      if (one.name === "" || isTemplated(one.name)) continue;
      if (isFlux && (one.group === "" || fluxKindOf(one)?.kind !== kind)) continue;
      const { name, path } = one;
      yield { kind, name, path, namespaces: namespacesOf(model, path, one) ?? [] };
    }
  }
  for (const { ref } of model.truth?.rendered ?? [])
    if (kinds.includes(ref.kind))
      yield { kind: ref.kind, name: ref.name, namespaces: [ref.namespace] };
  for (const { generated, namespace, path } of model.graph.kustomizations.values())
    for (const { kind, name } of generated)
      if (kinds.includes(kind))
        yield { kind, name, path, namespaces: namespace === undefined ? [] : [namespace] };
}

/** Source: `k8s.io/apimachinery pkg/util/validation`, `IsDNS1123Label`. */
const isLabel = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

function namespaceSuggestions({ model }: CompletionSite): readonly Suggestion[] {
  const written = new Set(model.index.ofKind("Namespace").map(({ name }) => name));
  const used = model.index.all.map(({ namespace }) => namespace);
  const given = [...model.graph.kustomizations.values()].map(({ namespace }) => namespace ?? "");
  const rendered = model.truth?.rendered.map(({ ref }) => ref.namespace) ?? [];
  const names = new Set([...written, ...used, ...given, ...rendered, "flux-system", "default"]);
  return (
    [...names]
      // Components write `_` and the like where a transformer puts the name.
      .filter((name) => isLabel.test(name) && !isTemplated(name))
      .toSorted()
      .map((label) => ({
        label,
        kind: "object",
        rank: written.has(label) ? 1 : 2,
        ...(written.has(label) && { detail: "Namespace" }),
      }))
  );
}

/** Fields of Kubernetes' own kinds, and of others that are often met, by the last two names on the way to them. */
const workloads: Readonly<Record<string, readonly string[]>> = {
  "configMapKeyRef.name": ["ConfigMap"],
  "configMapRef.name": ["ConfigMap"],
  "configMap.name": ["ConfigMap"],
  "secretKeyRef.name": ["Secret"],
  "secretRef.name": ["Secret"],
  "secret.secretName": ["Secret"],
  "secret.name": ["Secret"],
  "tls.secretName": ["Secret"],
  "imagePullSecrets.name": ["Secret"],
  "persistentVolumeClaim.claimName": ["PersistentVolumeClaim"],
  "service.name": ["Service"],
  "backendRefs.name": ["Service"],
  "parentRefs.name": ["Gateway"],
  serviceAccountName: ["ServiceAccount"],
  serviceName: ["Service"],
  storageClassName: ["StorageClass"],
  ingressClassName: ["IngressClass"],
  priorityClassName: ["PriorityClass"],
};

/** References that say their kind beside the name. */
const withKind = new Set([
  "scaleTargetRef.name",
  "targetRef.name",
  "issuerRef.name",
  "secretStoreRef.name",
  "roleRef.name",
  "subjects.name",
]);

function workloadNames(site: CompletionSite, path: Path): readonly Suggestion[] {
  const names = path.filter((step) => typeof step === "string");
  const last = names.at(-1) ?? "";
  const pair = `${names.at(-2) ?? ""}.${last}`;
  const { siblings } = site.typing;
  const written = siblings.get("kind");
  if (withKind.has(pair) && written !== undefined) return objectNames(site, [written]);
  if (last === "key" && /^(?:configMap|secret)KeyRef\./.test(pair))
    return keysOfData(
      site,
      workloads[pair.replace(/key$/, "name")] ?? [],
      siblings.get("name") ?? "",
    );
  const kinds = workloads[pair] ?? workloads[last];
  return kinds ? objectNames(site, kinds) : [];
}

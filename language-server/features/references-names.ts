/**
 * Every place of a document where an object is named: where it is declared, patched or referred to. Definition, references,
 * rename, hover and the call hierarchy all read this one list.
 */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { derived } from "../manifest/manifest-document.ts";
import type { EmbeddedBlock } from "../manifest/embedded-parts.ts";
import { embeddedBlocks, embeddedRole } from "../manifest/embedded-parts.ts";
import { referencesOf } from "../manifest/references.ts";
import type { Span, Value } from "../manifest/value.ts";
import { isTemplated } from "../model/object-index.ts";
import { roleOf } from "../model/role.ts";
import { markersIn, policyOf } from "../rules/image-marker.ts";
import { generatorNames, patchNames } from "./references-patches.ts";
import type { NameScope, NameSite, Place } from "./references-site.ts";
import { bareSpan, holds, inNamespace, unknownScope } from "./references-site.ts";
import { workloadNames } from "./references-workloads.ts";

export function namesIn({ model, file, part }: Place): readonly NameSite[] {
  const { document } = part;
  const role = roleOf(document, { path: file.path, graph: model.graph });
  switch (role) {
    case "template":
    case "other":
      return [];
    case "kustomization":
      return kustomizationNames(document);
    case "manifest":
    case "encrypted":
      return objectNames(document);
    case "patch":
      return patchFileNames(document);
  }
}

/** These look at the text alone, so they are remembered with it. */
const kustomizationNames = derived((document): readonly NameSite[] => {
  const { root } = document;
  if (!root) return [];
  const patches = patchNames(document, root);
  return [...generatorNames(document, root), ...patches, ...embeddedNames(document)];
});

const objectNames = derived((document): readonly NameSite[] => {
  const { root } = document;
  if (!root) return [];
  return [
    ...ownName(document, root),
    ...artifactNames(document, root),
    ...fluxNames(document),
    ...workloadNames(document, root),
    ...markerNames(document),
    ...patchNames(document, root.get("spec")),
    ...embeddedNames(document),
  ];
});

const patchFileNames = derived((document) =>
  objectNames(document).map((site): NameSite =>
    site.role === "declaration" ? { ...site, role: "patch" } : site,
  ),
);

/** Of inline patches and templates, at their places in this document. What a ConfigMap keeps is nobody's object. */
function embeddedNames(document: ManifestDocument): readonly NameSite[] {
  return embeddedBlocks(document).flatMap((block) =>
    block.language === "data"
      ? []
      : block.parts.flatMap(({ start, document: inner }) =>
          namesInside(inner)
            .filter((site) => isMeant(block, site))
            .map((site) => moved(site, start, scopeIn(document, block, site))),
        ),
  );
}

function namesInside(inner: ManifestDocument): readonly NameSite[] {
  if (inner.faults.length > 0) return [];
  return embeddedRole(inner) === "patch" ? patchFileNames(inner) : objectNames(inner);
}

/** With a target beside it the name of a patch itself says nothing (`kubernetes-sigs/kustomize api/internal/builtins/PatchTransformer.go`). */
function isMeant({ language, target }: EmbeddedBlock, { role, name }: NameSite): boolean {
  if (language !== "patch" || role !== "patch" || !target) return true;
  return target.get("name")?.text === name;
}

function moved(site: NameSite, by: number, scope: NameScope): NameSite {
  const shift = ([start, end]: Span): Span => [start + by, end + by];
  return { ...site, scope, span: shift(site.span), around: site.around.map(shift) };
}

/** The objects of a template get the namespace of the ResourceSet; which objects a patch meets is not known. */
function scopeIn(
  { kind, name, namespace }: ManifestDocument,
  { language }: EmbeddedBlock,
  { scope }: NameSite,
): NameScope {
  if (scope.in !== "object") return scope;
  if (language === "patch") return unknownScope;
  if (scope.object.namespace !== "") return inNamespace(scope.object.namespace);
  return { in: "object", object: { kind, name, namespace } };
}

function ownName(document: ManifestDocument, root: Value): readonly NameSite[] {
  const { kind, name } = document;
  const value = root.at("metadata", "name");
  if (!value || kind === "" || name === "" || isTemplated(name)) return [];
  const site: NameSite = {
    role: "declaration",
    kinds: [kind],
    name,
    span: bareSpan(document, value),
    around: [],
    scope: { in: "object", object: document },
    use: "object",
    field: "metadata.name",
  };
  const secret = secretMadeBy(document, value);
  return secret
    ? [
        site,
        {
          ...site,
          kinds: ["Secret"],
          name: secret.name,
          field: secret.field,
          span: bareSpan(document, secret.value),
        },
      ]
    : [site];
}

/** External Secrets, Sealed Secrets and certificates stand for the Secret that a controller makes of them. */
function secretMadeBy(
  { root, kind }: ManifestDocument,
  own: Value,
): { readonly name: string; readonly field: string; readonly value: Value } | undefined {
  const pathOf: Readonly<Record<string, readonly string[]>> = {
    ExternalSecret: ["spec", "target", "name"],
    SealedSecret: ["spec", "template", "metadata", "name"],
    Certificate: ["spec", "secretName"],
  };
  const path = pathOf[kind];
  if (!path) return undefined;
  const value = root?.at(...path) ?? own;
  const name = value.scalar;
  if (name === undefined || name === "" || isTemplated(name)) return undefined;
  return { name, value, field: value === own ? "metadata.name" : path.join(".") };
}

/** What a generator calls its artifacts are the names of the ExternalArtifacts that it makes. */
function artifactNames(document: ManifestDocument, root: Value): readonly NameSite[] {
  if (!isFluxKind(document, flux.ArtifactGenerator)) return [];
  return (root.at("spec", "artifacts")?.items ?? []).flatMap((item): readonly NameSite[] => {
    const value = item.get("name");
    const name = value?.text;
    if (!value || name === undefined || name === "" || isTemplated(name)) return [];
    return [
      {
        role: "declaration",
        kinds: [flux.ExternalArtifact],
        name,
        span: bareSpan(document, value),
        around: [],
        scope: { in: "object", object: document },
        use: "object",
        field: "spec.artifacts[].name",
      },
    ];
  });
}

function fluxNames(document: ManifestDocument): readonly NameSite[] {
  return referencesOf(document).flatMap((reference): readonly NameSite[] => {
    const { field, kind, name, nameValue, namespace, namespaceValue, value } = reference;
    if (isTemplated(name)) return [];
    const possible = field.kinds === "written" ? [] : field.kinds;
    const touched = [value.get("kind"), namespaceValue].filter((one) => one !== undefined);
    return [
      {
        role: "reference",
        kinds: kind === undefined ? possible : [kind],
        name,
        span: bareSpan(document, nameValue),
        around: touched.map((one) => bareSpan(document, one)),
        scope:
          field.namespace === "field" && namespace !== undefined && namespace !== ""
            ? inNamespace(namespace)
            : { in: "object", object: document },
        use: field.use,
        field: field.path.join(".").replaceAll(".[]", "[]"),
      },
    ];
  });
}

function* markerNames({ text }: ManifestDocument): Generator<NameSite> {
  for (const { span, text: json } of markersIn(text)) {
    const setter = policyOf(json);
    const [namespace, name] = setter?.split(":") ?? [];
    if (setter === undefined || !namespace || !name) continue;
    const start = span[0] + json.indexOf(setter);
    const from = start + namespace.length + 1;
    yield {
      role: "reference",
      kinds: [flux.ImagePolicy],
      name,
      span: [from, from + name.length],
      around: [[start, from - 1]],
      scope: { in: "namespace", namespace },
      use: "object",
      field: "$imagepolicy",
    };
  }
}

/** The name that a cursor at this offset of the document means. */
export function nameAt(place: Place, offset: number): NameSite | undefined {
  const names = namesIn(place);
  return (
    names.find(({ span }) => holds(span, offset)) ??
    names.find(({ around }) => around.some((one) => holds(one, offset)))
  );
}

/**
 * Every place of a document where an object is named: where it is declared, patched or referred to. Definition, references,
 * rename, hover and the call hierarchy all read this one list.
 */
import { flux } from "../manifest/flux-names.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { referencesOf } from "../manifest/references.ts";
import type { Value } from "../manifest/value.ts";
import { namespacesOf } from "../model/namespaces.ts";
import { isTemplated } from "../model/object-index.ts";
import { namespacesOfReference } from "../model/resolve-reference.ts";
import { roleOf } from "../model/role.ts";
import { markersIn, policyOf } from "../rules/image-marker.ts";
import { generatorNames, patchNames } from "./references-patches.ts";
import type { NameSite, Place } from "./references-site.ts";
import { bareSpan, holds } from "./references-site.ts";
import { workloadNames } from "./references-workloads.ts";

export function namesIn(place: Place): readonly NameSite[] {
  const { model, file, part } = place;
  const { document } = part;
  const { root } = document;
  if (!root) return [];
  const role = roleOf(document, { path: file.path, graph: model.graph });
  switch (role) {
    case "template":
    case "other":
      return [];
    case "kustomization":
      return [...generatorNames(place, root), ...patchNames(document, root)];
    case "manifest":
    case "encrypted":
    case "patch":
      return [
        ...ownName(place, role === "patch" ? "patch" : "declaration"),
        ...fluxNames(place),
        ...workloadNames(place, root),
        ...markerNames(document),
        ...patchNames(document, root.get("spec")),
      ];
  }
}

function ownName({ model, file, part }: Place, role: NameSite["role"]): readonly NameSite[] {
  const { document } = part;
  const { root, kind, name } = document;
  const value = root?.at("metadata", "name");
  if (!root || !value || kind === "" || name === "" || isTemplated(name)) return [];
  const site: NameSite = {
    role,
    kinds: [kind],
    name,
    span: bareSpan(document, value),
    around: [],
    namespaces: namespacesOf(model, file.path, document),
    use: "object",
    field: "metadata.name",
  };
  const secret = secretMadeBy(document, value);
  return secret
    ? [site, { ...site, ...secret, kinds: ["Secret"], span: bareSpan(document, secret.value) }]
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

function fluxNames(place: Place): readonly NameSite[] {
  const { document } = place.part;
  return referencesOf(document).flatMap((reference): readonly NameSite[] => {
    const { field, kind, name, nameValue, namespaceValue, value } = reference;
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
        namespaces: namespacesOfReference(place, reference),
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
      namespaces: [namespace],
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

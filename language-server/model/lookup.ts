/**
 * Where a name leads. Three answers: found, missing from everything that can be seen, or unknown, because something that is not
 * text here (a controller, a template, another repository) may make the object. Only `missing` may be called a mistake.
 */
import { fluxKindOf, fluxKinds } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { closest } from "../schema/similar.ts";
import { namespacesOf } from "./namespaces.ts";
import type { Written } from "./object-index.ts";
import { isTemplated } from "./object-index.ts";
import type { WorkspaceModel } from "./workspace-model.ts";

export interface Wanted {
  readonly kind: string;
  readonly name: string;
  /** `undefined`: not known, so any will do. */
  readonly namespace: string | undefined;
}

export type Lookup =
  | { readonly outcome: "found"; readonly written: readonly Written[] }
  /** There is one, but only in other namespaces. */
  | {
      readonly outcome: "elsewhere";
      readonly written: readonly Written[];
      readonly namespaces: readonly string[];
    }
  | { readonly outcome: "missing"; readonly similar: readonly Written[] }
  | { readonly outcome: "unknown" };

export function lookup(model: WorkspaceModel, wanted: Wanted): Lookup {
  const { kind, name, namespace } = wanted;
  if (isTemplated(name) || isTemplated(namespace ?? "")) return { outcome: "unknown" };
  const named = candidates(model, kind, name);
  const places = named.map((one) => ({ one, namespaces: namespacesOf(model, one.path, one) }));
  const fitting = places.filter(
    ({ namespaces }) => namespace === undefined || !namespaces || namespaces.includes(namespace),
  );
  if (fitting.length > 0) return { outcome: "found", written: fitting.map(({ one }) => one) };
  if (model.truth?.isRendered(kind, namespace ?? "", name))
    return { outcome: "found", written: [] };
  if (model.graph.isGenerated(kind, name)) return { outcome: "found", written: [] };
  if (mayBeMade(model, wanted)) return { outcome: "unknown" };
  if (named.length > 0) {
    const namespaces = [...new Set(places.flatMap((place) => place.namespaces ?? []))];
    return { outcome: "elsewhere", written: named, namespaces };
  }
  return { outcome: "missing", similar: similarTo(model, kind, name) };
}

/** Objects of this kind and name; of a Flux kind only those of its own API group. */
function candidates(model: WorkspaceModel, kind: string, name: string): readonly Written[] {
  return model.index.named(kind, name).filter((one) => isSameKind(kind, one));
}

function isSameKind(kind: string, one: Written): boolean {
  const isFlux = fluxKinds.some((row) => row.kind === kind);
  return !isFlux || (one.group !== "" && fluxKindOf(one)?.kind === kind);
}

/** Whether something here may make the object without its being written. */
function mayBeMade(model: WorkspaceModel, { kind, name, namespace }: Wanted): boolean {
  if (model.index.mayBecome(kind, name)) return true;
  // Bootstrap and FluxInstance make the source and the Kustomization that everything starts from.
  if (name === "flux-system" || name === namespace) return true;
  if (isRenamed(model, kind, name)) return true;
  if (kind === "Secret" || kind === "ConfigMap") return isMadeByController(model, name);
  return model.index.ofKind(flux.ResourceSet).length > 0 || model.graph.hasForeignOwner;
}

/** Prefixes, suffixes and replacements: a name that contains a written one, or the reverse, may be that one. */
function isRenamed(model: WorkspaceModel, kind: string, name: string): boolean {
  if (!model.graph.hasRenames) return false;
  return model.index.ofKind(kind).some((one) => name.includes(one.name) || one.name.includes(name));
}

/** External Secrets, Sealed Secrets, certificates, charts …: objects that leave Secrets and ConfigMaps behind. */
function isMadeByController(model: WorkspaceModel, name: string): boolean {
  return model.index.all.some(
    (one) =>
      one.kind !== "Secret" &&
      one.kind !== "ConfigMap" &&
      (one.name === name || isTemplated(one.name)) &&
      /secret|certificate|password|credential|bundle|issuer|cluster/i.test(one.kind),
  );
}

function similarTo(model: WorkspaceModel, kind: string, name: string): readonly Written[] {
  const written = model.index
    .ofKind(kind)
    .filter((one) => isSameKind(kind, one) && !isTemplated(one.name));
  const names = closest(name, [...new Set(written.map((one) => one.name))]);
  return names.flatMap((found) => written.find((one) => one.name === found) ?? []);
}

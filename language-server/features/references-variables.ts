/**
 * Variables of Flux's substitution: the one at a cursor, where it is set, and where it is used. Set is it for a Kustomization,
 * by its own fields, by ConfigMaps and Secrets, or by a patch of the Kustomization above.
 */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { parseManifestDocument } from "../manifest/manifest-document.ts";
import type { Span, Value } from "../manifest/value.ts";
import { isSubstitutionDisabled, variableSites } from "../manifest/variable-sites.ts";
import type { FluxKustomization } from "../model/flux-kustomization.ts";
import { lookup } from "../model/lookup.ts";
import { namespacesOf } from "../model/namespaces.ts";
import { isTemplated } from "../model/object-index.ts";
import { substitutionOf } from "../model/substitution.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Cursor, Spot } from "./definition-locations.ts";
import { holds } from "./references-site.ts";

export interface VariableTarget {
  readonly name: string;
  /** What the cursor stands on. */
  readonly span: Span;
  /** Kustomizations that substitute it there. */
  readonly owners: readonly FluxKustomization[];
}

export interface VariableDefinition extends Spot {
  /** Absent where it is secret, encrypted or templated. */
  readonly value?: string;
  readonly from: "Kustomization" | "ConfigMap" | "Secret";
}

export function variableAt(cursor: Cursor): VariableTarget | undefined {
  const { model, file, part, offset } = cursor;
  const inside = variableSites(part.document).sites.filter(({ span }) => holds(span, offset));
  // The innermost begins last.
  const use = inside.toSorted((a, b) => b.span[0] - a.span[0])[0];
  if (use) return { name: use.name, span: use.nameSpan, owners: ownersOf(model, file.path) };
  return definedAt(cursor);
}

/** The key that sets a variable, in a Kustomization or in a ConfigMap or Secret that one substitutes from. */
function definedAt({ model, file, part, offset }: Cursor): VariableTarget | undefined {
  const { document } = part;
  const { root, kind, name } = document;
  const isOwner = isFluxKind(document, flux.Kustomization);
  const holders = isOwner
    ? [root?.at("spec", "postBuild", "substitute")]
    : [root?.get("data"), root?.get("stringData")];
  if (!isOwner && kind !== "ConfigMap" && kind !== "Secret") return undefined;
  for (const holder of holders) {
    const entry = holder?.entries.find(({ keySpan }) => holds(keySpan, offset));
    if (!entry) continue;
    const owners = model.graph.owners.filter((owner) =>
      isOwner
        ? owner.file === file.path && owner.name === name
        : dataOf(model, owner).some((one) => one.part === part),
    );
    if (owners.length > 0) return { name: entry.key, span: entry.keySpan, owners };
  }
  return undefined;
}

export function ownersOf(model: WorkspaceModel, path: string): readonly FluxKustomization[] {
  return [...new Set(model.graph.reachesOf(path).flatMap(({ owner }) => (owner ? [owner] : [])))];
}

/** What wins comes first. Source of the order: `fluxcd/pkg kustomize/kustomize_varsub.go`. */
export function definitionsOf(
  model: WorkspaceModel,
  owner: FluxKustomization,
  name: string,
): readonly VariableDefinition[] {
  const own = owner.root.at("spec", "postBuild", "substitute");
  const found: VariableDefinition[] = [];
  const entry = own?.entries.findLast(({ key }) => key === name);
  const file = model.manifest(owner.file);
  if (entry && file) {
    const text = entry.value.scalar;
    const value = text === undefined || isTemplated(text) ? {} : { value: text };
    found.push({ file, part: owner.part, span: entry.keySpan, from: "Kustomization", ...value });
  }
  for (const { file: at, part } of dataOf(model, owner).toReversed()) {
    for (const field of ["data", "stringData"]) {
      const data = part.document.root?.get(field);
      const key = data?.entries.findLast((one) => one.key === name);
      if (!key) continue;
      const isSecret = part.document.kind === "Secret";
      const text = key.value.scalar;
      const isPlain = !isSecret && text !== undefined && !isTemplated(text);
      found.push({
        file: at,
        part,
        span: key.keySpan,
        from: isSecret ? "Secret" : "ConfigMap",
        ...(isPlain && { value: text.replaceAll("\n", "") }),
      });
    }
  }
  return found;
}

/** Whether everything that may set a variable of this Kustomization is known. */
export function knowsAll(model: WorkspaceModel, owner: FluxKustomization): boolean {
  return substitutionOf(model, owner).isComplete;
}

/** Places in the files that these Kustomizations build. */
export function usesOf(
  model: WorkspaceModel,
  { name, owners }: VariableTarget,
  signal?: AbortSignal,
): readonly Spot[] {
  const paths = new Set(owners.flatMap((owner) => [...model.graph.filesOf(owner).keys()]));
  return [...paths].flatMap((path) => {
    signal?.throwIfAborted();
    return usesIn(model, path, name);
  });
}

export function usesIn(model: WorkspaceModel, path: string, name: string): readonly Spot[] {
  const text = model.files.get(path)?.text;
  const file = text?.includes("${") === true && text.includes(name) && model.manifest(path);
  if (!file) return [];
  return file.parts.flatMap((part) => {
    if (isSubstitutionDisabled(part.document)) return [];
    const { sites } = variableSites(part.document);
    return sites
      .filter((site) => site.name === name)
      .map(({ nameSpan }) => ({ file, part, span: nameSpan }));
  });
}

type DataPlace = Pick<Spot, "file" | "part">;

const known = new WeakMap<WorkspaceModel, Map<FluxKustomization, readonly DataPlace[]>>();

/** ConfigMaps and Secrets that it substitutes from, as far as they are written here, in their order. */
function dataOf(model: WorkspaceModel, owner: FluxKustomization): readonly DataPlace[] {
  const ofModel = known.get(model) ?? new Map<FluxKustomization, readonly DataPlace[]>();
  known.set(model, ofModel);
  let found = ofModel.get(owner);
  if (!found) ofModel.set(owner, (found = readData(model, owner)));
  return found;
}

function readData(model: WorkspaceModel, owner: FluxKustomization): readonly DataPlace[] {
  const namespace = namespacesOf(model, owner.file, owner.part.document)?.[0];
  return substituteFrom(model, owner).flatMap((reference) => {
    const kind = reference.get("kind")?.text ?? "";
    const name = reference.get("name")?.text ?? "";
    const answer = lookup(model, { kind, name, namespace });
    if (answer.outcome !== "found") return [];
    return answer.written.flatMap(({ path }) => {
      const file = model.manifest(path);
      const part = file?.parts.find(
        ({ document }) => document.kind === kind && document.name === name,
      );
      return file && part ? [{ file, part }] : [];
    });
  });
}

/** Its own entries behind those that patches of the Kustomizations above give it. */
function substituteFrom(model: WorkspaceModel, owner: FluxKustomization): readonly Value[] {
  const patches = ownersOf(model, owner.file).flatMap(
    (above) => above.root.at("spec", "patches")?.items ?? [],
  );
  const patched = patches.flatMap((patch) => {
    const text = patch.get("patch")?.text;
    if (text?.includes("substituteFrom") !== true) return [];
    const target = patch.at("target", "name")?.text;
    if (target !== undefined && target !== owner.name && /^[a-z0-9.-]+$/.test(target)) return [];
    const { root, kind } = parseManifestDocument(text);
    if (kind !== flux.Kustomization) return [];
    return root?.at("spec", "postBuild", "substituteFrom")?.items ?? [];
  });
  return [...patched, ...(owner.root.at("spec", "postBuild", "substituteFrom")?.items ?? [])];
}

/**
 * Variables of Flux's substitution: the one at a cursor, where it is set, and where it is used. Set is it for a Kustomization,
 * by its own fields, by ConfigMaps and Secrets, or by a patch of the Kustomization above.
 */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { FilePart } from "../manifest/manifest-file.ts";
import { parseManifestDocument } from "../manifest/manifest-document.ts";
import { Slot } from "../manifest/memory.ts";
import type { Span, Value } from "../manifest/value.ts";
import { isSubstitutionDisabled, variableSites } from "../manifest/variable-sites.ts";
import type { FluxKustomization } from "../model/flux-kustomization.ts";
import { partOf } from "../model/flux-kustomization.ts";
import { isTemplated } from "../model/object-index.ts";
import { substitutionOf } from "../model/substitution.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import { keyIn } from "./definition-data-keys.ts";
import type { Cursor, Spot } from "./definition-locations.ts";
import type { NameSite } from "./references-site.ts";
import { holds } from "./references-site.ts";
import type { Found } from "./references-targets.ts";
import { declarationsOf } from "./references-targets.ts";

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
  readonly from: "own" | "ConfigMap" | "Secret";
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

function ownersOf(model: WorkspaceModel, path: string): readonly FluxKustomization[] {
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
    found.push({ file, part: partOf(file, owner), span: entry.keySpan, from: "own", ...value });
  }
  for (const data of dataOf(model, owner).toReversed()) {
    const from = data.site.kinds.includes("Secret") ? "Secret" : "ConfigMap";
    for (const key of keyIn(data, name)) {
      if (typeof key === "string") continue;
      const { file: at, part, span, text } = key;
      const isPlain = text !== undefined && !isTemplated(text);
      const plain = isPlain ? { value: text.replaceAll("\n", "") } : {};
      found.push({ file: at, part, span, from, ...plain });
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

/** Kustomizations that substitute from the ConfigMap or Secret of this document. */
export function ownersReading(model: WorkspaceModel, part: FilePart): readonly FluxKustomization[] {
  return model.graph.owners.filter((owner) =>
    dataOf(model, owner).some((one) => one.part === part),
  );
}

const known = new Slot<WorkspaceModel, Map<FluxKustomization, readonly Found[]>>();

/** ConfigMaps and Secrets that it substitutes from, as far as they are written here, in their order. */
function dataOf(model: WorkspaceModel, owner: FluxKustomization): readonly Found[] {
  const ofModel = known.get(model) ?? new Map<FluxKustomization, readonly Found[]>();
  known.set(model, ofModel);
  let found = ofModel.get(owner);
  if (!found) ofModel.set(owner, (found = readData(model, owner)));
  return found;
}

function readData(model: WorkspaceModel, owner: FluxKustomization): readonly Found[] {
  const file = model.manifest(owner.file);
  if (!file) return [];
  const { part } = owner;
  return substituteFrom(model, owner).flatMap((reference) => {
    const kind = reference.get("kind")?.text ?? "";
    const name = reference.get("name")?.text ?? "";
    if (name === "" || isTemplated(name)) return [];
    const site: NameSite = {
      role: "reference",
      kinds: [kind],
      name,
      span: reference.span,
      around: [],
      scope: { in: "object", object: part.document },
      use: "data",
      field: "spec.postBuild.substituteFrom[]",
    };
    return declarationsOf({ model, file, part, site });
  });
}

/** Its own entries behind those that patches above give it: of Kustomizations, kustomization.yaml files and Components. */
function substituteFrom(model: WorkspaceModel, owner: FluxKustomization): readonly Value[] {
  const patched = patchesAbove(model, owner).flatMap((patch) => {
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

function patchesAbove({ graph }: WorkspaceModel, { file }: FluxKustomization): readonly Value[] {
  const holders = graph.reachesOf(file).flatMap(({ owner, chain }) => {
    const components = chain.flatMap((one) =>
      one.entries.flatMap(({ role, path }) =>
        role === "component" && path !== undefined ? (graph.inFolder(path) ?? []) : [],
      ),
    );
    return [
      ...[...components, ...chain].map((one) => one.part.document.root),
      owner?.root.get("spec"),
    ];
  });
  return [...new Set(holders)].flatMap((holder) => holder?.get("patches")?.items ?? []);
}

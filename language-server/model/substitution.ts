/**
 * The variables of a Flux Kustomization, as far as the text says: its own and those of ConfigMaps and Secrets that are written
 * here. What else may set them (patches of a parent, objects of the cluster) makes the answer "not known".
 * Source of the order: `fluxcd/pkg kustomize/kustomize_varsub.go`.
 */
import { Slot } from "../manifest/memory.ts";
import type { Value } from "../manifest/value.ts";
import type { FluxKustomization } from "./flux-kustomization.ts";
import { lookup } from "./lookup.ts";
import { namespacesOf } from "./namespaces.ts";
import { isTemplated } from "./object-index.ts";
import { mayBePatched } from "./patched.ts";
import type { WorkspaceModel } from "./workspace-model.ts";

export interface Variable {
  /** Absent where it is encrypted or templated. */
  readonly value?: string;
}

export interface Substitution {
  readonly variables: ReadonlyMap<string, Variable>;
  /** Nothing else can set a variable. */
  readonly isComplete: boolean;
  /** `undefined`: not known. */
  readonly isActive: boolean | undefined;
}

const known = new Slot<WorkspaceModel, Map<FluxKustomization, Substitution>>();

export function substitutionOf(model: WorkspaceModel, owner: FluxKustomization): Substitution {
  const ofModel = known.get(model) ?? new Map<FluxKustomization, Substitution>();
  known.set(model, ofModel);
  let found = ofModel.get(owner);
  if (!found) ofModel.set(owner, (found = read(model, owner)));
  return found;
}

function read(model: WorkspaceModel, owner: FluxKustomization): Substitution {
  const { root, file, part } = owner;
  const variables = new Map<string, Variable>();
  let isComplete = !mayBePatched(model.graph, file, part.document);
  const postBuild = root.at("spec", "postBuild");
  for (const reference of postBuild?.get("substituteFrom")?.items ?? []) {
    const found = dataOf(model, owner, reference);
    if (!found) isComplete = false;
    for (const [name, variable] of found ?? []) variables.set(name, variable);
  }
  for (const { key, value } of postBuild?.get("substitute")?.entries ?? []) {
    if (key.includes("${")) isComplete = false;
    const text = value.scalar;
    variables.set(key, text !== undefined && !isTemplated(text) ? { value: text } : {});
  }
  const always = postBuild?.get("substituteStrategy")?.text === "Always";
  const isActive = variables.size > 0 || always || (isComplete ? false : undefined);
  return { variables, isComplete, isActive };
}

/** Keys of a ConfigMap or Secret that is written here exactly once; `undefined` when that can't be said. */
function dataOf(
  model: WorkspaceModel,
  owner: FluxKustomization,
  reference: Value,
): ReadonlyMap<string, Variable> | undefined {
  const kind = reference.get("kind")?.text ?? "";
  const name = reference.get("name")?.text ?? "";
  const namespace = namespacesOf(model, owner.file, owner.part.document)?.[0];
  const found = lookup(model, { kind, name, namespace });
  if (found.outcome !== "found" || found.written.length !== 1) return undefined;
  const [written] = found.written;
  const part = model
    .manifest(written?.path ?? "")
    ?.parts.find(({ document }) => document.kind === kind && document.name === name);
  const root = part?.document.root;
  if (!part || !root || !written || mayBePatched(model.graph, written.path, part.document))
    return undefined;
  const variables = new Map<string, Variable>();
  for (const field of ["data", "stringData"]) {
    for (const { key, value } of root.get(field)?.entries ?? []) {
      const text = value.scalar ?? "";
      const isPlain = kind === "ConfigMap" && !isTemplated(text);
      variables.set(key, isPlain ? { value: text.replaceAll("\n", "") } : {});
    }
  }
  return variables;
}

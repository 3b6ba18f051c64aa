/**
 * Gives a variable another name: where it is set (in Kustomizations, ConfigMaps, Secrets and generators) and where it is used, for every
 * Kustomization that shares one of these places.
 */
import type { FluxKustomization } from "../model/flux-kustomization.ts";
import { roleOf } from "../model/role.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Cursor, Spot } from "./definition-locations.ts";
import type { VariableTarget } from "./references-variables.ts";
import { definitionsOf, ownersReading, usesOf, variableAt } from "./references-variables.ts";

export interface VariableRename {
  readonly name: string;
  readonly places: readonly VariablePlace[];
}

export interface VariablePlace extends Spot {
  /** `encrypted`: the key is signed together with the values, so SOPS has to write the file again. */
  readonly kind: "plain" | "encrypted";
}

/** Source: `fluxcd/pkg kustomize/kustomize_varsub.go`, varsubRegex. */
export function isVariableName(name: string): boolean {
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name);
}

/** The variable under the cursor, when a Kustomization is known that substitutes it. */
export function renamedVariable(cursor: Cursor): VariableTarget | undefined {
  const variable = variableAt(cursor);
  const isKnown = variable && variable.owners.length > 0 && isVariableName(variable.name);
  return isKnown ? variable : undefined;
}

/** `undefined` where one of the Kustomizations has a variable of the new name already. */
export function placesOfVariable(
  { model }: Cursor,
  variable: VariableTarget,
  newName: string,
  signal?: AbortSignal,
): VariableRename | undefined {
  const { name } = variable;
  const owners = sharing(model, variable, signal);
  if (owners.some((owner) => definitionsOf(model, owner, newName).length > 0)) return undefined;
  const defined = owners.flatMap((owner) => definitionsOf(model, owner, name));
  const uses = usesOf(model, { ...variable, owners }, signal);
  const spots = [...defined.map((spot) => onName(spot, name)), ...uses];
  const keyOf = ({ file: at, part, span }: Spot): string => `${at.path} ${part.start + span[0]}`;
  const distinct = [...new Map(spots.map((spot) => [keyOf(spot), spot])).values()];
  return { name, places: distinct.map((spot) => ({ ...spot, kind: kindOf(model, spot) })) };
}

/** Kustomizations that set the variable in the same object, or use it in the same file, and so on. */
function sharing(
  model: WorkspaceModel,
  { name, owners }: VariableTarget,
  signal?: AbortSignal,
): readonly FluxKustomization[] {
  const found = new Set(owners);
  for (const owner of found) {
    signal?.throwIfAborted();
    const uses = usesOf(model, { name, owners: [owner], span: [0, 0] }, signal);
    const others = [
      ...definitionsOf(model, owner, name).flatMap(({ part }) => ownersReading(model, part)),
      ...uses.flatMap(({ file }) =>
        model.graph.reachesOf(file.path).flatMap((one) => one.owner ?? []),
      ),
    ];
    for (const other of others) found.add(other);
  }
  return [...found];
}

/** Without quotes, and of `KEY=value` of a generator only the key. */
function onName(spot: Spot, name: string): Spot {
  const { document } = spot.part;
  const at = document.text.slice(...spot.span).indexOf(name);
  const start = spot.span[0] + Math.max(0, at);
  return { ...spot, span: [start, start + name.length] };
}

function kindOf(model: WorkspaceModel, { file, part }: Spot): VariablePlace["kind"] {
  const role = roleOf(part.document, { path: file.path, graph: model.graph });
  return role === "encrypted" ? "encrypted" : "plain";
}

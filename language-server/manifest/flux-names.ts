/** The names of the Flux kinds, so that a rule which speaks of one follows the compiler when the table of kinds changes. */
import type { FluxKindName } from "#simulator";
import { fluxKind, fluxKinds } from "#simulator";

export const flux = Object.fromEntries(fluxKinds.map(({ kind }) => [kind, kind])) as {
  readonly [Kind in FluxKindName]: Kind;
};

export const kustomizeGroup = "kustomize.config.k8s.io";

export function fluxGroup(kind: FluxKindName): string {
  return fluxKind(kind).group;
}

const groups = new Set<string>(fluxKinds.map(({ group }) => group));

export function isFluxGroup(group: string): boolean {
  return groups.has(group);
}

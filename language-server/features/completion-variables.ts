/** `${…}`: the variables that Kustomizations give to this file; and, where variables are set, those that are used and not set. */
import { flux } from "../manifest/flux-names.ts";
import { variablesOf } from "../manifest/variables.ts";
import type { FluxKustomization } from "../model/flux-kustomization.ts";
import { substitutionOf } from "../model/substitution.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Path } from "./completion-outline.ts";
import { scalarAt } from "./completion-outline.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { fluxRowOf, pattern } from "./completion-site.ts";

/** `undefined` where no variable is being typed. */
export function variableSuggestions(site: CompletionSite): readonly Suggestion[] | undefined {
  const { model, path, typing } = site;
  if (!/(?:^|[^$])(?:\$\$)*\$\{\w*$/.test(typing.word)) return undefined;
  const owners = ownersOf(model, path);
  const values = new Map<string, string[]>();
  for (const owner of owners)
    for (const [name, { value }] of substitutionOf(model, owner).variables) {
      const said = value === "" ? "empty" : shortened(value ?? "not shown");
      values.set(name, [...(values.get(name) ?? []), `${owner.name}: ${said}`]);
    }
  return [...values]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, texts]) => ({
      label,
      insert: `\${${label}}`,
      detail: texts.slice(0, 3).join("; "),
      kind: "variable",
      rank: 1,
    }));
}

/** Of a file that nothing names yet: those whose folder it lies in. */
function ownersOf({ graph }: WorkspaceModel, path: string): ReadonlySet<FluxKustomization> {
  const owners = new Set(graph.reachesOf(path).flatMap(({ owner }) => owner ?? []));
  if (owners.size > 0) return owners;
  return new Set(
    graph.owners.filter((one) => one.path !== undefined && path.startsWith(`${one.path}/`)),
  );
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** In `spec.postBuild.substitute`: what the files of this Kustomization ask for. */
export function substituteKeys(site: CompletionSite, path: Path): readonly Suggestion[] {
  const { subject, typing } = site;
  if (pattern(path) !== "spec.postBuild.substitute") return [];
  if (fluxRowOf(subject)?.kind !== flux.Kustomization || typing.at !== "entry") return [];
  const owner = ownerOf(site);
  if (!owner) return [];
  const set = substitutionOf(site.model, owner).variables;
  return [...namesUsedBy(site, owner)]
    .filter(([name]) => !typing.siblings.has(name))
    .map(([label, file]) => ({
      label,
      ...(typing.hasColon ? {} : { insert: `${label}: ` }),
      detail: set.has(label) ? "set by substituteFrom" : "used, not set",
      documentation: `Used in \`${file}\``,
      kind: "variable",
      rank: set.has(label) ? 3 : 1,
    }));
}

function ownerOf({ model, path, outline }: CompletionSite): FluxKustomization | undefined {
  const name = scalarAt(outline.root, "metadata", "name");
  return model.graph.owners.find((one) => one.file === path && one.name === name);
}

/** With a file that uses it. */
function namesUsedBy(
  { model, signal }: CompletionSite,
  owner: FluxKustomization,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of model.graph.filesOf(owner).keys()) {
    signal.throwIfAborted();
    const text = model.files.get(file)?.text;
    if (text === undefined || !text.includes("${")) continue;
    for (const { name } of variablesOf(text).uses) if (!found.has(name)) found.set(name, file);
  }
  return found;
}

/** The value of a variable for each Kustomization that substitutes it. Values of Secrets are not shown. */
import type { FluxKustomization } from "../model/flux-kustomization.ts";
import { namespacesOf } from "../model/namespaces.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Cursor } from "./definition-locations.ts";
import type { HoverText } from "./hover-markdown.ts";
import { code, escaped, link } from "./hover-markdown.ts";
import { clustersOf } from "./references-clusters.ts";
import type { VariableDefinition } from "./references-variables.ts";
import { definitionsOf, knowsAll, variableAt } from "./references-variables.ts";

const maxRows = 10;

export function hoverVariable(root: string, cursor: Cursor): HoverText | undefined {
  const variable = variableAt(cursor);
  if (!variable) return undefined;
  const { name, span, owners } = variable;
  const titles = titlesOf(cursor.model, owners);
  const lines = owners
    .slice(0, maxRows)
    .map((owner, at) => row(root, cursor.model, owner, { name, title: titles[at] ?? owner.name }));
  if (owners.length > maxRows) lines.push(`- and ${owners.length - maxRows} more`);
  if (owners.length === 0) lines.push("No Kustomization of this repository builds this file.");
  return { span, text: [`**\${${escaped(name)}}**`, "", ...lines].join("\n") };
}

/** Clusters of one repository like to have Kustomizations of the same name. */
function titlesOf(model: WorkspaceModel, owners: readonly FluxKustomization[]): readonly string[] {
  const names = owners.map((owner) => {
    const namespace = namespacesOf(model, owner.file, owner.part.document)?.[0];
    return namespace === undefined ? owner.name : `${namespace}/${owner.name}`;
  });
  return owners.map(({ file }, at) => {
    const name = names[at] ?? "";
    if (names.indexOf(name) === names.lastIndexOf(name)) return name;
    return `${name} of ${[...clustersOf(model.graph, file)].join(", ")}`;
  });
}

function row(
  root: string,
  model: WorkspaceModel,
  owner: FluxKustomization,
  { name, title }: { readonly name: string; readonly title: string },
): string {
  const [found] = definitionsOf(model, owner, name);
  if (found) return `- ${escaped(title)}: ${valueOf(found)} (${link(root, found)})`;
  return knowsAll(model, owner)
    ? `- ${escaped(title)}: not set`
    : `- ${escaped(title)}: not set by what is written in this repository`;
}

function valueOf({ value, from }: VariableDefinition): string {
  if (value !== undefined) return value === "" ? "empty" : code(value);
  return from === "Secret" ? "a value of a Secret, not shown" : "a value that is not plain text";
}

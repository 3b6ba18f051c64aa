/** The value of a variable for each Kustomization that substitutes it. Values of Secrets are not shown. */
import type { FluxKustomization } from "../model/flux-kustomization.ts";
import { namespacesOf } from "../model/namespaces.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Cursor } from "./definition-locations.ts";
import type { HoverText } from "./hover-markdown.ts";
import { code, escaped, link } from "./hover-markdown.ts";
import type { VariableDefinition } from "./references-variables.ts";
import { definitionsOf, knowsAll, variableAt } from "./references-variables.ts";

const maxRows = 10;

export function hoverVariable(root: string, cursor: Cursor): HoverText | undefined {
  const variable = variableAt(cursor);
  if (!variable) return undefined;
  const { name, span, owners } = variable;
  const lines = owners.slice(0, maxRows).map((owner) => row(root, cursor.model, owner, name));
  if (owners.length > maxRows) lines.push(`- and ${owners.length - maxRows} more`);
  if (owners.length === 0) lines.push("No Kustomization of this repository builds this file.");
  return { span, text: [`**\${${escaped(name)}}**`, "", ...lines].join("\n") };
}

function row(root: string, model: WorkspaceModel, owner: FluxKustomization, name: string): string {
  const namespace = namespacesOf(model, owner.file, owner.part.document)?.[0];
  const full = namespace === undefined ? owner.name : `${namespace}/${owner.name}`;
  const [found] = definitionsOf(model, owner, name);
  if (found) return `- ${escaped(full)}: ${valueOf(found)} (${link(root, found)})`;
  return knowsAll(model, owner)
    ? `- ${escaped(full)}: not set`
    : `- ${escaped(full)}: not set by what is written in this repository`;
}

function valueOf({ value, from }: VariableDefinition): string {
  if (value !== undefined) return value === "" ? "empty" : code(value);
  return from === "Secret" ? "a value of a Secret, not shown" : "a value that is not plain text";
}

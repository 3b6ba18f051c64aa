/** Asks which node of the Preview is meant when a command comes from the palette. */
import { ThemeIcon, window } from "vscode";

import type { NodeTarget, PreviewNode } from "../model/preview-node.ts";
import { UserError } from "../platform/notify.ts";
import type { Services } from "./services.ts";

/** The node with this id, or one that is picked among those that `fits`; `undefined` when nothing was picked. */
export async function pickNode(
  { preview }: Services,
  id: string | undefined,
  placeholder: string,
  fits: (target: NodeTarget) => boolean,
): Promise<PreviewNode | undefined> {
  if (id !== undefined) return preview.node(id);
  const nodes = [...preview.tree.nodes.values()].filter(({ target }) => fits(target));
  if (nodes.length === 0) throw new UserError("The Preview shows nothing that this could open.");
  const items = nodes.map((node) => ({
    label: node.label,
    description: node.description,
    iconPath: new ThemeIcon(node.icon.id),
    node,
  }));
  const picked = await window.showQuickPick(items, {
    placeHolder: placeholder,
    matchOnDescription: true,
  });
  return picked?.node;
}

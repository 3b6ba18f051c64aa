/** Asks which node of the Preview is meant when a command comes from the palette. */
import { QuickPickItemKind, ThemeIcon, window } from "vscode";
import type { QuickPickItem } from "vscode";

import type { NodeTarget, PreviewNode, PreviewTree } from "../model/preview-node.ts";
import { inOrder, placeName } from "../model/preview-node.ts";
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
  const nodes = inOrder(preview.tree).filter(({ target }) => fits(target));
  if (nodes.length === 0) throw new UserError("The Preview shows nothing that this could open.");
  const picked = await window.showQuickPick(grouped(nodes, preview.tree), {
    placeHolder: placeholder,
    matchOnDescription: true,
  });
  return picked?.node;
}

type NodeItem = QuickPickItem & { readonly node?: PreviewNode };

/** The same names stand in every cluster, so each cluster is a group. */
function grouped(nodes: readonly PreviewNode[], tree: PreviewTree): readonly NodeItem[] {
  let last = "";
  return nodes.flatMap((node) => {
    const place = placeName(node, tree);
    const heading = { label: place, kind: QuickPickItemKind.Separator };
    const item = {
      label: node.label,
      description: node.description,
      iconPath: new ThemeIcon(node.icon.id),
      node,
    };
    const isNew = place !== last;
    last = place;
    return isNew ? [heading, item] : [item];
  });
}

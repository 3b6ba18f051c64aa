/** Opens one object as it would be applied. */
import { window } from "vscode";

import { changeAddresses } from "../model/object-address.ts";
import type { NodeTarget } from "../model/preview-tree.ts";
import { toDocumentUri } from "../views/object-documents.ts";
import type { CommandTypes } from "./index.ts";
import { pickNode } from "./pick-node.ts";
import type { Services } from "./services.ts";

export function openRendered(services: Services): CommandTypes["sluice.openRendered"] {
  return async (id) => {
    const node = await pickNode(services, id, "Open which object?", isRendered);
    if (node?.target.kind !== "change") return;
    const { target } = changeAddresses(node.target.folder, node.target.change);
    await window.showTextDocument(toDocumentUri(target), { preview: true });
  };
}

function isRendered(target: NodeTarget): boolean {
  return (
    target.kind === "change" &&
    target.change.kind !== "deleted" &&
    target.change.kind !== "orphaned"
  );
}

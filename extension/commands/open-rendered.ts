/** Opens one object, or everything of an applier, as it would be applied. */
import { window } from "vscode";

import { applierAddress, applierAddressOf, changeAddresses } from "../model/object-address.ts";
import type { DocumentAddress } from "../model/object-address.ts";
import type { NodeTarget } from "../model/preview-node.ts";
import { toDocumentUri } from "../views/object-documents.ts";
import type { CommandTypes } from "./index.ts";
import { pickNode } from "./pick-node.ts";
import type { Services } from "./services.ts";

export function openRendered(services: Services): CommandTypes["sluice.openRendered"] {
  return async (id) => {
    const node = await pickNode(services, id, "Open which object?", isRendered);
    const hidden = id === undefined ? undefined : applierAddressOf(id, "applier");
    const address = node === undefined ? hidden : addressOf(node.target);
    if (address !== undefined)
      await window.showTextDocument(toDocumentUri(address), { preview: true });
  };
}

function addressOf(target: NodeTarget): DocumentAddress | undefined {
  if (target.kind === "applier") return applierAddress(target.folder, target.applier, "applier");
  if (target.kind === "change") return changeAddresses(target.folder, target.change).target;
  return undefined;
}

function isRendered(target: NodeTarget): boolean {
  if (target.kind === "applier") return target.rendered;
  return (
    target.kind === "change" &&
    target.change.kind !== "deleted" &&
    target.change.kind !== "orphaned"
  );
}

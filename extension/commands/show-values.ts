/** Opens the effective values of a HelmRelease, with where each comes from. */
import { window } from "vscode";

import { applierAddressOf } from "../model/object-address.ts";
import type { NodeTarget } from "../model/preview-node.ts";
import { toDocumentUri } from "../views/object-documents.ts";
import type { CommandTypes } from "./index.ts";
import { pickNode } from "./pick-node.ts";
import type { Services } from "./services.ts";

export function showValues(services: Services): CommandTypes["sluice.showValues"] {
  return async (id) => {
    const node = await pickNode(services, id, "Show the values of which release?", hasValues);
    const picked = node?.id ?? id;
    if (picked === undefined || (node && node.target.kind !== "applier")) return;
    const address = applierAddressOf(picked, "values");
    await window.showTextDocument(toDocumentUri(address), { preview: true });
  };
}

function hasValues(target: NodeTarget): boolean {
  return target.kind === "applier" && target.values;
}

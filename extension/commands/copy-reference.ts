/** Puts the names of objects into the clipboard as Flux writes them in its messages, one a line: `Kustomization/flux-system/apps`. */
import { env } from "vscode";

import { parseNodeId } from "../model/cluster/live-node.ts";
import { referenceOf, referenceTo } from "../model/reference.ts";
import type { CommandTypes } from "./index.ts";
import { liveOf, pickRef } from "./live/targets.ts";
import { pickNode } from "./pick-node.ts";
import type { Services } from "./services.ts";

export function copyReference(services: Services): CommandTypes["sluice.copyReference"] {
  return async (node, selection) => {
    const isSelected = node !== undefined && selection?.includes(node) === true;
    const texts: string[] = [];
    for (const id of isSelected ? selection : [node]) {
      const text = await referenceText(services, id);
      if (text !== undefined) texts.push(text);
    }
    if (texts.length > 0) await env.clipboard.writeText(texts.join("\n"));
  };
}

async function referenceText(
  services: Services,
  id: string | undefined,
): Promise<string | undefined> {
  if (id !== undefined && parseNodeId(id) !== undefined) {
    const target = await pickRef(liveOf(services), { node: id }, "Copy the reference of what?");
    return target && referenceTo(target.ref);
  }
  const node = await pickNode(
    services,
    id,
    "Copy the reference of what?",
    (target) => referenceOf(target) !== undefined,
  );
  return node && referenceOf(node.target);
}

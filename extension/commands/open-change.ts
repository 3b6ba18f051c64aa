/** Opens the diff of one rendered object. */
import type { TextDocumentShowOptions } from "vscode";
import { commands } from "vscode";

import { changeAddresses } from "../model/object-address.ts";
import { objectName, sidesText } from "../model/words.ts";
import { toDocumentUri } from "../views/object-documents.ts";
import type { CommandTypes } from "./index.ts";
import { pickNode } from "./pick-node.ts";
import type { Services } from "./services.ts";

export function openChange(services: Services): CommandTypes["sluice.openChange"] {
  return async (id) => {
    const node = await pickNode(
      services,
      id,
      "Open the diff of which object?",
      ({ kind }) => kind === "change",
    );
    if (node?.target.kind !== "change") return;
    const { folder, change } = node.target;
    const plan = services.store.views.get(folder)?.plan;
    const sides = plan ? ` (${sidesText(plan)})` : "";
    const { base, target } = changeAddresses(folder, change);
    const options: TextDocumentShowOptions = { preview: true };
    await commands.executeCommand(
      "vscode.diff",
      toDocumentUri(base),
      toDocumentUri(target),
      `${objectName(change.ref)}${sides}`,
      options,
    );
  };
}

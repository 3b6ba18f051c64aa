/** Opens the page that explains a risk of the Preview: what happens, why, and how to silence it. */
import { Uri, commands } from "vscode";

import type { CommandTypes } from "./index.ts";
import { pickNode } from "./pick-node.ts";
import type { Services } from "./services.ts";

export function explainRisk(services: Services): CommandTypes["sluice.explainRisk"] {
  return async (id) => {
    const node = await pickNode(services, id, "Explain which risk?", ({ kind }) => kind === "risk");
    if (node?.target.kind !== "risk") return;
    const [path = "", fragment = ""] = node.target.risk.docs.split("#");
    const page = Uri.joinPath(services.extensionUri, path).with({ fragment });
    await commands.executeCommand("markdown.showPreview", page);
  };
}

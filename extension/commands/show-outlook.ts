/** Opens the outlook: as a page where VS Code can show Markdown so, else as text. */
import { commands, window } from "vscode";

import { outlookUri } from "../views/outlook-document.ts";
import type { CommandTypes } from "./index.ts";

export function showOutlook(): CommandTypes["sluice.showOutlook"] {
  return async () => {
    try {
      await commands.executeCommand("markdown.showPreview", outlookUri);
    } catch {
      // The extension that shows Markdown is built in, but can be switched off.
      await window.showTextDocument(outlookUri, { preview: true });
    }
  };
}

/** The open documents: unsaved text by URI, kept in step by incremental sync. The one mutable thing besides the folders. */
import type { Connection } from "vscode-languageserver";
import { TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";

import { toPath } from "./tree-uri.ts";

export interface Documents {
  /** Text of every open document under `root`, by path in the tree. */
  overlay(root: string): ReadonlyMap<string, string>;
}

/** `onTouched` is called with the URI of each document that was opened, changed or closed; closed ones have no text. */
export function listenToDocuments(
  connection: Connection,
  onTouched: (uri: string, text: string | undefined) => void,
): Documents {
  const documents = new TextDocuments(TextDocument);
  documents.onDidChangeContent(({ document }) => onTouched(document.uri, document.getText()));
  documents.onDidClose(({ document }) => onTouched(document.uri, undefined));
  documents.listen(connection);
  return {
    overlay(root) {
      const texts = new Map<string, string>();
      for (const document of documents.all()) {
        const path = toPath(root, document.uri);
        if (path !== undefined) texts.set(path, document.getText());
      }
      return texts;
    },
  };
}

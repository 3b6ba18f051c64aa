/** Starts the language server in a web worker and answers its requests for files, which it can't read itself there. */
import type { ExtensionContext } from "vscode";
import { Uri } from "vscode";
import { LanguageClient } from "vscode-languageclient/browser";

import type {
  ListFilesParams,
  ReadFilesParams,
  ReadSchemasParams,
  ServerRequests,
} from "#protocol";

import type { ClientFactory } from "./server-link.ts";
import { listFiles, readEngine, readFiles, readSchemas } from "./workspace-files.ts";

export function webClientFactory(context: ExtensionContext): ClientFactory {
  return async (options) => {
    const script = Uri.joinPath(context.extensionUri, "dist", "web", "language-server.js");
    const client = new LanguageClient(
      "sluice",
      "Sluice",
      new Worker(script.toString(true)),
      options,
    );
    client.onRequest(name("sluice/listFiles"), (params: ListFilesParams) => listFiles(params));
    client.onRequest(name("sluice/readFiles"), (params: ReadFilesParams) => readFiles(params));
    client.onRequest(name("sluice/readEngine"), () => readEngine(context.extensionUri));
    client.onRequest(name("sluice/readSchemas"), (params: ReadSchemasParams) =>
      readSchemas(context.extensionUri, params),
    );
    return client;
  };
}

/** Only names that the protocol has. */
function name(method: keyof ServerRequests): string {
  return method;
}

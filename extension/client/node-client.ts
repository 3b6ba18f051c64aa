/** Starts the language server as a Node process beside the extension host. */
import type { ExtensionContext } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";

import type { ClientFactory } from "./server-link.ts";

/** Left alone, V8 takes 100 MB for the short-lived objects of a plan before it collects them. */
const memory = ["--max-semi-space-size=2"];

export function nodeClientFactory(context: ExtensionContext): ClientFactory {
  const module = context.asAbsolutePath("dist/language-server.cjs");
  return async (options) =>
    new LanguageClient(
      "sluice",
      "Sluice",
      {
        run: { module, transport: TransportKind.ipc, options: { execArgv: memory } },
        debug: {
          module,
          transport: TransportKind.ipc,
          options: { execArgv: [...memory, "--nolazy", "--inspect=6019"] },
        },
      },
      options,
    );
}

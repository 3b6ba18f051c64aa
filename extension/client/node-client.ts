/** Starts the language server as a Node process beside the extension host. */
import type { ExtensionContext } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";

import { serverFlags } from "./server-flags.ts";
import type { ClientFactory } from "./server-link.ts";

export function nodeClientFactory(context: ExtensionContext): ClientFactory {
  const module = context.asAbsolutePath("dist/language-server.cjs");
  return async (options) =>
    new LanguageClient(
      "sluice",
      "Sluice",
      {
        run: { module, transport: TransportKind.ipc, options: { execArgv: [...serverFlags] } },
        debug: {
          module,
          transport: TransportKind.ipc,
          options: { execArgv: [...serverFlags, "--nolazy", "--inspect=6019"] },
        },
      },
      options,
    );
}

/** Entry point of VS Code for the Web: the same extension with its server in a web worker. */
import type { ExtensionContext } from "vscode";

import { webClientFactory } from "./client/web-client.ts";
import type { SluiceApi } from "./compose.ts";
import { compose } from "./compose.ts";

export function activate(context: ExtensionContext): SluiceApi {
  return compose(context, webClientFactory(context));
}

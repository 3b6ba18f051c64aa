/** Entry point where there is a Node extension host: desktop, remote, containers. */
import type { ExtensionContext } from "vscode";

import { nodeClientFactory } from "./client/node-client.ts";
import type { SluiceApi } from "./compose.ts";
import { compose } from "./compose.ts";
import { composeLive } from "./compose-live.ts";

export function activate(context: ExtensionContext): SluiceApi {
  return compose(context, nodeClientFactory(context), composeLive);
}

/** The language server as a Node process: the connection that the client chose (IPC, stdio or a pipe), and the ports of this machine. */
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";

import { createNodeHost } from "./hosts/node.ts";
import { startServer } from "./server.ts";

const connection = createConnection(ProposedFeatures.all);
startServer(
  connection,
  createNodeHost({
    info: (message) => connection.console.info(message),
    warn: (message) => connection.console.warn(message),
  }),
);

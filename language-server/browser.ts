/** The language server in a web worker: the connection is the worker's own message port. */
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
} from "vscode-languageserver/browser";

import { createBrowserHost } from "./hosts/browser.ts";
import { startServer } from "./server.ts";

declare const self: DedicatedWorkerGlobalScope;

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self));
startServer(
  connection,
  createBrowserHost(connection, {
    info: (message) => connection.console.info(message),
    warn: (message) => connection.console.warn(message),
  }),
);

/** The language server on two streams of this process, as `sluice lsp` offers it to any editor. */
import type { Readable, Writable } from "node:stream";

import {
  createConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

import { createNodeHost } from "./hosts/node.ts";
import { startServer } from "./server.ts";

/** Resolves when the editor says goodbye (0), goes away without a word (1), or the signal says so (1). */
export function serveStdio(
  input: Readable,
  output: Writable,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve) => {
    const connection = createConnection(
      new StreamMessageReader(input),
      new StreamMessageWriter(output),
    );
    let wasShutDown = false;
    startServer(
      connection,
      createNodeHost({
        info: (message) => connection.console.info(message),
        warn: (message) => connection.console.warn(message),
      }),
      undefined,
      () => (wasShutDown = true),
    );
    connection.onExit(() => resolve(wasShutDown ? 0 : 1));
    input.once("end", () => resolve(wasShutDown ? 0 : 1));
    signal.addEventListener("abort", () => resolve(1), { once: true });
  });
}

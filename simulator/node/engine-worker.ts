/** Entry of an engine's worker thread in Node. */
import { parentPort } from "node:worker_threads";

import { serveEngine, type ToWorker } from "#simulator/engine";

const port = parentPort;
if (port === null) {
  throw new Error("engine-worker is not meant to be run by itself");
}
const serve = serveEngine((message) => port.postMessage(message));
port.on("message", (message: ToWorker) => serve(message));

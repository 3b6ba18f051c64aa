/** Entry of an engine's web worker. */
import { serveEngine } from "../engine/serve.ts";
import type { FromWorker, ToWorker } from "../engine/worker-messages.ts";

// The room's types are those of any worker; this script only ever runs in a dedicated one.
const scope = globalThis as unknown as {
  postMessage(message: FromWorker, transfer: readonly Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
};
const serve = serveEngine((message) => scope.postMessage(message, []));
scope.addEventListener("message", (event) => serve(event.data));

/** Entry of an engine's web worker. */
import { serveEngine } from "../engine/serve.ts";
import type { FromWorker, ToWorker } from "../engine/worker-messages.ts";

// The room's types are those of any worker; this script only ever runs in a dedicated one.
const scope = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};
const serve = serveEngine((message) => scope.postMessage(message));
scope.onmessage = (event) => serve(event.data);

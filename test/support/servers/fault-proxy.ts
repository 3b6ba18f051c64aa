/** A proxy in front of a real server that spoils some of its answers: cut off, changed, slow, somewhere else. */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** What a test does to one request; without an answer it is passed on. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => FaultAction | undefined;

export type FaultAction =
  /** The test has answered itself, or leaves the client waiting. */
  | "answered"
  /** Another body; the digest in the headers stays. */
  | { readonly change: (body: Buffer) => Buffer }
  /** The connection ends after so many bytes of the body. */
  | { readonly cutAfter: number };

export interface FaultProxy {
  readonly host: string;
  readonly url: string;
  /** Method and path of each request, oldest first. */
  readonly requests: readonly string[];
}

/** `target` is `http://host:port`; it ends with the test. */
export async function startFaultProxy(target: string, fault: Fault): Promise<FaultProxy> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    const action = fault(request, response);
    if (action !== "answered") pass(target, request, response, action);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}`, requests };
}

function pass(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  action: Exclude<FaultAction, "answered"> | undefined,
): void {
  const { method, headers } = request;
  const sent = httpRequest(new URL(request.url ?? "/", target), { method, headers });
  sent.on("error", () => response.destroy());
  sent.on("response", (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("end", () => {
      const body = Buffer.concat(chunks);
      const changed = typeof action === "object" && "change" in action ? action.change(body) : body;
      const length = { "content-length": changed.byteLength };
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...length });
      if (typeof action === "object" && "cutAfter" in action)
        response.write(body.subarray(0, action.cutAfter), () => response.destroy());
      else response.end(changed);
    });
  });
  request.pipe(sent);
}

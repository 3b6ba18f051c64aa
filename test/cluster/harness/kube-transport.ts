/** HTTPS to one API server, with a client certificate or a token. */
import { Agent, request as httpsRequest } from "node:https";

import { pause } from "./process.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

export type Credentials =
  | { readonly ca: string; readonly certificate: string; readonly key: string }
  | { readonly ca: string; readonly token: string };

/** One request as it is; `contentType` counts only with a body. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
) => Promise<ApiAnswer>;

export interface Transport {
  readonly send: Send;
  /** Repeats what the server asks to repeat: right after a CRD is added it answers 429 for a moment. */
  readonly sendPatiently: Send;
  close(): void;
}

const repeated = [429, 500, 503];
/** Milliseconds; no measure of anything. */
const patience = { repeat: 300_000, answer: 240_000 };

export function openTransport(server: string, credentials: Credentials): Transport {
  const agent = new Agent({
    keepAlive: true,
    ca: credentials.ca,
    ...("token" in credentials ? {} : { cert: credentials.certificate, key: credentials.key }),
  });
  const authorization =
    "token" in credentials ? { authorization: `Bearer ${credentials.token}` } : {};
  const send: Send = (method, path, body, contentType = "application/json") =>
    new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { "content-type": contentType };
      const headers = { accept: "application/json", ...type, ...authorization };
      const options = { method, agent, headers, timeout: patience.answer };
      const request = httpsRequest(`${server}${path}`, options);
      request.once("error", reject);
      request.once("timeout", () => request.destroy(new Error(`${method} ${path}: no answer`)));
      request.once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      });
      request.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  const sendPatiently: Send = async (...request) => {
    const deadline = performance.now() + patience.repeat;
    for (;;) {
      const answer = await send(...request);
      if (!repeated.includes(answer.status) || performance.now() > deadline) return answer;
      await pause(100);
    }
  };
  return { send, sendPatiently, close: () => agent.destroy() };
}

/** The https requests of a push by isomorphic-git: to the host of the remote alone, cancellable, with the user's authorities. */
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

import type { GitHttpRequest, GitHttpResponse } from "isomorphic-git";

export interface HttpsClientOptions {
  readonly ca?: string;
  readonly signal?: AbortSignal | undefined;
}

/** A server that says nothing for so long has gone. */
const silenceMilliseconds = 60_000;

export function httpsClient(options: HttpsClientOptions): {
  request(request: GitHttpRequest): Promise<GitHttpResponse>;
} {
  return {
    async request({ url, method = "GET", headers = {}, body }) {
      const sent: Uint8Array[] = [];
      for await (const chunk of body ?? []) sent.push(chunk);
      const bytes = Buffer.concat(sent);
      const message = await send(url, method, headers, bytes, options);
      const received = Object.entries(message.headers).map(([name, value]) => [
        name,
        String(value),
      ]);
      return {
        url,
        method,
        statusCode: message.statusCode ?? 0,
        statusMessage: message.statusMessage ?? "",
        headers: Object.fromEntries(received) as Record<string, string>,
        body: chunksOf(message),
      };
    },
  };
}

async function* chunksOf(message: IncomingMessage): AsyncGenerator<Uint8Array, undefined> {
  for await (const chunk of message as AsyncIterable<Buffer>) yield chunk;
  return undefined;
}

function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  bytes: Buffer,
  { ca, signal }: HttpsClientOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length = bytes.byteLength === 0 ? {} : { "content-length": String(bytes.byteLength) };
    const sent = httpsRequest(
      url,
      {
        method,
        headers: { ...headers, ...length },
        agent: false,
        timeout: silenceMilliseconds,
        ...(ca !== undefined && { ca }),
        ...(signal !== undefined && { signal }),
      },
      resolve,
    );
    sent.on("timeout", () => sent.destroy(new Error("the server does not answer")));
    sent.on("error", reject);
    sent.end(bytes);
  });
}

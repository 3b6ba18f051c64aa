/** A cluster of objects behind HTTP, for connections of the extension: reads, dry runs, and watches on which nothing ever happens. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import type { Live, LiveRequest } from "#simulator";

export interface LiveServerOptions {
  readonly host?: string;
  readonly certificate?: { readonly key: string; readonly cert: string };
}

export class LiveServer {
  /** Method, path and query. */
  readonly requests: string[] = [];
  /** What was sent to prove who asks: a token, or the name in a certificate. */
  readonly users = new Set<string>();
  /** Connections that were ever made. */
  connections = 0;
  readonly #live: Live;
  readonly #host: string;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #scheme: string;

  /** `certificate` for TLS, where who asks shows one of the same authority. */
  constructor(live: Live, { host = "127.0.0.1", certificate }: LiveServerOptions = {}) {
    this.#live = live;
    this.#host = host;
    this.#scheme = certificate === undefined ? "http" : "https";
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#answer(request, response);
    const keepAliveTimeout = 0;
    this.#server =
      certificate === undefined
        ? createServer({ keepAliveTimeout }, answer)
        : createTlsServer(
            { ...certificate, ca: certificate.cert, requestCert: true, keepAliveTimeout },
            answer,
          );
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Gives its address. */
  async start(): Promise<string> {
    this.#server.on("connection", (socket: Socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(0, this.#host, resolve));
    return `${this.#scheme}://${this.#host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    this.requests.push(`${method} ${url}`);
    const certificate = (request.socket as Partial<TLSSocket>).getPeerCertificate?.();
    const { CN = "" } = (certificate?.subject ?? {}) as { readonly CN?: string };
    this.users.add(headers.authorization ?? CN);
    const query = new URL(url, "http://api").searchParams;
    if (query.get("watch") === "1") {
      response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
      return;
    }
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const asked = requestOf(method, url, body);
    const answer =
      url === "/version"
        ? { status: 200, body: '{"gitVersion":"v1.36.4"}' }
        : asked && (await this.#live.request(asked));
    response.writeHead(answer?.status ?? 405, { "Content-Type": "application/json" });
    response.end(answer?.body ?? "{}");
  }
}

/** Nothing but what a plan may send. */
function requestOf(method: string, url: string, body: string): LiveRequest | undefined {
  if (method === "GET") return { verb: "get", path: url };
  const { pathname, searchParams } = new URL(url, "http://api");
  if (method !== "PATCH" || searchParams.get("dryRun") !== "All") return undefined;
  const manager = searchParams.get("fieldManager") ?? "";
  return { verb: "dry-run", path: pathname, manager, force: false, body };
}

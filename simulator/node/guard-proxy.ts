/**
 * A proxy on loopback for the time of one fetch, by which the `git` executable's own connections pass the network
 * guard and the size limit. It asks for a password that only this process and its git know.
 */
import { randomBytes } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

import { FetchFailure, TooLargeError } from "./fetch-failure.ts";
import { type NetworkGuard, RefusedError } from "./network-guard.ts";
import { parseUrl } from "./source-url.ts";

export interface GuardProxy {
  /** With the password; for `http.proxy` of git. */
  readonly url: string;
  /** Why a connection was refused or cut, if one was: git itself only sees that the proxy said no. */
  readonly failure: () => Error | undefined;
  readonly close: () => Promise<void>;
}

export interface GuardProxyOptions {
  readonly maxBytes: number;
  /** How many bytes have come so far. */
  readonly onBytes?: (bytes: number) => void;
}

export async function startGuardProxy(
  guard: NetworkGuard,
  options: GuardProxyOptions,
): Promise<GuardProxy> {
  const password = randomBytes(18).toString("hex");
  const expected = `Basic ${Buffer.from(`sluice:${password}`).toString("base64")}`;
  const isKnown = ({ headers }: IncomingMessage): boolean =>
    headers["proxy-authorization"] === expected;
  const gate = createGate(guard, options);
  const server = createServer((request, response) => {
    if (isKnown(request)) forward(request, response, gate).catch(() => refuse(response));
    else response.writeHead(407, { "proxy-authenticate": "Basic" }).end();
  });
  server.on("connection", gate.keep);
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    gate.keep(client);
    if (isKnown(request)) tunnel(request.url ?? "", client, head, gate);
    else client.end(unauthorized);
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://sluice:${password}@127.0.0.1:${port}`,
    failure: gate.failure,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        gate.closeAll();
      }),
  };
}

/** Opens connections that the guard allows, and cuts all of them once the limit is passed. */
interface Gate {
  readonly open: (host: string, port: number) => Promise<Socket>;
  readonly count: (chunk: Buffer) => void;
  readonly keep: <T extends Duplex>(socket: T) => T;
  readonly failure: () => Error | undefined;
  readonly closeAll: () => void;
}

function createGate(guard: NetworkGuard, { maxBytes, onBytes }: GuardProxyOptions): Gate {
  const sockets = new Set<Duplex>();
  let left = maxBytes;
  let failure: Error | undefined;
  const closeAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    closeAll,
    failure: () => failure,
    keep(socket) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      return socket;
    },
    count(chunk) {
      left -= chunk.byteLength;
      onBytes?.(maxBytes - left);
      if (left >= 0) return;
      failure ??= new TooLargeError(`The repository has more than ${maxBytes} bytes.`);
      closeAll();
    },
    async open(host, port) {
      try {
        return await connectToAny(await guard.resolve(host), port);
      } catch (error) {
        const { code = "no connection" } = error as NodeJS.ErrnoException;
        const refused = error instanceof RefusedError;
        failure ??= refused
          ? error
          : new FetchFailure("failed", `${host} can't be reached (${code}).`);
        throw error;
      }
    },
  };
}

/** A `CONNECT host:port`, by which clients reach `https:` addresses through their proxy. */
function tunnel(address: string, client: Duplex, head: Buffer, gate: Gate): void {
  const target = parseUrl(`http://${address}`);
  gate.open(target?.hostname ?? "", Number(target?.port || 80)).then(
    (upstream) => {
      gate.keep(upstream).on("data", gate.count);
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
      // A connection that breaks has no end that would be passed on.
      upstream.on("close", () => client.destroy());
      client.on("close", () => upstream.destroy());
    },
    () => client.end(forbidden),
  );
}

/** A request for an `http:` address, which clients send to their proxy in full. */
async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Gate,
): Promise<void> {
  const target = parseUrl(request.url ?? "");
  if (target?.protocol !== "http:") {
    refuse(response);
    return;
  }
  const socket = gate.keep(await gate.open(target.hostname, Number(target.port || 80)));
  const { "proxy-authorization": _, "proxy-connection": __, ...headers } = request.headers;
  const sent = httpRequest({
    createConnection: () => socket,
    method: request.method,
    path: target.pathname + target.search,
    headers: { ...headers, host: target.host, connection: "close" },
    setHost: false,
  });
  sent.on("error", () => response.destroy());
  sent.on("response", (answer) => {
    answer.on("data", gate.count);
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: "close" });
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  request.pipe(sent);
}

async function connectToAny(
  addresses: readonly { readonly address: string }[],
  port: number,
): Promise<Socket> {
  let last: unknown = new Error("no address");
  for (const { address } of addresses) {
    try {
      return await connectTo(address, port);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function connectTo(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 15_000 });
    socket.once("timeout", () => socket.destroy(new Error("timed out")));
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

function refuse(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(403).end();
}

const noBody = "Content-Length: 0\r\nConnection: close\r\n\r\n";
const unauthorized = `HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n${noBody}`;
const forbidden = `HTTP/1.1 403 Forbidden\r\n${noBody}`;

/**
 * An API server in the test's process, for the faults that a real one does not produce on demand: it lists in pages, watches
 * with bookmarks, forgets its history, refuses, falls silent and sends nonsense, when it is told to.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import type { JsonObject } from "#simulator";
import { fluxKinds, objectAt, textAt } from "#simulator";

export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Watcher {
  readonly plural: string;
  readonly namespace: string;
  readonly response: ServerResponse;
}

export class FakeApiServer {
  readonly requests: string[] = [];
  readonly patches: { readonly path: string; readonly body: unknown }[] = [];
  /** Answers true when it has answered, or deliberately not. */
  intercept: Intercept | undefined;
  /** Watches from older versions are told 410. */
  oldestVersion = 0;
  readonly #objects = new Map<string, JsonObject>();
  readonly #watchers = new Set<Watcher>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #version = 100;
  #history: { readonly version: number; readonly plural: string; readonly event: JsonObject }[] =
    [];
  #port = 0;

  async start(port = 0): Promise<void> {
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.dropConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  get watchCount(): number {
    return this.#watchers.size;
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#watchers.clear();
  }

  /** Creates or replaces an object and tells watchers, or only history when `silent`. */
  put(object: JsonObject, silent = false): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    const version = ++this.#version;
    const metadata = {
      uid: `uid-${key}-${before === undefined ? version : (textAt(before, "metadata", "uid") ?? "")}`,
      ...objectAt(object, "metadata"),
      resourceVersion: String(version),
    };
    const stored = { ...object, metadata };
    this.#objects.set(key, stored);
    this.#record(version, stored, before === undefined ? "ADDED" : "MODIFIED", silent);
  }

  remove(object: JsonObject, silent = false): void {
    const stored = this.#objects.get(keyOf(object));
    if (stored === undefined) return;
    this.#objects.delete(keyOf(object));
    const version = ++this.#version;
    const metadata = { ...objectAt(stored, "metadata"), resourceVersion: String(version) };
    this.#record(version, { ...stored, metadata }, "DELETED", silent);
  }

  /** Sends a raw line to every watch of this kind. */
  sendLine(plural: string, line: string): void {
    for (const watcher of this.#watchers)
      if (watcher.plural === plural) watcher.response.write(`${line}\n`);
  }

  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
    this.#watchers.clear();
  }

  forgetHistory(): void {
    this.#history = [];
    this.oldestVersion = this.#version;
  }

  #record(version: number, object: JsonObject, type: string, silent: boolean): void {
    const plural = pluralOf(object);
    const event = { type, object };
    this.#history.push({ version, plural, event });
    if (silent) return;
    const namespace = textAt(object, "metadata", "namespace") ?? "";
    for (const watcher of this.#watchers)
      if (watcher.plural === plural && ["", namespace].includes(watcher.namespace))
        watcher.response.write(`${JSON.stringify(event)}\n`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    if (this.intercept?.(request, response) === true) return;
    const url = new URL(request.url ?? "/", this.url);
    if (url.pathname === "/version") return send(response, 200, { gitVersion: "v1.36.4" });
    if (url.pathname === "/api") return send(response, 200, { kind: "APIGroupDiscoveryList" });
    if (url.pathname === "/apis") return send(response, 200, discovery());
    const match = /^\/apis\/[^/]+\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(
      url.pathname,
    );
    if (match === null) return refuse(response, 404, "NotFound");
    const [, namespace = "", plural = "", name] = match;
    if (name !== undefined) return this.#one(request, response, `${plural}/${namespace}/${name}`);
    if (url.searchParams.get("watch") === "1") return this.#watch(response, url, plural, namespace);
    this.#list(response, url, plural, namespace);
  }

  #one(request: IncomingMessage, response: ServerResponse, key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return refuse(response, 404, "NotFound");
    if (request.method === "GET") return send(response, 200, object);
    if (request.method === "DELETE") {
      this.remove(object);
      return send(response, 200, object);
    }
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const body: unknown = JSON.parse(text);
      this.patches.push({ path: request.url ?? "", body });
      this.put(merge(object, body) as JsonObject);
      send(response, 200, this.#objects.get(key) ?? {});
    });
  }

  #list(response: ServerResponse, url: URL, plural: string, namespace: string): void {
    const all = [...this.#objects.values()].filter(
      (object) =>
        pluralOf(object) === plural &&
        ["", textAt(object, "metadata", "namespace")].includes(namespace),
    );
    const limit = Number(url.searchParams.get("limit") ?? 500);
    const start = Number(url.searchParams.get("continue") ?? 0);
    const next = start + limit < all.length ? { continue: String(start + limit) } : {};
    send(response, 200, {
      metadata: { resourceVersion: String(this.#version), ...next },
      items: all.slice(start, start + limit),
    });
  }

  #watch(response: ServerResponse, url: URL, plural: string, namespace: string): void {
    const from = Number(url.searchParams.get("resourceVersion") ?? 0);
    response.writeHead(200, { "Content-Type": "application/json" });
    response.flushHeaders();
    if (from < this.oldestVersion) {
      const status = { kind: "Status", code: 410, reason: "Expired", message: "too old" };
      response.end(`${JSON.stringify({ type: "ERROR", object: status })}\n`);
      return;
    }
    for (const { version, plural: of, event } of this.#history)
      if (version > from && of === plural) response.write(`${JSON.stringify(event)}\n`);
    const watcher = { plural, namespace, response };
    this.#watchers.add(watcher);
    response.on("close", () => this.#watchers.delete(watcher));
  }
}

function discovery(): JsonObject {
  const groups = [...new Set(fluxKinds.map(({ group }) => group))];
  return {
    kind: "APIGroupDiscoveryList",
    items: groups.map((name) => ({
      metadata: { name },
      versions: [
        {
          version: fluxKinds.find(({ group }) => group === name)?.versions[0] ?? "v1",
          resources: fluxKinds
            .filter(({ group }) => group === name)
            .map(({ kind, plural }) => ({
              resource: plural,
              responseKind: { kind },
              scope: "Namespaced",
            })),
        },
      ],
    })),
  };
}

function pluralOf(object: JsonObject): string {
  return fluxKinds.find(({ kind }) => kind === object["kind"])?.plural ?? "others";
}

function keyOf(object: JsonObject): string {
  const { name, namespace } = objectAt(object, "metadata") as Record<string, string>;
  return `${pluralOf(object)}/${namespace ?? ""}/${name ?? ""}`;
}

export function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

export function refuse(response: ServerResponse, code: number, reason: string): void {
  send(response, code, { kind: "Status", status: "Failure", code, reason, message: `${reason}.` });
}

function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === "object" && target !== null ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

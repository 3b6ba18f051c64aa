/**
 * As much of an OCI registry as a publication needs, in this process, for tests inside VS Code that want to interfere. The real one
 * is in servers/registry.ts.
 */
import type { IncomingMessage, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export class MemoryRegistry {
  /** By tag or digest. */
  readonly content = new Map<string, Buffer>();
  onUpload: (() => void) | undefined;
  /** Nobody may read. */
  locked = false;
  #server: Server | undefined;

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const [path = "", query = ""] = (request.url ?? "").split("?");
        const name = new URLSearchParams(query).get("digest") ?? path.replace(/^.*\//, "");
        if (request.method === "POST") {
          this.onUpload?.();
          return response.writeHead(202, { location: `${path}one` }).end();
        }
        if (request.method === "PUT") {
          this.content.set(name, body);
          return response.writeHead(201).end();
        }
        const found = this.content.get(name);
        const status = found === undefined ? 404 : 200;
        return response.writeHead(this.locked ? 403 : status).end(found);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.#server = server;
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

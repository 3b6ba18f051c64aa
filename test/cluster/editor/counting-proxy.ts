/** Passes connections on to a server of loopback and counts those that are open, and how many there were at all. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface CountingProxy {
  readonly port: number;
  readonly open: number;
  readonly total: number;
  close(): Promise<void>;
}

/** Without a target nobody ever answers. */
export async function startProxy(target?: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  let total = 0;
  const server = createServer((client) => {
    total++;
    sockets.add(client);
    client.on("error", () => client.destroy());
    client.on("close", () => sockets.delete(client));
    // Read, so that its end is noticed.
    if (target === undefined) return void client.resume();
    const upstream = connect(target, "127.0.0.1");
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get open() {
      return sockets.size;
    },
    get total() {
      return total;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

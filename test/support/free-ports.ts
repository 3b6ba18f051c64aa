/**
 * Ports on loopback for programs that have to be told one. They lie outside of the range that the kernel gives to everybody who asks for any
 * port: nobody gets one in between, nor while a program is down between two lives, when even a client that tries to reach it could.
 */
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Reserved for this process until it ends, against others that choose in the same way. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const [first, last] = range();
  const ports: number[] = [];
  let port = randomInt(first, last + 1);
  for (let tried = 0; ports.length < count; tried++) {
    if (tried > last - first) throw new Error(`there are no ${count} free ports`);
    if ((await reserve(port)) && (await canListen({ host: "127.0.0.1", port }))) ports.push(port);
    port = port === last ? first : port + 1;
  }
  return ports;
}

/** The larger side of what the kernel keeps for itself; privileged ports and the last few thousand are left alone. */
function range(): readonly [first: number, last: number] {
  const [low = 32_768, high = 60_999] = kernelRange();
  const below = [10_000, low - 1] as const;
  const above = [high + 1, 65_000] as const;
  const width = ([first, last]: readonly [number, number]): number => last - first;
  const widest = width(below) >= width(above) ? below : above;
  return width(widest) > 100 ? widest : [10_000, 65_000];
}

function kernelRange(): readonly number[] {
  try {
    return readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s+/).map(Number);
  } catch {
    return [];
  }
}

/** Takes a socket of Linux that has a name but no file: it goes with the process, however that ends. False when somebody has it. */
function reserve(port: number): Promise<boolean> {
  if (process.platform !== "linux") return Promise.resolve(true);
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ path: `\0sluice-test-port-${port}` }, () => resolve(true));
    server.unref();
  });
}

function canListen(place: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(place, () => server.close(() => resolve(true)));
  });
}

/** The ports that test servers are told: nobody else is given one of them meanwhile. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { freePorts } from "./free-ports.ts";

test("are all different, although they are asked for at the same time", async () => {
  const ports = (await Promise.all(Array.from({ length: 8 }, () => freePorts(4)))).flat();
  expect(new Set(ports).size).toBe(32);
});

test("are none that the kernel gives away", async () => {
  const given = await Promise.all(Array.from({ length: 20 }, () => listening(0)));
  const ports = await freePorts(20);
  const [low, high] = [Math.min(...given), Math.max(...given)];
  expect(ports.filter((port) => port >= low && port <= high)).toEqual([]);
});

test("are none on which somebody listens", async () => {
  const [first = 0] = await freePorts(1);
  expect(await listening(first)).toBe(first);
  // The next ones in the row are likely to be asked about.
  const ports = (await Promise.all(Array.from({ length: 20 }, () => freePorts(5)))).flat();
  expect(ports).not.toContain(first);
});

/** Listens until the test is over. Answers the port. */
async function listening(port: number): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A session on a fake API server, connected and with all its objects. */
import { expect, vi } from "vitest";

import { ClusterSession } from "../../../extension/cluster/session.ts";
import * as client from "../../../simulator/node/cluster/kube-client.ts";
import type { FakeApiServer } from "./fake-api-server.ts";

/** `started` is closed by the test, in the end. */
export async function sessionOn(
  server: FakeApiServer,
  started: { close(): void | Promise<void> }[],
): Promise<ClusterSession> {
  const session = new ClusterSession("test", {
    target: async () => ({
      name: "test",
      cluster: { server: server.url },
      user: { token: "t" },
      namespaces: [],
    }),
    client: async () => client,
    log: () => {},
  });
  started.push({ close: () => server.stop() }, session);
  void session.run();
  await vi.waitFor(
    () => expect(session.state).toMatchObject({ kind: "connected", loading: false }),
    { timeout: 100_000, interval: 5 },
  );
  return session;
}

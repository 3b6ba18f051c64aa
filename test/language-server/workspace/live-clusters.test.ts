/** Clusters as the server sees them: requests to its client. */
import { expect, test } from "vitest";

import { LiveClusters } from "../../../language-server/workspace/live-clusters.ts";

const request = { verb: "get", path: "/version" } as const;

interface Token {
  readonly onCancellationRequested: (listener: () => void) => unknown;
}

function clustersWith(answer: (params: unknown, token: Token) => Promise<unknown>): LiveClusters {
  const sendRequest = (_: unknown, params: unknown, token: Token): Promise<unknown> =>
    answer(params, token);
  return new LiveClusters({ sendRequest } as never);
}

test("a question goes to the client with its context, and the answer comes back", async () => {
  const seen: unknown[] = [];
  const clusters = clustersWith((params) => {
    seen.push(params);
    return Promise.resolve({ status: 200, body: "{}" });
  });
  expect(await clusters.of("staging", false).live.request(request)).toEqual({ status: 200, body: "{}" });
  expect(seen).toEqual([{ context: "staging", request }]);
});

test("a context keeps its object until everything is forgotten", () => {
  const clusters = clustersWith(() => Promise.resolve({ status: 200, body: "" }));
  const staging = clusters.of("staging", false);
  expect(clusters.of("staging", false)).toBe(staging);
  expect(clusters.of("production", false)).not.toBe(staging);
  clusters.forget();
  expect(clusters.of("staging", false)).not.toBe(staging);
});

test("keys of decryption are read from a cluster only for who may", () => {
  const clusters = clustersWith(() => Promise.resolve({ status: 200, body: "" }));
  const key = {
    key: "Secret/flux-system/sops-age",
    kind: "object",
    use: "decryption",
    apiVersion: "v1",
    objectKind: "Secret",
    namespace: "flux-system",
    name: "sops-age",
  } as const;
  expect(clusters.of("staging", false).reader.canRead(key)).toBe(false);
  expect(clusters.of("staging", true).reader.canRead(key)).toBe(true);
});

test("a client that fails is an answer without a status", async () => {
  const clusters = clustersWith(() => Promise.reject(new Error("the connection is closed")));
  expect(await clusters.of("staging", false).live.request(request)).toEqual({
    status: 0,
    body: "the connection is closed",
  });
});

test("cancelling cancels the request at the client and rejects", async () => {
  const controller = new AbortController();
  const clusters = clustersWith(
    (_, token) =>
      new Promise((_resolve, reject) => {
        token.onCancellationRequested(() => reject(new Error("cancelled by the client")));
        controller.abort();
      }),
  );
  await expect(clusters.of("staging", false).live.request(request, controller.signal)).rejects.toThrow(
    /abort/i,
  );
});

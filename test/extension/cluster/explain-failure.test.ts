/** What is told about a failure: the objects that its message names, their warnings, and the controller's line. */
import { afterEach, expect, test } from "vitest";

import type { ClusterSession } from "../../../extension/cluster/session.ts";
import { explainFailure } from "../../../extension/commands/live/explain-failure.ts";
import { culpritsIn } from "../../../extension/model/cluster/culprits.ts";
import { FakeApiServer, refuse, send } from "./fake-api-server.ts";
import { kustomization } from "./live-objects.ts";
import { id, World } from "./live-world.ts";
import { sessionOn } from "./session-on.ts";

const started: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const item of started.splice(0).reverse()) await item.close();
});

test.each([
  [
    "health check failed after 30s: timeout waiting for: [Deployment/demo/web status: 'InProgress', Job/demo/init status: 'Failed']",
    ["Deployment demo/web", "Job demo/init"],
  ],
  ["ClusterRole/reader dry-run failed: forbidden", ["ClusterRole /reader"]],
  [
    "Service/demo/web.example: port is taken. Service/demo/web.example.",
    ["Service demo/web.example"],
  ],
  ["kustomize build failed: accumulating resources from 'apps/Base/x'", []],
  ["Applied revision: main@sha1:1/2", []],
])("objects in %s", (message, expected) => {
  const named = culpritsIn(message).map(
    ({ kind, namespace, name }) => `${kind} ${namespace}/${name}`,
  );
  expect([...new Set(named)]).toEqual(expected);
});

const event = (message: string, lastTimestamp: string) => ({ message, lastTimestamp });
const outcome = {
  kind: "failed",
  reason: "HealthCheckFailed",
  message: "timeout waiting for: [Deployment/demo/web status: 'InProgress']",
} as const;

async function open(logs: "readable" | "forbidden"): Promise<ClusterSession> {
  const server = new FakeApiServer();
  await server.start();
  server.intercept = (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const about = url.searchParams.get("fieldSelector") ?? "";
    if (url.pathname.endsWith("/events")) {
      const items = about.includes("kind=Deployment")
        ? [event("image not found", "2026-01-02"), event("older", "2026-01-01")]
        : [event(outcome.message, "2026-01-02"), event("disk is full", "2026-01-01")];
      send(response, 200, { items });
      return true;
    }
    if (url.pathname === "/api/v1/pods") {
      if (logs === "forbidden") refuse(response, 403, "Forbidden");
      else
        send(response, 200, {
          items: [
            {
              metadata: { name: "kc-1", namespace: "flux-system", labels: { app: "kc" } },
              spec: { containers: [{ name: "manager" }] },
            },
          ],
        });
      return true;
    }
    if (!url.pathname.endsWith("/pods/kc-1/log")) return false;
    const line = (level: string, name: string, error: string): string =>
      JSON.stringify({
        level,
        ts: "2026-01-02",
        msg: "failed",
        name,
        namespace: "flux-system",
        error,
      });
    response.end(
      [
        line("error", "other", "not ours"),
        line("error", "apps", "quota"),
        line("info", "apps", ""),
      ].join("\n"),
    );
    return true;
  };
  return sessionOn(server, started);
}

function failing() {
  const entry = new World(kustomization("apps")).index.get(id("apps"));
  if (entry === undefined) throw new Error("no entry");
  return entry;
}

test("a failure names the culprit, its last warning and the controller's line, each thing once", async () => {
  const target = { session: await open("readable"), entry: failing() };
  expect(await explainFailure(target, outcome, new AbortController().signal)).toBe(
    [
      "HealthCheckFailed: timeout waiting for: [Deployment/demo/web status: 'InProgress']",
      "disk is full",
      "Deployment demo/web: image not found",
      "kc: quota",
    ].join(" · "),
  );
});

test("what may not be read is left out", async () => {
  const target = { session: await open("forbidden"), entry: failing() };
  const text = await explainFailure(target, outcome, new AbortController().signal);
  expect(text).toMatch(/image not found$/);
});

test("cancelling ends it", async () => {
  const target = { session: await open("readable"), entry: failing() };
  const abort = new AbortController();
  abort.abort(new Error("enough"));
  await expect(explainFailure(target, outcome, abort.signal)).rejects.toThrow("enough");
});

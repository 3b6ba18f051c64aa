/** What follows a push: who is told, and what Flagger makes. */
import { expect, test } from "vitest";

import { gotkSync } from "../../support/flux.ts";
import { fixture } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();

test("alerts find the rendered objects, canaries their targets, and no token is told", async () => {
  const tree = fixture(`${gotkSync}
#- cluster/alert.yaml
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: { name: slack, namespace: flux-system }
spec: { type: slack, channel: ops, address: "https://hooks.slack.test/services/TOKEN" }
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: { name: failures, namespace: flux-system }
spec:
  eventSeverity: error
  providerRef: { name: slack }
  eventSources: [{ kind: Kustomization, name: "*" }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: apps }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: b }] } }
---
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: web, namespace: apps }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  service: { port: 80 }
  analysis: { interval: 30s, threshold: 2, maxWeight: 50, stepWeight: 25 }
`);
  const [outlook, ...others] = bench.simulator.outlook(await bench.simulate(tree));
  expect(others).toEqual([]);
  expect(
    outlook?.alerts.map(({ severity, sources, target }) => [
      severity,
      sources.map(({ kind, name }) => `${kind} ${name}`),
      target?.type,
      target?.host,
    ]),
  ).toEqual([["error", ["Kustomization flux-system"], "slack", "hooks.slack.test"]]);
  const [canary] = outlook?.canaries ?? [];
  expect(canary?.plan.generated.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "Deployment web-primary",
    "Service web",
    "Service web-canary",
    "Service web-primary",
  ]);
  expect(canary?.plan.promotionAfter).toBe(60);
  expect(JSON.stringify(outlook)).not.toContain("TOKEN");
});

test("a cluster without any of it is left out", async () => {
  const simulation = await bench.simulate(fixture(gotkSync));
  expect(bench.simulator.outlook(simulation)).toEqual([]);
});

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
  const [outlook, ...others] = await bench.simulator.outlook(await bench.simulate(tree));
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
  expect(await bench.simulator.outlook(simulation)).toEqual([]);
});

test("image automation: which policies choose, and what writes their choice where", async () => {
  const tree = fixture(`${gotkSync}
#- cluster/images.yaml
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: { name: web, namespace: flux-system }
spec: { image: ghcr.io/org/web, interval: 1h }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: web, namespace: flux-system, labels: { team: a } }
spec:
  imageRepositoryRef: { name: web }
  filterTags: { pattern: "^v" }
  policy: { semver: { range: 1.x } }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: other, namespace: flux-system, labels: { team: b } }
spec: { imageRepositoryRef: { name: nowhere }, policy: { numerical: {} } }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: { name: all, namespace: flux-system }
spec:
  interval: 1h
  sourceRef: { kind: GitRepository, name: flux-system }
  git: { push: { branch: updates } }
  policySelector: { matchLabels: { team: a } }
  update: { path: ./apps, strategy: Setters }
`);
  const [outlook] = await bench.simulator.outlook(await bench.simulate(tree));
  expect(outlook?.images.policies).toMatchObject([
    {
      policy: { name: "web" },
      image: "ghcr.io/org/web",
      order: "semver",
      rule: "1.x",
      filter: "^v",
    },
    { policy: { name: "other" }, order: "numerical", rule: "asc" },
  ]);
  expect(outlook?.images.automations).toMatchObject([
    {
      repository: { name: "flux-system", namespace: "flux-system" },
      path: "./apps",
      branch: "updates",
      policies: [{ name: "web" }],
    },
  ]);
});

test("a channel that comes from a Secret is a digest", async () => {
  const tree = fixture(`${gotkSync.replace(
    "prune: true",
    "prune: true\n  postBuild: { substituteFrom: [{ kind: Secret, name: vars }] }",
  )}
#- cluster/alert.yaml
apiVersion: v1
kind: Secret
metadata: { name: vars, namespace: flux-system }
stringData: { channel: hunter2sesame }
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: { name: slack, namespace: flux-system }
spec: { type: slack, channel: "\${channel}", address: "https://hooks.slack.test/x" }
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: { name: failures, namespace: flux-system }
spec:
  providerRef: { name: slack }
  eventSources: [{ kind: Kustomization, name: "*" }]
`);
  const [outlook] = await bench.simulator.outlook(await bench.simulate(tree));
  expect(outlook?.alerts[0]?.target?.host).toBe("hooks.slack.test");
  expect(outlook?.alerts[0]?.target?.channel).toBeDefined();
  expect(JSON.stringify(outlook)).not.toContain("hunter2sesame");
});

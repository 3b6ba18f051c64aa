/** Risks that one object tells by itself: scaled to zero, an older image, a webhook that refuses, an API version that is gone. */
import { describe, expect, it } from "vitest";

import { isEarlierVersion } from "../../../../simulator/flux/version-order.ts";
import { quantityOf } from "../../../../simulator/diff/quantity.ts";
import { risksOf } from "./objects.ts";

function deployment(spec: string): string {
  return `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: apps }, spec: { ${spec} } }`;
}

function images(...list: readonly string[]): string {
  const containers = list.map((image, at) => `{ name: c${at}, image: "${image}" }`).join(", ");
  return deployment(`template: { spec: { containers: [${containers}] } }`);
}

describe("replicas", () => {
  it("is a risk when they become zero", () => {
    const zero = ["medium replicas-zero Deployment/web"];
    expect(
      risksOf([{ before: deployment("replicas: 2"), after: deployment("replicas: 0") }]),
    ).toEqual(zero);
    expect(risksOf([{ before: deployment(""), after: deployment("replicas: 0") }])).toEqual(zero);
  });

  it("is no risk when they were zero, become fewer, or are somebody else's", () => {
    expect(
      risksOf([
        { before: deployment("replicas: 0"), after: deployment("replicas: 0, paused: true") },
      ]),
    ).toEqual([]);
    expect(
      risksOf([{ before: deployment("replicas: 3"), after: deployment("replicas: 1") }]),
    ).toEqual([]);
    expect(risksOf([{ before: deployment("replicas: 3"), after: deployment("") }])).toEqual([]);
    expect(risksOf([{ after: deployment("replicas: 0") }])).toEqual([]);
  });
});

describe("versions of images", () => {
  it.each([
    ["web:1.2.3", "web:1.2.2"],
    ["host.test:5000/web:v2.0.0", "host.test:5000/web:v1.9.9"],
    ["web:1.2.0@sha256:aaaa", "web:1.1.0@sha256:bbbb"],
    ["web:1.27-alpine", "web:1.25-alpine"],
    ["web:1.0.0", "web:1.0.0-rc.1"],
    ["web:2024.11.1", "web:2024.9.3"],
  ])("is a risk: %s to %s", (before, after) => {
    expect(risksOf([{ before: images("side:1", before), after: images("side:1", after) }])).toEqual(
      ["medium version-backwards Deployment/web"],
    );
  });

  it.each([
    ["web:1.2.3", "web:1.2.4"],
    ["web:1.2.3", "other:1.0.0"],
    ["web:1.2.3", "web:latest"],
    ["web:1.25.1", "web:1.25"],
    ["web:1.2.3-alpine", "web:1.2.3-debian"],
    ["web:2024.1.1", "web:1.0.0"],
    ["web:sha-9999999", "web:sha-1111111"],
    ["web@sha256:aaaa", "web@sha256:bbbb"],
  ])("is no risk: %s to %s", (before, after) => {
    expect(risksOf([{ before: images(before), after: images(after) }])).toEqual([]);
  });

  it("is said of the container that changes, however they are ordered", () => {
    const [before, after] = [
      images("a:2.0", "b:1.0"),
      deployment(
        'template: { spec: { containers: [{ name: c1, image: "b:1.0" }, { name: c0, image: "a:1.0" }] } }',
      ),
    ];
    expect(risksOf([{ before, after }])).toEqual(["medium version-backwards Deployment/web"]);
  });

  it("orders what can be ordered, and nothing else", () => {
    expect(isEarlierVersion("1.0.0-alpha.2", "1.0.0-beta.1")).toBe(true);
    expect(isEarlierVersion("1.0.0", "1.0.0-rc.1")).toBe(false);
    expect(isEarlierVersion("v1.10.0", "1.9.0")).toBe(false);
    expect(isEarlierVersion("1.0.0", "1.0.0")).toBe(false);
    expect(isEarlierVersion("main", "dev")).toBeUndefined();
  });
});

function webhook(hook: string, kind = "ValidatingWebhookConfiguration"): string {
  return `{ apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: { name: guard }, webhooks: [{ name: guard.example.test, ${hook} }] }`;
}

const pods = 'rules: [{ apiGroups: [""], resources: [pods], operations: [CREATE] }]';
const own = 'rules: [{ apiGroups: [example.test], resources: ["*"], operations: ["*"] }]';

describe("webhooks", () => {
  it.each([
    ["all pods", undefined, webhook(pods), "high"],
    [
      "pods of some namespaces",
      undefined,
      webhook(`${pods}, namespaceSelector: { matchLabels: { a: b } }`),
      "medium",
    ],
    ["its own kinds", undefined, webhook(own, "MutatingWebhookConfiguration"), "low"],
    [
      "one that did not insist",
      webhook(`${pods}, failurePolicy: Ignore`),
      webhook(`${pods}, failurePolicy: Fail`),
      "high",
    ],
    ["one that is asked about more", webhook(own), webhook(pods), "high"],
  ])("is a risk: %s", (_, before, after, severity) => {
    const found = risksOf([{ ...(before !== undefined && { before }), after }]);
    expect(found.map((one) => one.split(" ").slice(0, 2))).toEqual([[severity, "webhook-fail"]]);
  });

  it.each([
    ["one that lets pass", undefined, webhook(`${pods}, failurePolicy: Ignore`)],
    ["one that was so before", webhook(pods), webhook(`${pods}, timeoutSeconds: 5`)],
    ["one that is asked about less", webhook(pods), webhook(own)],
  ])("is no risk: %s", (_, before, after) => {
    expect(risksOf([{ ...(before !== undefined && { before }), after }])).toEqual([]);
  });
});

describe("API versions", () => {
  const budget = (version: string): string =>
    `{ apiVersion: policy/${version}, kind: PodDisruptionBudget, metadata: { name: web, namespace: apps } }`;

  it("is a risk by the version of the cluster", () => {
    const after = budget("v1beta1");
    expect(risksOf([{ after }], "1.34")).toEqual(["high api-removed PodDisruptionBudget/web"]);
    expect(risksOf([{ after }], "v1.25.3")).toEqual(["high api-removed PodDisruptionBudget/web"]);
    expect(risksOf([{ after }], "1.24")).toEqual(["low api-removed PodDisruptionBudget/web"]);
    expect(risksOf([{ after }])).toEqual(["medium api-removed PodDisruptionBudget/web"]);
  });

  it("is no risk in a version that is served, or when the object goes", () => {
    expect(risksOf([{ after: budget("v1") }], "1.34")).toEqual([]);
    expect(risksOf([{ before: budget("v1beta1") }], "1.34")).toEqual([]);
    expect(
      risksOf(
        [{ after: "{ apiVersion: example.test/v1beta1, kind: CronJob, metadata: { name: a } }" }],
        "1.34",
      ),
    ).toEqual([]);
  });
});

describe("quantities", () => {
  it("are read in every notation", () => {
    expect(["1Ki", "1k", "500m", "1e3", "1.5Gi", 7].map(quantityOf)).toEqual([
      1024,
      1000,
      0.5,
      1000,
      1.5 * 2 ** 30,
      7,
    ]);
    expect(["", "x", "1Q", null].map(quantityOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

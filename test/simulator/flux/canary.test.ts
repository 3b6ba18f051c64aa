// What Flagger makes of a Canary, and how long its analysis takes.
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import type { JsonObject } from "#simulator";
import { planCanary, type CanaryOptions, type CanaryPlan } from "../../../simulator/flux/canary.ts";

const workload = parseAllDocuments(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: podinfo, namespace: web}
spec:
  selector: {matchLabels: {app: podinfo}}
  template:
    spec:
      volumes: [{name: c, configMap: {name: files}}, {name: p, projected: {sources: [{secret: {name: keys}}]}}]
      containers:
        - name: podinfo
          env: [{name: A, valueFrom: {configMapKeyRef: {name: files, key: a}}}]
          envFrom: [{secretRef: {name: environment}}, {configMapRef: {name: shared}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shared, namespace: web, annotations: {flagger.app/config-tracking: disabled}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: podinfo, namespace: web}
`).map((each) => each.toJS() as JsonObject);

function plan(spec: string, options?: CanaryOptions, objects = workload): CanaryPlan {
  const base = {
    targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "podinfo" },
    service: { port: 9898 },
  };
  const canary = {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name: "podinfo", namespace: "web" },
    spec: { ...base, ...(parse(spec) as JsonObject) },
  };
  return planCanary(canary, objects, options);
}

const generated = (found: CanaryPlan): readonly string[] =>
  found.generated.map(({ kind, name }) => `${kind}/${name}`);
const weights = (found: CanaryPlan): readonly number[] =>
  found.steps.filter(({ phase }) => phase === "analysis").map(({ weight }) => weight);

describe("the objects of a Canary", () => {
  it("are the primary, copies of its configuration, three services and the routes", () => {
    const found = plan("autoscalerRef: {kind: HorizontalPodAutoscaler, name: podinfo}", {
      provider: "istio",
    });
    expect(generated(found)).toEqual([
      "Deployment/podinfo-primary",
      "ConfigMap/files-primary",
      "Secret/keys-primary",
      "Secret/environment-primary",
      "HorizontalPodAutoscaler/podinfo-primary",
      "Service/podinfo",
      "Service/podinfo-canary",
      "Service/podinfo-primary",
      "DestinationRule/podinfo-canary",
      "DestinationRule/podinfo-primary",
      "VirtualService/podinfo",
    ]);
    expect(found.problems).toEqual([]);
    expect(found.generated.every(({ namespace }) => namespace === "web")).toBe(true);
  });

  it("follow the names and the provider that the Canary gives", () => {
    const found = plan(
      "{provider: nginx, ingressRef: {name: web}, service: {port: 80, name: front}}",
    );
    expect(generated(found)).toContain("Service/front-primary");
    expect(generated(found)).toContain("Ingress/web-canary");
    expect(generated(plan("provider: 'gatewayapi:v1'"))).toContain("HTTPRoute/podinfo");
    expect(
      generated(plan("{}")).filter((name) => !/^(Deployment|ConfigMap|Secret|Service)/u.test(name)),
    ).toEqual([]);
  });
});

describe("the analysis", () => {
  it("shifts traffic in steps, as long as Flagger's formula says", () => {
    const found = plan("analysis: {interval: 1m, threshold: 10, maxWeight: 50, stepWeight: 5}");
    expect(found.strategy).toBe("canary");
    expect(weights(found)).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    expect(found.promotionAfter).toBe(10 * 60);
    expect(found.rollbackAfter).toBe(10 * 60);
  });

  it("takes a list of weights, mirrors first, and goes back in steps", () => {
    const found = plan(
      "analysis: {interval: 30s, stepWeights: [1, 10, 80], mirror: true, stepWeightPromotion: 40}",
    );
    expect(found.steps.map(({ phase, weight }) => `${phase} ${weight}`)).toEqual([
      "mirroring 0",
      "analysis 1",
      "analysis 10",
      "analysis 80",
      "promotion 80",
      "promotion 40",
      "promotion 0",
      "done 0",
    ]);
    expect(found.steps.map(({ at }) => at)).toEqual([0, 30, 60, 90, 120, 150, 180, 210]);
  });

  it("counts iterations for A/B tests and blue/green", () => {
    const test = plan(
      "analysis: {interval: 1m, iterations: 3, match: [{headers: {x: {exact: y}}}]}",
      { provider: "istio" },
    );
    expect([test.strategy, test.promotionAfter, ...weights(test)]).toEqual([
      "a/b",
      180,
      100,
      100,
      100,
    ]);
    const mesh = plan("analysis: {interval: 1m, iterations: 2}", { provider: "istio" });
    expect([mesh.strategy, ...weights(mesh)]).toEqual(["blue/green", 0, 0, 100]);
    expect(weights(plan("analysis: {interval: 1m, iterations: 2}"))).toEqual([0, 0]);
  });

  it("is nothing when it is skipped", () => {
    const found = plan("{skipAnalysis: true, analysis: {interval: 1m, stepWeight: 5}}");
    expect(found.strategy).toBe("none");
    expect(found.promotionAfter).toBeUndefined();
  });

  it("is bounded whatever the numbers are", () => {
    expect(plan("analysis: {stepWeight: 0.0001}").steps.length).toBeLessThan(1100);
    expect(plan("analysis: {iterations: 100000000}").steps.length).toBeLessThan(1100);
    expect(
      plan("analysis: {interval: soon, stepWeight: -5, stepWeights: x, match: 7}").steps.length,
    ).toBeLessThan(5);
  });

  it("names metrics and webhooks", () => {
    const found = plan(
      "analysis: {metrics: [{name: request-success-rate}], webhooks: [{name: load}, {name: gate, type: confirm-rollout}]}",
    );
    expect(found.metrics).toEqual(["request-success-rate"]);
    expect(found.webhooks).toEqual([
      { name: "load", type: "rollout" },
      { name: "gate", type: "confirm-rollout" },
    ]);
  });
});

describe("the problems of a Canary", () => {
  it.each([
    ["targetRef: {kind: Deployment, name: absent}", "target-missing"],
    ["autoscalerRef: {kind: HorizontalPodAutoscaler, name: absent}", "autoscaler-missing"],
    ["service: {}", "incomplete"],
  ])("%s: %s", (spec, code) => {
    expect(plan(spec).problems.map((problem) => problem.code)).toEqual([code]);
  });

  it("say when the selector has no label that Flagger knows", () => {
    const odd = workload.map((object) =>
      object["kind"] === "Deployment"
        ? { ...object, spec: { selector: { matchLabels: { component: "x" } } } }
        : object,
    );
    expect(plan("{}", undefined, odd).problems.map(({ code }) => code)).toEqual(["selector"]);
  });
});

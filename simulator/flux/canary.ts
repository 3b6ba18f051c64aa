/**
 * What Flagger will generate for a Canary, and its analysis as a timeline, from Flagger's documentation (`usage/how-it-works.md`,
 * `usage/deployment-strategies.md`) and its weights (`pkg/controller/scheduler.go`). Times are the shortest: every check passes.
 */
import { isObject, listAt, objectAt, textAt, type JsonObject } from "../manifest/json.ts";
import type { ObjectRef } from "../records.ts";
import { analysisSteps, type CanaryStep, type CanaryStrategy } from "./canary-analysis.ts";
import { routerObjects } from "./canary-router.ts";
import { parseDuration } from "./duration.ts";

export interface CanaryPlan {
  readonly strategy: CanaryStrategy;
  /** Objects that Flagger makes and owns. */
  readonly generated: readonly ObjectRef[];
  readonly steps: readonly CanaryStep[];
  /** Seconds from the first check to the promotion; absent when the analysis is skipped. */
  readonly promotionAfter?: number;
  /** Seconds until a release that fails every check is rolled back. */
  readonly rollbackAfter?: number;
  readonly metrics: readonly string[];
  readonly webhooks: readonly { readonly name: string; readonly type: string }[];
  readonly problems: readonly CanaryProblem[];
}

export interface CanaryProblem {
  readonly code: "target-missing" | "autoscaler-missing" | "selector" | "incomplete";
  readonly severity: "error" | "warning";
  readonly message: string;
}

export interface CanaryOptions {
  /** `-mesh-provider` of Flagger, used when the Canary names none. */
  readonly provider?: string;
}

/** `objects` is everything that the cluster holds, in which the target and what it uses are looked up. */
export function planCanary(
  canary: JsonObject,
  objects: readonly JsonObject[],
  options: CanaryOptions = {},
): CanaryPlan {
  const spec = objectAt(canary, "spec");
  const namespace = textAt(canary, "metadata", "namespace") ?? "";
  const provider = textAt(spec, "provider") ?? options.provider ?? "kubernetes";
  const analysis = objectAt(spec, "analysis");
  const target = findObject(objects, namespace, objectAt(spec, "targetRef"));
  const interval = (parseDuration(textAt(analysis, "interval")) ?? 60_000) / 1000;
  const { strategy, steps } = analysisSteps(spec, provider, interval);
  const promotion = steps.find(({ phase }) => phase === "promotion");
  return {
    strategy,
    generated: generatedObjects(canary, target, objects, provider),
    steps,
    ...(promotion !== undefined && strategy !== "none" && { promotionAfter: promotion.at }),
    ...(strategy !== "none" && { rollbackAfter: interval * threshold(analysis) }),
    metrics: names(analysis, "metrics"),
    webhooks: listAt(analysis, "webhooks").map((webhook) => ({
      name: textAt(webhook, "name") ?? "",
      type: textAt(webhook, "type") ?? "rollout",
    })),
    problems: problemsOf(spec, target, objects, namespace),
  };
}

function threshold(analysis: JsonObject): number {
  const value = analysis["threshold"];
  return typeof value === "number" ? value : 1;
}

function names(value: JsonObject, key: string): readonly string[] {
  return listAt(value, key).map((item) => textAt(item, "name") ?? "");
}

function findObject(
  objects: readonly JsonObject[],
  namespace: string,
  ref: JsonObject,
): JsonObject | undefined {
  const kind = textAt(ref, "kind");
  const name = textAt(ref, "name");
  return objects.find(
    (object) =>
      object["kind"] === kind &&
      textAt(object, "metadata", "name") === name &&
      textAt(object, "metadata", "namespace") === namespace,
  );
}

function generatedObjects(
  canary: JsonObject,
  target: JsonObject | undefined,
  objects: readonly JsonObject[],
  provider: string,
): readonly ObjectRef[] {
  const spec = objectAt(canary, "spec");
  const namespace = textAt(canary, "metadata", "namespace") ?? "";
  const targetName = textAt(spec, "targetRef", "name") ?? "";
  const targetKind = textAt(spec, "targetRef", "kind") ?? "Deployment";
  const service = textAt(spec, "service", "name") ?? targetName;
  const ref = (apiVersion: string, kind: string, name: string): ObjectRef => ({
    apiVersion,
    kind,
    namespace,
    name,
  });
  const autoscaler = textAt(spec, "autoscalerRef", "name");
  const workload =
    targetKind === "Service" ? [] : [ref("apps/v1", targetKind, `${targetName}-primary`)];
  const copies = usedConfiguration(target, objects, namespace).map(([kind, name]) =>
    ref("v1", kind, `${name}-primary`),
  );
  const scaler =
    autoscaler === undefined
      ? []
      : [
          ref(
            textAt(spec, "autoscalerRef", "apiVersion") ?? "autoscaling/v2",
            textAt(spec, "autoscalerRef", "kind") ?? "HorizontalPodAutoscaler",
            `${autoscaler}-primary`,
          ),
        ];
  const services = [service, `${service}-canary`, `${service}-primary`].map((name) =>
    ref("v1", "Service", name),
  );
  const routes = routerObjects(spec, service, provider).map(([apiVersion, kind, name]) =>
    ref(apiVersion, kind, name),
  );
  return [...workload, ...copies, ...scaler, ...services, ...routes];
}

/** ConfigMaps and Secrets that the pods of the target use, without those that are not tracked. */
function usedConfiguration(
  target: JsonObject | undefined,
  objects: readonly JsonObject[],
  namespace: string,
): readonly (readonly ["ConfigMap" | "Secret", string])[] {
  const pod = objectAt(target, "spec", "template", "spec");
  const found = new Map<string, readonly ["ConfigMap" | "Secret", string]>();
  const use = (kind: "ConfigMap" | "Secret", name: string | undefined): void => {
    if (name !== undefined && isTracked(objects, namespace, kind, name)) {
      found.set(`${kind}/${name}`, [kind, name]);
    }
  };
  for (const volume of listAt(pod, "volumes")) {
    use("ConfigMap", textAt(volume, "configMap", "name"));
    use("Secret", textAt(volume, "secret", "secretName"));
    for (const source of listAt(volume, "projected", "sources")) {
      use("ConfigMap", textAt(source, "configMap", "name"));
      use("Secret", textAt(source, "secret", "name"));
    }
  }
  for (const container of [...listAt(pod, "containers"), ...listAt(pod, "initContainers")]) {
    for (const variable of listAt(container, "env")) {
      use("ConfigMap", textAt(variable, "valueFrom", "configMapKeyRef", "name"));
      use("Secret", textAt(variable, "valueFrom", "secretKeyRef", "name"));
    }
    for (const source of listAt(container, "envFrom")) {
      use("ConfigMap", textAt(source, "configMapRef", "name"));
      use("Secret", textAt(source, "secretRef", "name"));
    }
  }
  return [...found.values()];
}

function isTracked(
  objects: readonly JsonObject[],
  namespace: string,
  kind: string,
  name: string,
): boolean {
  const object = findObject(objects, namespace, { kind, name });
  return textAt(object, "metadata", "annotations", "flagger.app/config-tracking") !== "disabled";
}

/** Labels that Flagger looks for in the selector of its target. */
const selectorLabels = ["app", "name", "app.kubernetes.io/name"];

function problemsOf(
  spec: JsonObject,
  target: JsonObject | undefined,
  objects: readonly JsonObject[],
  namespace: string,
): readonly CanaryProblem[] {
  const problems: CanaryProblem[] = [];
  const kind = textAt(spec, "targetRef", "kind") ?? "";
  const name = textAt(spec, "targetRef", "name") ?? "";
  const labels = objectAt(target, "spec", "selector", "matchLabels");
  if (target === undefined) {
    problems.push({
      code: "target-missing",
      severity: "error",
      message: `The target ${kind} ${namespace}/${name} is not in the repository.`,
    });
  } else if (kind !== "Service" && !selectorLabels.some((label) => labels[label] !== undefined)) {
    problems.push({
      code: "selector",
      severity: "error",
      message: `Flagger needs one of the labels ${selectorLabels.join(", ")} in the selector of ${kind} ${name}.`,
    });
  }
  const scaler = objectAt(spec, "autoscalerRef");
  if (isObject(spec["autoscalerRef"]) && findObject(objects, namespace, scaler) === undefined) {
    problems.push({
      code: "autoscaler-missing",
      severity: "error",
      message: `The autoscaler ${namespace}/${textAt(scaler, "name") ?? ""} is not in the repository.`,
    });
  }
  if (objectAt(spec, "service")["port"] === undefined) {
    problems.push({
      code: "incomplete",
      severity: "error",
      message: "spec.service.port is missing: without it there are no services.",
    });
  }
  return problems;
}

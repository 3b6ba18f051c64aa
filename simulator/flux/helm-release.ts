/**
 * What a HelmRelease says, read tolerantly, and the part of it that decides its render.
 * Source of the fields: `fluxcd/helm-controller api/v2/helmrelease_types.go`.
 */
import { flagAt, isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ApplierSpec, DependencyRef, LocalRef } from "./applier.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { fluxApiVersion, fluxKind } from "./kinds.ts";
import { localKey } from "./object-ref.ts";

export interface HelmReleaseSpec extends ApplierSpec {
  readonly kind: "HelmRelease";
  /** `spec.chart` makes a HelmChart of its own; `spec.chartRef` names what is there. */
  readonly chart:
    | { readonly from: "template"; readonly object: JsonObject }
    | { readonly from: "ref"; readonly ref: LocalRef }
    | undefined;
}

export function readHelmRelease(object: JsonObject): HelmReleaseSpec {
  const namespace = textAt(object, "metadata", "namespace") ?? "";
  const name = textAt(object, "metadata", "name") ?? "";
  const spec = objectAt(object, "spec");
  const faults: string[] = [];
  const chart = readChart(spec, namespace, name, faults);
  return {
    kind: "HelmRelease",
    namespace,
    name,
    path: "",
    source: chart === undefined ? undefined : sourceOf(chart),
    chart,
    dependsOn: listAt(spec, "dependsOn").flatMap((item) => readDependency(item, namespace)),
    suspend: flagAt(spec, "suspend"),
    // Helm deletes what leaves the chart, and everything when the release is uninstalled.
    prune: true,
    deletionPolicy: "Delete",
    data: listAt(spec, "valuesFrom").flatMap((item) => readValuesRef(item, namespace, faults)),
    remoteCluster:
      textAt(spec, "kubeConfig", "secretRef", "name") ??
      textAt(spec, "kubeConfig", "configMapRef", "name"),
    faults,
  };
}

function readChart(
  spec: JsonObject,
  namespace: string,
  name: string,
  faults: string[],
): HelmReleaseSpec["chart"] {
  const template = spec["chart"];
  const ref = spec["chartRef"];
  if (isObject(template) === isObject(ref)) {
    faults.push("either spec.chart or spec.chartRef must be set");
    return undefined;
  }
  if (isObject(ref)) {
    const kind = textAt(ref, "kind");
    const refName = textAt(ref, "name");
    if (kind === undefined || refName === undefined) {
      faults.push("spec.chartRef needs kind and name");
      return undefined;
    }
    return {
      from: "ref",
      ref: { kind, name: refName, namespace: textAt(ref, "namespace") ?? namespace },
    };
  }
  const object = helmChartOf(spec, namespace, name);
  if (textAt(object, "spec", "sourceRef", "name") === undefined) {
    faults.push("spec.chart.spec.sourceRef.name is required");
    return undefined;
  }
  return { from: "template", object };
}

/**
 * The HelmChart that helm-controller applies for `spec.chart`, in the namespace of its source
 * (`internal/reconcile/helmchart_template.go`). Its interval is that of the release when it has none; the defaults are the API
 * server's, and durations are written as Go writes them.
 */
function helmChartOf(release: JsonObject, namespace: string, name: string): JsonObject {
  const template = objectAt(release, "chart");
  const spec = objectAt(template, "spec");
  const { namespace: sourceNamespace, ...sourceRef } = objectAt(spec, "sourceRef");
  const interval = textAt(spec, "interval") ?? textAt(release, "interval");
  const milliseconds = parseDuration(interval);
  const { annotations, labels } = objectAt(template, "metadata");
  return {
    apiVersion: fluxApiVersion("HelmChart"),
    kind: "HelmChart",
    metadata: {
      ...(annotations === undefined ? {} : { annotations }),
      labels: { ...objectAt(labels), ...originLabels(namespace, name) },
      name: `${namespace}-${name}`,
      namespace: typeof sourceNamespace === "string" ? sourceNamespace : namespace,
    },
    spec: {
      reconcileStrategy: "ChartVersion",
      version: "*",
      ...spec,
      sourceRef,
      interval: milliseconds === undefined ? interval : formatDuration(milliseconds),
    },
    status: {},
  };
}

/** The labels by which helm-controller knows what is its own. */
function originLabels(namespace: string, name: string): JsonObject {
  const prefix = fluxKind("HelmRelease").group;
  return { [`${prefix}/name`]: name, [`${prefix}/namespace`]: namespace };
}

/** The chart object that a release waits for, in the controller's words; `undefined` without one. */
export function chartTitle({ chart }: HelmReleaseSpec): string | undefined {
  if (chart === undefined) return undefined;
  if (chart.from === "ref") {
    const { kind, namespace, name } = chart.ref;
    return `${kind} '${namespace}/${name}'`;
  }
  const namespace = textAt(chart.object, "metadata", "namespace") ?? "";
  return `HelmChart '${namespace}/${textAt(chart.object, "metadata", "name") ?? ""}'`;
}

/** The source that a HelmChart names; it is in the HelmChart's namespace. */
export function sourceOfChart(chart: JsonObject): LocalRef {
  return {
    kind: textAt(chart, "spec", "sourceRef", "kind") ?? "",
    name: textAt(chart, "spec", "sourceRef", "name") ?? "",
    namespace: textAt(chart, "metadata", "namespace") ?? "",
  };
}

function sourceOf(chart: NonNullable<HelmReleaseSpec["chart"]>): LocalRef {
  return chart.from === "ref" ? chart.ref : sourceOfChart(chart.object);
}

function readDependency(item: unknown, namespace: string): readonly DependencyRef[] {
  const name = textAt(item, "name");
  if (name === undefined) return [];
  const readyExpr = textAt(item, "readyExpr");
  return [
    {
      kind: "HelmRelease",
      namespace: textAt(item, "namespace") ?? namespace,
      name,
      ...(readyExpr === undefined ? {} : { readyExpr }),
    },
  ];
}

function readValuesRef(item: unknown, namespace: string, faults: string[]): readonly string[] {
  const kind = textAt(item, "kind");
  const name = textAt(item, "name");
  if ((kind !== "ConfigMap" && kind !== "Secret") || name === undefined) {
    faults.push("spec.valuesFrom needs kind (ConfigMap or Secret) and name");
    return [];
  }
  return [localKey(kind, namespace, name)];
}

/** Fields that have no part in the render: a change of them alone needs none. */
const idleFields = new Set([
  "interval",
  "timeout",
  "dependsOn",
  "suspend",
  "maxHistory",
  "driftDetection",
  "serviceAccountName",
  "kubeConfig",
  "rollback",
  "uninstall",
  "healthCheckExprs",
  "waitStrategy",
]);

/** The HelmRelease reduced to what its render depends on; equal text means equal render for equal inputs. */
export function helmPart(object: JsonObject): JsonObject {
  const spec = Object.entries(objectAt(object, "spec")).filter(([key]) => !idleFields.has(key));
  const { name, namespace } = objectAt(object, "metadata");
  return {
    apiVersion: object["apiVersion"],
    kind: object["kind"],
    metadata: { name, namespace },
    spec: Object.fromEntries(spec),
  };
}

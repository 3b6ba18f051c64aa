/**
 * What the engine is asked for a HelmRelease: the chart, the data its values come from, and what the cluster knows:
 * its API versions and the objects that templates look up.
 */
import type { EngineObject, HelmRequest, LookupAnswer, Need } from "../engine/protocol.ts";
import { previousRelease } from "./previous-release.ts";
import { helmPart } from "../flux/helm-release.ts";
import type { HelmReleaseSpec } from "../flux/helm-release.ts";
import { objectId } from "../flux/object-ref.ts";
import { canonicalJson, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ResolvedChart } from "../graph/charts.ts";
import type { BuildInputs } from "./build.ts";
import { gate } from "./context.ts";
import type { RenderContext } from "./context.ts";
import { dataOf, partOf } from "./kustomization.ts";
import type { DataLookup } from "./kustomization.ts";

/** What a render may ask about the cluster. */
export interface ClusterKnowledge {
  readonly data: DataLookup;
  /** Whether that is everything: then what is not known is not there. */
  readonly isComplete: boolean;
  /** Custom `group/version` and `group/version/Kind`, sorted. */
  readonly apiVersions: readonly string[];
  /** Cluster-scoped custom kinds, `group/Kind`, sorted. */
  readonly clusterScoped: readonly string[];
  /** Canonical JSON of an object by `objectId`; null when it certainly does not exist, `undefined` when nobody knows. */
  readonly object: (id: string) => string | null | undefined;
  /** All objects of a kind, as JSON texts; `undefined` when nobody knows them all. */
  readonly objects: (
    group: string,
    kind: string,
    namespace: string,
  ) => readonly string[] | undefined;
}

type LookupNeed = Extract<Need, { readonly kind: "lookup" }>;

/** A HelmRelease in the tree of appliers. */
export interface HelmNode {
  readonly id: string;
  readonly object: JsonObject;
  readonly spec: HelmReleaseSpec;
}

export function helmInputs(
  node: HelmNode,
  chart: ResolvedChart,
  cluster: ClusterKnowledge,
  context: RenderContext,
): BuildInputs {
  const { options, memory } = context;
  const { part, text } = partOf(node.object, helmPart);
  const { objects, assumed } = dataOf(node.spec.data, cluster.data, context);
  const previous = previousRelease(node, { part, objects, chart }, context);
  const fixed = JSON.stringify([
    text,
    chart.input,
    options.flux,
    options.kubeVersion ?? "",
    options.helm,
    objects,
    assumed,
    listOf(cluster.clusterScoped).text,
    ...(previous === undefined ? [] : [previous.release]),
  ]);
  const asked = memory.asked.get(fixed);
  const lookups = (asked?.lookups ?? []).flatMap((need) => answer(need, cluster));
  const request: HelmRequest = {
    chart: chart.input,
    helmRelease: part,
    flux: options.flux,
    ...(options.kubeVersion === undefined ? {} : { kubeVersion: options.kubeVersion }),
    apiVersions: cluster.apiVersions,
    clusterScoped: cluster.clusterScoped,
    isUpgrade: options.helm === "upgrade",
    revision: options.helm === "upgrade" ? 2 : 1,
    useHelm3Defaults: gate(options, "UseHelm3Defaults", false),
    objects,
    assumed,
    remotes: [],
    lookups,
    ...(previous === undefined ? {} : { previous: previous.release }),
    mode: "exact",
  };
  return {
    key: JSON.stringify([
      fixed,
      relevantVersions(cluster.apiVersions, asked?.apiVersions),
      lookups,
    ]),
    base: fixed,
    settle: () => helmInputs(node, chart, cluster, context),
    question: { call: "helm", request },
    trees: new Map([...chart.trees, ...(previous?.trees ?? [])]),
    ...(chart.treeArtifact === undefined ? {} : { treeArtifact: chart.treeArtifact }),
    extra: chartObject(node.spec),
  };
}

const chartObjects = new WeakMap<HelmReleaseSpec, readonly EngineObject[]>();

/** What helm-controller applies besides the release: the HelmChart of `spec.chart`. */
export function chartObject(spec: HelmReleaseSpec): readonly EngineObject[] {
  if (spec.chart?.from !== "template") return [];
  const known = chartObjects.get(spec);
  if (known !== undefined) return known;
  const { object } = spec.chart;
  const made: EngineObject = {
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
    namespace: textAt(object, "metadata", "namespace") ?? "",
    name: textAt(object, "metadata", "name") ?? "",
    json: canonicalJson(object),
    scope: "Namespaced",
    helm: { part: "chart" },
  };
  chartObjects.set(spec, [made]);
  return [made];
}

/** Of the API versions only the answers to what templates asked decide the render, once it is known what they ask. */
function relevantVersions(
  versions: readonly string[],
  asked: readonly string[] | undefined,
): readonly string[] | string {
  if (asked === undefined || asked.includes("*")) return listOf(versions).text;
  const { items } = listOf(versions);
  return asked.filter((version) => items.has(version));
}

interface KnownList {
  readonly text: string;
  readonly items: ReadonlySet<string>;
}

const lists = new WeakMap<readonly string[], KnownList>();

/** All releases of a cluster are asked with the same long lists. */
function listOf(list: readonly string[]): KnownList {
  const known = lists.get(list);
  if (known !== undefined) return known;
  const made = { text: list.join(" "), items: new Set(list) };
  lists.set(list, made);
  return made;
}

function answer(need: LookupNeed, cluster: ClusterKnowledge): readonly LookupAnswer[] {
  const { apiVersion, objectKind: kind, namespace, name } = need;
  const completeness = cluster.isComplete ? { isComplete: true } : {};
  if (name !== "") {
    const found = cluster.object(objectId({ apiVersion, kind, namespace, name }));
    return found === undefined ? [] : [{ key: need.key, found, ...completeness }];
  }
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const items = cluster.objects(group, kind, namespace);
  if (items === undefined) return [];
  const found = `{"apiVersion":${JSON.stringify(apiVersion)},"items":[${items.join(",")}],"kind":${JSON.stringify(`${kind}List`)},"metadata":{}}`;
  return [{ key: need.key, found, ...completeness }];
}

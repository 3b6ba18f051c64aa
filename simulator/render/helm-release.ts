/**
 * What the engine is asked for a HelmRelease: the chart, the data its values come from, and what the cluster knows:
 * its API versions and the objects that templates look up.
 */
import type { EngineObject, HelmRequest } from "../engine/protocol.ts";
import { helmPart } from "../flux/helm-release.ts";
import type { HelmReleaseSpec } from "../flux/helm-release.ts";
import { canonicalJson, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ResolvedChart } from "../graph/charts.ts";
import type { BuildInputs } from "./build.ts";
import { gate } from "./context.ts";
import type { RenderContext } from "./context.ts";
import { dataOf, partOf } from "./kustomization.ts";
import type { DataInputs } from "./kustomization.ts";
import { lookupAnswers } from "./lookup-answers.ts";
import { nextRelease } from "./next-release.ts";

/** What a render may ask about the cluster. */
export interface ClusterKnowledge {
  readonly inputs: DataInputs;
  /** Whether that is everything: then what is not known is not there. */
  readonly isComplete: boolean;
  /** Custom `group/version` and `group/version/Kind`, sorted. */
  readonly apiVersions: readonly string[];
  /** The same without what a live cluster says. */
  readonly ownApiVersions: readonly string[];
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
  /** What is applied in the cluster, by `objectId`, and all of a kind. */
  readonly rendered: (id: string) => RenderedText | undefined;
  readonly renderedOf: (group: string, kind: string, namespace: string) => readonly RenderedText[];
}

export interface RenderedText {
  readonly applier: string;
  /** Canonical JSON. */
  readonly json: string;
  /** Its applier is suspended, so it is not applied. */
  readonly isHeld: boolean;
}

/** A HelmRelease in the tree of appliers. */
export interface HelmNode {
  readonly id: string;
  readonly object: JsonObject;
  readonly spec: HelmReleaseSpec;
}

export function helmInputs(
  node: HelmNode,
  chart: ResolvedChart,
  given: ClusterKnowledge,
  context: RenderContext,
): BuildInputs {
  const { options, memory } = context;
  const { cluster, target } = targetOf(node.spec, given, context);
  const { kubeVersion } = target.options;
  const { part, text } = partOf(node.object, helmPart);
  const { objects, assumed } = dataOf(node.spec.data, cluster.inputs, context);
  const action = nextRelease(node, { part, objects, chart }, target);
  const { previous } = action;
  const fixed = JSON.stringify([
    text,
    chart.input,
    options.flux,
    kubeVersion ?? "",
    options.helm,
    objects,
    assumed,
    listOf(cluster.clusterScoped).text,
    ...(previous === undefined ? [] : [previous.release]),
    ...(target.facts === undefined ? [] : [action.isUpgrade, action.revision]),
  ]);
  const asked = memory.asked.get(fixed);
  const lookups = lookupAnswers(asked?.lookups ?? [], node.id, cluster, target);
  const request: HelmRequest = {
    chart: chart.input,
    helmRelease: part,
    flux: options.flux,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    apiVersions: cluster.apiVersions,
    clusterScoped: cluster.clusterScoped,
    isUpgrade: action.isUpgrade,
    revision: action.revision,
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
    settle: () => helmInputs(node, chart, given, context),
    question: { call: "helm", request },
    trees: new Map([...chart.trees, ...(previous?.trees ?? [])]),
    ...(chart.treeArtifact === undefined ? {} : { treeArtifact: chart.treeArtifact }),
    extra: chartObject(node.spec),
  };
}

/** Where it is installed. Of another cluster (`spec.kubeConfig`) nothing is known but what the options say. */
function targetOf(
  { remoteCluster }: HelmReleaseSpec,
  cluster: ClusterKnowledge,
  context: RenderContext,
): { readonly cluster: ClusterKnowledge; readonly target: RenderContext } {
  const { facts, ...target } = context;
  if (facts === undefined || remoteCluster === undefined) return { cluster, target: context };
  const { kubeVersion, ...options } = context.options;
  const isGiven = kubeVersion !== undefined && kubeVersion !== facts.cluster.kubeVersion;
  return {
    cluster: { ...cluster, apiVersions: cluster.ownApiVersions },
    target: { ...target, options: isGiven ? context.options : options },
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

/** What the renders of a cluster offer each other: sources, data, API versions, objects that templates look up. */
import { fluxKinds } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import { canonicalJson } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { Seed } from "../graph/seeds.ts";
import type { KnownSources } from "../graph/sources.ts";
import type { RenderContext } from "./context.ts";
import { dataInputs } from "./data-inputs.ts";
import type { FactsView } from "./facts-view.ts";
import type { ClusterKnowledge, RenderedText } from "./helm-release.ts";
import { inventoryOf } from "./inventory.ts";
import { inputProviders } from "./input-providers.ts";
import type { MadeArtifact, Outcome, RenderNode } from "./node.ts";
import { offerOf } from "./objects.ts";
import type { Offer, Scope } from "./objects.ts";

export interface ClusterIndex extends KnownSources, ClusterKnowledge {
  /** ResourceSetInputProviders of a namespace, in order of name; with `facts` those of the cluster as well. */
  readonly providers: (namespace: string, facts?: FactsView) => readonly JsonObject[];
}

type BuiltNode = readonly [RenderNode, Extract<Outcome, { readonly outcome: "built" }>];

/** `patient`: something may still be rendered, so the cluster is not asked for it yet. */
export function indexCluster(
  seed: Seed,
  nodes: readonly RenderNode[],
  outcomeOf: (node: RenderNode) => Outcome | undefined,
  context: RenderContext,
  patient = false,
): ClusterIndex {
  const built = nodes.flatMap((node): readonly BuiltNode[] => {
    const outcome = outcomeOf(node);
    return outcome?.outcome === "built" && node.spec.remoteCluster === undefined
      ? [[node, outcome]]
      : [];
  });
  const facts = patient ? undefined : context.facts;
  const offers = built.map(([, { result }]) => offerOf(result));
  const sources = merged(
    context.live.sources,
    seed.sources,
    ...offers.map((offer) => offer.sources),
  );
  const data = merged(context.live.data, ...offers.map((offer) => offer.data));
  const scopes = merged(context.live.scopes, ...offers.map((offer) => offer.scopes));
  const artifacts = merged<MadeArtifact>(...built.map(([, one]) => one.artifacts ?? new Map()));
  const texts = lazily(() => renderedTexts(built, scopes));
  const pruners = lazily(() => prunersOf(built));
  const objects = lazily(() => objectTexts(texts(), context));
  return {
    get: (key) => sources.get(key) ?? facts?.object(key, "source") ?? undefined,
    treeSources: seed.treeSources,
    data: (key) => data.get(key),
    inputs: dataInputs(data, built, facts),
    artifact: (key) => artifacts.get(key),
    ...versionsOf(offers, context),
    isComplete: context.live.complete,
    clusterScoped: [...scopes]
      .flatMap(([kind, scope]) => (scope === "Cluster" ? [kind] : []))
      .sort(),
    object: (id) => objects().get(id) ?? (context.live.complete ? null : undefined),
    objects(group, kind, namespace) {
      if (!context.live.complete) return undefined;
      const start = startOf(group, kind, namespace);
      return [...objects()].filter(([id]) => id.startsWith(start)).map(([, text]) => text);
    },
    rendered: (id) => texts().get(id),
    renderedOf(group, kind, namespace) {
      const start = startOf(group, kind, namespace);
      return [...texts()].flatMap(([id, text]) => (id.startsWith(start) ? [text] : []));
    },
    providers: (namespace, asked) =>
      inputProviders(namespace, offers, context.live, asked, ({ kind, namespace: place, name }) =>
        pruners().has(localKey(kind, place, name)),
      ),
  };
}

/** Appliers that delete what they render no more. */
function prunersOf(built: readonly BuiltNode[]): ReadonlySet<string> {
  return new Set(
    built.flatMap(([{ spec }, { result }]) =>
      result.failure === undefined && !spec.suspend && spec.prune
        ? [localKey(spec.kind, spec.namespace, spec.name)]
        : [],
    ),
  );
}

function startOf(group: string, kind: string, namespace: string): string {
  return `${group}/${kind}/${namespace === "" ? "" : `${namespace}/`}`;
}

/** Later maps win. */
function merged<Value>(...maps: readonly ReadonlyMap<string, Value>[]): ReadonlyMap<string, Value> {
  const all = new Map<string, Value>();
  for (const map of maps) for (const [key, value] of map) all.set(key, value);
  return all;
}

/** The toolkit's own kinds are served wherever Flux runs; the others have to be rendered or live. */
const toolkitVersions = fluxKinds.flatMap(({ group, versions, kind }) =>
  group.endsWith(".toolkit.fluxcd.io")
    ? versions.flatMap((version) => [`${group}/${version}`, `${group}/${version}/${kind}`])
    : [],
);

function versionsOf(
  offers: readonly Offer[],
  { live, options, facts }: RenderContext,
): Pick<ClusterIndex, "apiVersions" | "ownApiVersions"> {
  const sorted = (served: readonly string[]): readonly string[] => {
    const all = new Set([...served, ...options.apiVersions, ...live.apiVersions]);
    for (const offer of offers) for (const version of offer.apiVersions) all.add(version);
    return [...all].sort();
  };
  const ownApiVersions = sorted(toolkitVersions);
  const served = facts?.cluster.apiVersions;
  return { ownApiVersions, apiVersions: served === undefined ? ownApiVersions : sorted(served) };
}

/** What is applied, by `objectId`; of those that fail and those that are suspended nothing is. */
function renderedTexts(
  built: readonly BuiltNode[],
  scopes: ReadonlyMap<string, Scope>,
): ReadonlyMap<string, RenderedText> {
  const texts = new Map<string, RenderedText>();
  for (const [{ id: applier, spec }, { result }] of built) {
    if (result.failure !== undefined) continue;
    for (const { id, object } of inventoryOf(result, scopes))
      if (object.skipped === undefined)
        texts.set(id, { applier, json: object.json, isHeld: spec.suspend });
  }
  return texts;
}

function objectTexts(
  rendered: ReadonlyMap<string, RenderedText>,
  { live }: RenderContext,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [id, object] of live.objects) texts.set(id, canonicalJson(object));
  for (const [id, { json }] of rendered) texts.set(id, json);
  return texts;
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What the renders of a cluster offer each other: sources, data, API versions, objects that templates look up. */
import type { DataObject } from "../engine/protocol.ts";
import { fluxKinds } from "../flux/kinds.ts";
import { canonicalJson, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { Seed } from "../graph/seeds.ts";
import type { KnownSources } from "../graph/sources.ts";
import type { RenderContext } from "./context.ts";
import type { ClusterKnowledge } from "./helm-release.ts";
import { inventoryOf } from "./inventory.ts";
import type { MadeArtifact, Outcome, RenderNode } from "./node.ts";
import { offerOf } from "./objects.ts";
import type { Offer, Scope } from "./objects.ts";

export interface ClusterIndex extends KnownSources, ClusterKnowledge {
  readonly data: (key: string) => DataObject | undefined;
  /** ResourceSetInputProviders of a namespace, in order of name. */
  readonly providers: (namespace: string) => readonly JsonObject[];
}

export function indexCluster(
  seed: Seed,
  nodes: readonly RenderNode[],
  outcomeOf: (node: RenderNode) => Outcome | undefined,
  context: RenderContext,
): ClusterIndex {
  const built = nodes.flatMap((node) => {
    const outcome = outcomeOf(node);
    return outcome?.outcome === "built" && node.spec.remoteCluster === undefined ? [outcome] : [];
  });
  const offers = built.map(({ result }) => offerOf(result));
  const sources = merged(
    context.live.sources,
    seed.sources,
    ...offers.map((offer) => offer.sources),
  );
  const data = merged(context.live.data, ...offers.map((offer) => offer.data));
  const scopes = merged(context.live.scopes, ...offers.map((offer) => offer.scopes));
  const artifacts = merged<MadeArtifact>(...built.map((one) => one.artifacts ?? new Map()));
  const objects = lazily(() => objectTexts(built, scopes, context));
  return {
    get: (key) => sources.get(key),
    treeSources: seed.treeSources,
    data: (key) => data.get(key),
    artifact: (key) => artifacts.get(key),
    apiVersions: apiVersions(offers, context),
    isComplete: context.live.complete,
    clusterScoped: [...scopes]
      .flatMap(([kind, scope]) => (scope === "Cluster" ? [kind] : []))
      .sort(),
    object: (id) => objects().get(id) ?? (context.live.complete ? null : undefined),
    objects(group, kind, namespace) {
      if (!context.live.complete) return undefined;
      const start = `${group}/${kind}/${namespace === "" ? "" : `${namespace}/`}`;
      return [...objects()].filter(([id]) => id.startsWith(start)).map(([, text]) => text);
    },
    providers: (namespace) => providersOf(namespace, offers, context),
  };
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

function apiVersions(
  offers: readonly Offer[],
  { live, options }: RenderContext,
): readonly string[] {
  const all = new Set([...toolkitVersions, ...options.apiVersions, ...live.apiVersions]);
  for (const offer of offers) for (const version of offer.apiVersions) all.add(version);
  return [...all].sort();
}

function objectTexts(
  built: readonly Extract<Outcome, { readonly outcome: "built" }>[],
  scopes: ReadonlyMap<string, Scope>,
  { live }: RenderContext,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [id, object] of live.objects) texts.set(id, canonicalJson(object));
  for (const { result } of built) {
    if (result.failure !== undefined) continue;
    for (const { id, object } of inventoryOf(result, scopes))
      if (object.skipped === undefined) texts.set(id, object.json);
  }
  return texts;
}

function providersOf(
  namespace: string,
  offers: readonly Offer[],
  { live }: RenderContext,
): readonly JsonObject[] {
  const byName = new Map<string, JsonObject>();
  for (const provider of [...live.providers, ...offers.flatMap((offer) => offer.providers)]) {
    if (textAt(provider, "metadata", "namespace") === namespace)
      byName.set(textAt(provider, "metadata", "name") ?? "", provider);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, provider]) => provider);
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

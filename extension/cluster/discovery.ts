/**
 * Which kinds an API server serves: one aggregated discovery request, or the older one per group. Picks those that Sluice
 * watches: the table of Flux kinds, Flagger's Canary, and custom resources that call themselves part of Flux.
 */
import { aggregatedKinds, fluxKinds, isObject, listAt, objectAt, textAt } from "#simulator";
import type { JsonObject, ServedKind } from "#simulator";
import { StatusError } from "#simulator/cluster";
import type { KubeApi } from "#simulator/cluster";

/** In its preferred version. */
export type ApiResource = ServedKind;

const aggregated =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

const partOfFlux = "app.kubernetes.io/part-of=flux";
const neighbours: readonly { readonly group: string; readonly kind: string }[] = [
  { group: "flagger.app", kind: "Canary" },
];

/** Every served kind by `group/Kind`. */
export type ServedKinds = ReadonlyMap<string, ApiResource>;

export async function discover(api: KubeApi, signal: AbortSignal): Promise<ServedKinds> {
  const [core, groups] = await Promise.all([
    api.json({ path: "/api", accept: aggregated }, signal).catch(ifRefused({})),
    api.json({ path: "/apis", accept: aggregated }, signal),
  ]);
  const served =
    textAt(groups, "kind") === "APIGroupDiscoveryList"
      ? [...aggregatedKinds(core), ...aggregatedKinds(groups)]
      : await fromGroups(api, groups, signal);
  const kinds = new Map<string, ApiResource>();
  for (const resource of served) {
    const key = kindKey(resource);
    if (!kinds.has(key)) kinds.set(key, resource);
  }
  return kinds;
}

export function kindKey({
  group,
  kind,
}: {
  readonly group: string;
  readonly kind: string;
}): string {
  return `${group}/${kind}`;
}

/** What is watched of it. `labelled` are the kinds of `fluxLabelled`. */
export function watchedKinds(
  served: ServedKinds,
  labelled: readonly string[],
): readonly ApiResource[] {
  const keys = new Set([...[...fluxKinds, ...neighbours].map(kindKey), ...labelled]);
  return [...keys].flatMap((key) => served.get(key) ?? []);
}

/** Keys of the custom kinds that are labelled as part of Flux; none when the user may not list definitions. */
export async function fluxLabelled(
  api: KubeApi,
  served: ServedKinds,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const list = await api
    .json(
      {
        path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        query: { labelSelector: partOfFlux },
        // Schemas are megabytes, and the name says enough.
        accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
      },
      signal,
    )
    .catch(ifRefused({}));
  const names = new Set(listAt(list, "items").map((item) => textAt(item, "metadata", "name")));
  return [...served.values()]
    .filter(({ plural, group }) => names.has(`${plural}.${group}`))
    .map(kindKey);
}

function ifRefused<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof StatusError) return otherwise;
    throw error;
  };
}

/** Servers before 1.26: only the groups that matter are asked, side by side. */
async function fromGroups(
  api: KubeApi,
  groups: JsonObject,
  signal: AbortSignal,
): Promise<readonly ApiResource[]> {
  const wanted = new Set<string>([...fluxKinds, ...neighbours].map(({ group }) => group));
  const preferred = listAt(groups, "groups").flatMap((item) => {
    const name = textAt(item, "name");
    const groupVersion = textAt(item, "preferredVersion", "groupVersion");
    return name !== undefined && groupVersion !== undefined && wanted.has(name)
      ? [{ name, groupVersion }]
      : [];
  });
  const found = await Promise.all(
    preferred.map(async ({ name, groupVersion }) => {
      const list = await api.json({ path: `/apis/${groupVersion}` }, signal).catch(ifRefused({}));
      return listAt(list, "resources").flatMap((resource) =>
        toResource(resource, name, groupVersion),
      );
    }),
  );
  return found.flat();
}

function toResource(
  resource: unknown,
  group: string,
  groupVersion: string,
): readonly ApiResource[] {
  const kind = textAt(resource, "kind");
  const plural = textAt(resource, "name");
  if (kind === undefined || plural === undefined || plural.includes("/")) return [];
  const namespaced = isObject(resource) && resource["namespaced"] === true;
  return [{ group, version: groupVersion.split("/").at(-1) ?? "v1", kind, plural, namespaced }];
}

/** `v1.36.4`, or empty when the server does not say. */
export async function serverVersion(api: KubeApi, signal: AbortSignal): Promise<string> {
  const version = await api.json({ path: "/version" }, signal).catch(ifRefused({}));
  return textAt(objectAt(version), "gitVersion") ?? "";
}

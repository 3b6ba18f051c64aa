/**
 * A cluster made of objects, which answers reads and dry runs as an API server does, as far as plans can tell: what is sent is laid over what
 * is there. Every other request would not compile.
 */
import type { JsonObject, Live, Simulation, Simulator } from "#simulator";
import { isObject, objectAt, textAt } from "#simulator";
import type { LiveRequest, LiveResponse } from "../../../../simulator/ports.ts";
import { objectId } from "../../../../simulator/flux/object-ref.ts";

const kinds: Readonly<Record<string, readonly (readonly [string, string, boolean?])[]>> = {
  v1: [
    ["ConfigMap", "configmaps"],
    ["Secret", "secrets"],
    ["Service", "services"],
    ["PersistentVolumeClaim", "persistentvolumeclaims"],
    ["Namespace", "namespaces", true],
  ],
  "apps/v1": [["Deployment", "deployments"]],
  "apiextensions.k8s.io/v1": [["CustomResourceDefinition", "customresourcedefinitions", true]],
  "kustomize.toolkit.fluxcd.io/v1": [["Kustomization", "kustomizations"]],
  "helm.toolkit.fluxcd.io/v2": [["HelmRelease", "helmreleases"]],
  "source.toolkit.fluxcd.io/v1": [
    ["GitRepository", "gitrepositories"],
    ["HelmChart", "helmcharts"],
  ],
  "fluxcd.controlplane.io/v1": [["ResourceSet", "resourcesets"]],
  "example.test/v1": [["Wide", "wides", true]],
};

export interface FakeCluster extends Live {
  /** Everything that was asked, discovery left out. */
  readonly requests: LiveRequest[];
  readonly objects: Map<string, JsonObject>;
  /** Answers instead of the cluster when it gives something. */
  intercept: (request: LiveRequest) => LiveResponse | undefined;
}

/** `objects` by path. */
export function fakeCluster(name = "fake"): FakeCluster {
  const objects = new Map<string, JsonObject>();
  const cluster: FakeCluster = {
    name,
    objects,
    requests: [],
    intercept: () => undefined,
    request(request) {
      if (request.path === "/api" || request.path === "/apis")
        return Promise.resolve(answer(discovery(request.path)));
      cluster.requests.push(request);
      return Promise.resolve(cluster.intercept(request) ?? respond(request, objects));
    },
  };
  return cluster;
}

function respond(request: LiveRequest, objects: FakeCluster["objects"]): LiveResponse {
  const path = request.path.replace(/\?.*$/, "");
  const live = objects.get(path);
  if (request.verb === "dry-run") {
    const body = JSON.parse(request.body) as JsonObject;
    return answer(live === undefined ? body : overlaid(live, body));
  }
  if (live !== undefined) return answer(live);
  const kind = listed(path);
  if (kind === undefined) return refusal(404, "not found");
  const items = [...objects].filter(([, one]) => one["kind"] === kind).map(([, one]) => one);
  return answer({ kind: `${kind}List`, apiVersion: "v1", metadata: {}, items });
}

/** The kind of a collection's path. */
function listed(path: string): string | undefined {
  const plural = path.split("/").at(-1);
  return Object.values(kinds)
    .flat()
    .find((one) => one[1] === plural)?.[0];
}

function overlaid(live: JsonObject, sent: JsonObject): JsonObject {
  const merged: Record<string, JsonObject[string]> = { ...live };
  for (const [key, value] of Object.entries(sent)) {
    const there = live[key];
    if (value === null) continue;
    merged[key] = isObject(value) && isObject(there) ? overlaid(there, value) : value;
  }
  return merged;
}

export function refusal(code: number, message: string, reason = ""): LiveResponse {
  return { status: code, body: JSON.stringify({ kind: "Status", code, reason, message }) };
}

function answer(object: object): LiveResponse {
  return { status: 200, body: JSON.stringify(object) };
}

function discovery(path: string): object {
  const items = Object.entries(kinds)
    .filter(([apiVersion]) => (path === "/api") === (apiVersion === "v1"))
    .map(([apiVersion, resources]) => ({
      metadata: { name: apiVersion.includes("/") ? apiVersion.split("/")[0] : "" },
      versions: [
        {
          version: apiVersion.split("/").at(-1),
          resources: resources.map(([kind, resource, isWide]) => ({
            resource,
            responseKind: { kind },
            scope: isWide === true ? "Cluster" : "Namespaced",
          })),
        },
      ],
    }));
  return { kind: "APIGroupDiscoveryList", items };
}

/** Puts an object there, as a controller left it. */
export function put(cluster: FakeCluster, object: JsonObject): void {
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const row = kinds[apiVersion]?.find(([kind]) => kind === object["kind"]);
  if (row === undefined)
    throw new Error(`no such kind: ${apiVersion} ${textAt(object, "kind") ?? ""}`);
  const { namespace, name } = objectAt(object, "metadata") as Record<string, string>;
  const base = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  const scope = row[2] === true || namespace === undefined ? "" : `/namespaces/${namespace}`;
  const own = { resourceVersion: `v-${name}`, uid: `uid-${name}` };
  const metadata = { ...own, ...objectAt(object, "metadata") };
  cluster.objects.set(`${base}${scope}/${row[1]}/${name}`, { ...object, metadata });
}

/** A cluster on which the controllers have come to their end with this simulation. */
export async function converged(
  simulator: Simulator,
  simulation: Simulation,
): Promise<FakeCluster> {
  const cluster = fakeCluster();
  const entries = await simulator.rendered(simulation, { secrets: "show", origins: false });
  const inventories = new Map<string, { readonly id: string; readonly v: string }[]>();
  for (const { applier, ref, json } of entries) {
    put(cluster, withoutNulls(JSON.parse(json) as JsonObject));
    const key = `${applier.kind}/${applier.namespace}/${applier.name}`;
    const [group = "", kind = ""] = objectId(ref).split("/");
    const isWide = kinds[ref.apiVersion]?.some(
      ([known, , wide]) => known === kind && wide === true,
    );
    const id = `${isWide === true ? "" : ref.namespace}_${ref.name}_${group}_${kind}`;
    inventories.set(key, [...(inventories.get(key) ?? []), { id, v: "v1" }]);
  }
  for (const [path, object] of cluster.objects) {
    const { namespace, name } = objectAt(object, "metadata") as Record<string, string>;
    const inventory = inventories.get(`${textAt(object, "kind") ?? ""}/${namespace}/${name}`);
    if (inventory !== undefined)
      cluster.objects.set(path, { ...object, status: { inventory: { entries: inventory } } });
  }
  return cluster;
}

/** `creationTimestamp: null` is nothing that is stored. */
function withoutNulls(object: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(object, (_key, value: unknown) => (value === null ? undefined : value)),
  ) as JsonObject;
}

/**
 * An API server in memory that can only be read: objects by path, lists with label selectors, discovery. It notes every request
 * and refuses what a test says. Dry runs are not its business.
 */
import type { Json, JsonObject, Live, LiveRequest, LiveResponse } from "#simulator";
import { objectAt, textAt } from "#simulator";
import { parseAllDocuments } from "yaml";

export interface MemoryCluster extends Live {
  /** Paths that were asked for, in order, queries included. */
  readonly asked: string[];
  /** Adds or replaces objects, written as YAML. */
  put(text: string): void;
  remove(kind: string, namespace: string, name: string): void;
  /** Answers these paths (a part of them is enough) with 403, or not at all with 0. */
  refuse(part: string, status?: 403 | 0): void;
  /** Refuses nothing any more. */
  allow(): void;
}

interface Served {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export function memoryCluster(text = "", gitVersion = "v1.33.4"): MemoryCluster {
  const objects = new Map<string, JsonObject>();
  const refused: { readonly part: string; readonly status: number }[] = [];
  const asked: string[] = [];
  let version = 0;
  const put = (more: string): void => {
    for (const document of parseAllDocuments(more)) {
      const object = document.toJS() as JsonObject | null;
      if (object === null) continue;
      const metadata = { ...objectAt(object, "metadata"), resourceVersion: String(++version) };
      objects.set(pathOf(object), { ...object, metadata });
    }
  };
  put(text);
  const answer = (path: string): LiveResponse => {
    const refusal = refused.find(({ part }) => path.includes(part));
    if (refusal !== undefined)
      return status(
        refusal.status,
        "Forbidden",
        `forbidden: User "dev" cannot get resource ${path}`,
      );
    if (path === "/version") return ok({ gitVersion });
    if (path === "/api" || path === "/apis") return ok(discovery(path));
    const url = new URL(path, "http://cluster.test");
    const found = objects.get(decodeURIComponent(url.pathname));
    if (found !== undefined) return ok(found);
    const kind = served.find(({ plural }) => url.pathname.endsWith(`/${plural}`));
    return kind === undefined
      ? status(404, "NotFound", "not found")
      : ok(listOf([...objects.values()], kind, url));
  };
  return {
    name: "test",
    asked,
    put,
    remove(kind, namespace, name) {
      for (const [path, object] of objects)
        if (
          object["kind"] === kind &&
          textAt(object, "metadata", "namespace") === namespace &&
          textAt(object, "metadata", "name") === name
        )
          objects.delete(path);
    },
    refuse: (part, code = 403) => void refused.push({ part, status: code }),
    allow: () => void refused.splice(0),
    request(request: LiveRequest, signal?: AbortSignal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      asked.push(request.path);
      return Promise.resolve(answer(request.path));
    },
  };
}

function kind(group: string, version: string, name: string, plural: string): Served {
  return { group, version, kind: name, plural, namespaced: name !== "Namespace" };
}

const served: readonly Served[] = [
  kind("", "v1", "ConfigMap", "configmaps"),
  kind("", "v1", "Secret", "secrets"),
  kind("", "v1", "Namespace", "namespaces"),
  kind("apps", "v1", "Deployment", "deployments"),
  kind("source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories"),
  kind("source.toolkit.fluxcd.io", "v1", "OCIRepository", "ocirepositories"),
  kind("source.toolkit.fluxcd.io", "v1", "HelmRepository", "helmrepositories"),
  kind("source.toolkit.fluxcd.io", "v1", "HelmChart", "helmcharts"),
  kind("source.toolkit.fluxcd.io", "v1", "ExternalArtifact", "externalartifacts"),
  kind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations"),
  kind("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"),
  kind("fluxcd.controlplane.io", "v1", "ResourceSet", "resourcesets"),
  kind("fluxcd.controlplane.io", "v1", "ResourceSetInputProvider", "resourcesetinputproviders"),
  kind("widgets.test", "v1", "Widget", "widgets"),
];

function pathOf(object: JsonObject): string {
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const found = served.find(
    (one) =>
      one.kind === object["kind"] &&
      apiVersion === (one.group === "" ? one.version : `${one.group}/${one.version}`),
  );
  if (found === undefined) throw new Error(`an object of ${apiVersion} is not served`);
  const namespace = textAt(object, "metadata", "namespace");
  const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
  const name = textAt(object, "metadata", "name") ?? "";
  return `${found.group === "" ? "/api" : `/apis/${found.group}`}/${found.version}${scope}/${found.plural}/${name}`;
}

function listOf(all: readonly JsonObject[], of: Served, url: URL): JsonObject {
  const namespace = /\/namespaces\/([^/]+)\//.exec(url.pathname)?.[1];
  const wanted = (url.searchParams.get("labelSelector") ?? "").split(",").filter(Boolean);
  const items = all.filter(
    (object) =>
      object["kind"] === of.kind &&
      (namespace === undefined || textAt(object, "metadata", "namespace") === namespace) &&
      wanted.every((term) => {
        const [label = "", value = ""] = term.split("=");
        return textAt(object, "metadata", "labels", label) === value;
      }),
  );
  return {
    kind: `${of.kind}List`,
    apiVersion: of.group === "" ? of.version : `${of.group}/${of.version}`,
    metadata: {},
    items: items.map(untyped),
  };
}

function untyped(object: JsonObject): JsonObject {
  const { kind: _, apiVersion: __, ...item } = object;
  return item;
}

function discovery(path: "/api" | "/apis"): JsonObject {
  const own = served.filter(({ group }) => (group === "") === (path === "/api"));
  const groups = new Map<string, Served[]>();
  for (const one of own) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return {
    kind: "APIGroupDiscoveryList",
    items: [...groups].map(([name, kinds]) => ({
      metadata: { name },
      versions: [
        {
          version: kinds[0]?.version ?? "v1",
          resources: kinds.map((one): Json => ({
            resource: one.plural,
            responseKind: { group: one.group, version: one.version, kind: one.kind },
            scope: one.namespaced ? "Namespaced" : "Cluster",
          })),
        },
      ],
    })),
  };
}

function ok(body: JsonObject): LiveResponse {
  return { status: 200, body: JSON.stringify(body) };
}

function status(code: number, reason: string, message: string): LiveResponse {
  return {
    status: code,
    body: code === 0 ? message : JSON.stringify({ kind: "Status", code, reason, message }),
  };
}

/**
 * Two API servers: appliers on one of them apply to the other (`spec.kubeConfig`). What the language server says through the sessions of the
 * extension is held against what the real controllers then do.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";

import type { Plan } from "#simulator";
import { createSimulator, versionPicker } from "#simulator";
import { liveOn, loadKubeClient } from "#simulator/cluster";
import { createNodeEngine, createSources } from "#simulator/node";

import { Clusters } from "../../extension/cluster/clusters.ts";
import { RemoteClusters } from "../../extension/cluster/remote-clusters.ts";
import type {
  AskClusterParams,
  OpenRemoteParams,
  OpenRemoteResult,
  PlanParams,
} from "../../language-server/protocol.ts";
import type { Client } from "../language-server/lsp-pair.ts";
import { connect } from "../language-server/lsp-pair.ts";
import { createMemoryHost } from "../language-server/memory-host.ts";
import type { MemoryHost } from "../language-server/memory-host.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import type { GitRepository } from "./harness/git-repositories.ts";
import { isReady } from "./harness/kube-api.ts";

const root = "file:///fleet";
const context = "admin@test";
const restricted = "dev@test";
const kubeConfig = { secretRef: { name: "far" } };

let home: Cluster;
let far: Cluster;
let repository: GitRepository;
let files: Record<string, string>;
let clusters: Clusters;
let remotes: RemoteClusters;
let host: MemoryHost;
let client: Client;
/** Everything that went between the client and the server about clusters. */
const exchanged: string[] = [];

const flux = (kind: string, name: string, spec: object, apiVersion: string): string =>
  stringify({ apiVersion, kind, metadata: { name, namespace: "flux-system" }, spec });
const sourceRef = { kind: "GitRepository", name: "flux-system" };
const sync = (url: string): string =>
  [
    flux(
      "GitRepository",
      "flux-system",
      { interval: "1h", url, ref: { branch: "main" } },
      "source.toolkit.fluxcd.io/v1",
    ),
    kustomization("flux-system", "./fleet"),
  ].join("---\n");
const kustomization = (name: string, path: string, more: object = {}): string =>
  flux(
    "Kustomization",
    name,
    { interval: "1h", path, prune: true, sourceRef, ...more },
    "kustomize.toolkit.fluxcd.io/v1",
  );
const release = (values: object): string =>
  flux(
    "HelmRelease",
    "shop",
    {
      ...{
        interval: "1h",
        targetNamespace: "spoke",
        storageNamespace: "spoke",
        kubeConfig,
        values,
      },
      chart: { spec: { chart: "./charts/shop", sourceRef } },
    },
    "helm.toolkit.fluxcd.io/v2",
  );
const settings = (name: string, value: string): string =>
  stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "spoke" },
    data: { value },
  });

beforeAll(async () => {
  home = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
  });
  far = await startCluster({ controllers: [], healthy: false });
  repository = home.git.create("fleet");
  files = {
    "fleet/flux-system/gotk-sync.yaml": sync(repository.url),
    "fleet/spoke.yaml": kustomization("spoke", "./spoke", { kubeConfig }),
    "fleet/shop.yaml": release({ color: "blue" }),
    "spoke/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: spoke}\n",
    "spoke/kept.yaml": settings("kept", "1"),
    "spoke/changed.yaml": settings("changed", "1"),
    "spoke/pruned.yaml": settings("pruned", "1"),
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "charts/shop/templates/shop.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {color: '{{ .Values.color }}'}\n",
  };
  const commit = repository.push(files);
  // The release does not wait for the Kustomization that makes its namespace.
  await far.api.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: spoke}\n");
  await home.api.apply(
    stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "far", namespace: "flux-system" },
      stringData: { value: readFileSync(far.kubeconfig, "utf8") },
    }),
  );
  await home.api.apply(readersOfAllButSecrets);
  await home.api.apply(sync(repository.url));
  await applied(commit);
  await startEditor();
});

const readersOfAllButSecrets = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
  - apiGroups: [kustomize.toolkit.fluxcd.io, helm.toolkit.fluxcd.io, source.toolkit.fluxcd.io]
    resources: ["*"]
    verbs: [get, list, watch, patch]
  - {apiGroups: [""], resources: [namespaces, configmaps], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
`;

afterAll(async () => {
  await client?.stop();
  remotes?.closeOthers();
  clusters?.dispose();
  await Promise.all([home?.stop(), far?.stop()]);
});

/** Both Kustomizations have applied the commit, and the release is what they applied. */
async function applied(commit: string): Promise<void> {
  const namespace = "flux-system";
  for (const name of ["flux-system", "spoke"])
    await home.api.waitFor(
      { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", namespace, name },
      (one) => one.status?.["lastAppliedRevision"] === `main@sha1:${commit}` && isReady(one),
    );
  await home.api.waitFor(
    { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", namespace, name: "shop" },
    (one) => one.status?.["observedGeneration"] === one.metadata.generation && isReady(one),
  );
}

/** The server with the extension's connections, and no window. */
async function startEditor(): Promise<void> {
  clusters = new Clusters({
    kubeconfig: () => `${home.kubeconfig}:${home.devKubeconfig}`,
    namespaces: () => ["flux-system"],
    trusted: () => true,
    env: {},
    now: Date.now,
    client: loadKubeClient,
    log: () => {},
  });
  await clusters.load();
  remotes = new RemoteClusters({
    session: (name) => clusters.session(name),
    trusted: () => true,
    allowPrivateNetwork: () => true,
  });
  const engine = createNodeEngine({ jobs: 1 });
  const sources = createSources({
    cacheDir: join(home.folder, "cache"),
    offline: true,
    allowPrivateNetwork: true,
    pickVersion: versionPicker(engine),
  });
  host = createMemoryHost({ root, disk: files, simulator: createSimulator({ engine, sources }) });
  client = await connect(host, { root, settings: { base: "HEAD", paths: ["fleet"] } });
  const noted = async <T>(params: unknown, answer: Promise<T>): Promise<T> => {
    // Answers of API servers hold Secrets; what is opened may not.
    if ("secret" in (params as object)) exchanged.push(JSON.stringify([params, await answer]));
    return answer;
  };
  client.connection.onRequest(
    "sluice/askCluster",
    async ({ context: name, remote, request }: AskClusterParams) => {
      const session = clusters.session(name);
      if (session === undefined) return { status: 0, body: "no connection" };
      const { signal } = session;
      return remote === undefined
        ? liveOn(name, session.api).request(request, signal)
        : remotes.ask({ context: name, remote }, request, signal);
    },
  );
  client.connection.onRequest<OpenRemoteResult, unknown>(
    "sluice/openRemote",
    (params: OpenRemoteParams) =>
      noted(params, remotes.open(params.context, params.secret, new AbortController().signal)),
  );
  await client.next("ready");
}

async function compareWith(name: string): Promise<Plan> {
  clusters.connect(name);
  await client.changeSettings({ base: `cluster:${name}`, paths: ["fleet"] });
  const { plan } = await client.next("ready", (ready) => ready.plan.live?.context === name);
  return plan;
}

async function planAgain(): Promise<Plan> {
  await client.connection.sendRequest("sluice/refresh", {});
  return (client.plans.at(-1) as Extract<PlanParams, { readonly state: "ready" }>).plan;
}

/** What is planned for the other cluster. */
function plannedThere({ clusters: [cluster] }: Plan): readonly string[] {
  const remote = cluster?.appliers.filter(({ applier }) => applier.remote !== undefined) ?? [];
  return remote
    .flatMap(({ changes }) => changes)
    .map(({ kind, ref }) => `${kind} ${ref.kind}/${ref.name}`)
    .sort();
}

async function thereNow(): Promise<ReadonlyMap<string, string>> {
  const objects = await far.api.list("v1", "ConfigMap", "spoke");
  const own = objects.filter(({ metadata }) => metadata.name !== "kube-root-ca.crt");
  return new Map(
    own.map(({ metadata, data }) => [`ConfigMap/${metadata.name}`, JSON.stringify(data)]),
  );
}

function happened(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .flatMap((id) => {
      if (!after.has(id)) return [`deleted ${id}`];
      if (!before.has(id)) return [`created ${id}`];
      return before.get(id) === after.get(id) ? [] : [`changed ${id}`];
    })
    .sort();
}

describe("in the editor, with the rights of an administrator", () => {
  test("nothing would change when the controllers are done", async () => {
    const plan = await compareWith(context);
    expect(plan.problems).toEqual([]);
    expect(plan.live?.partial).toBeUndefined();
    expect(plan.counts).toMatchObject({ created: 0, changed: 0, deleted: 0, moved: 0 });
    expect(plan.live?.known["dry-run"]).toBeGreaterThan(4);
  });

  test("what is planned for the other cluster is what happens there, and at home nothing does", async () => {
    const edits = {
      "spoke/changed.yaml": settings("changed", "2"),
      "spoke/created.yaml": settings("created", "1"),
      "fleet/shop.yaml": release({ color: "green" }),
    };
    Object.assign(host.disk, edits);
    delete host.disk["spoke/pruned.yaml"];
    const plan = await planAgain();
    const planned = [
      "changed ConfigMap/changed",
      "changed ConfigMap/shop",
      "created ConfigMap/created",
      "deleted ConfigMap/pruned",
    ];
    expect(plannedThere(plan)).toEqual(planned);
    expect(plan.problems).toEqual([]);

    const before = await thereNow();
    const commit = repository.push({ ...edits, "spoke/pruned.yaml": undefined });
    const metadata = { annotations: { "reconcile.fluxcd.io/requestedAt": "push" } };
    const apiVersion = "source.toolkit.fluxcd.io/v1";
    const namespace = "flux-system";
    await home.api.patch(
      { apiVersion, kind: "GitRepository", namespace, name: "flux-system" },
      { metadata },
    );
    await applied(commit);
    expect(happened(before, await thereNow())).toEqual(planned);
    expect(await home.api.list("v1", "ConfigMap", "spoke")).toEqual([]);

    const again = await planAgain();
    expect(again.counts).toMatchObject({ created: 0, changed: 0, deleted: 0 });
    expect(again.problems).toEqual([]);
  });

  test("an applier that leaves takes along what it has there", async () => {
    const { "fleet/shop.yaml": shop = "", "fleet/spoke.yaml": spoke = "" } = host.disk;
    delete host.disk["fleet/shop.yaml"];
    delete host.disk["fleet/spoke.yaml"];
    const plan = await planAgain();
    Object.assign(host.disk, { "fleet/shop.yaml": shop, "fleet/spoke.yaml": spoke });
    expect(plannedThere(plan)).toEqual([
      "deleted ConfigMap/changed",
      "deleted ConfigMap/created",
      "deleted ConfigMap/kept",
      "deleted ConfigMap/shop",
      "deleted Namespace/spoke",
    ]);
  });

  test("the kubeconfig is in nothing that the server got", async () => {
    const text = readFileSync(far.kubeconfig, "utf8");
    const key = /client-key-data: (\S+?)[},]/.exec(text)?.[1] ?? "";
    expect(key.length).toBeGreaterThan(100);
    expect(exchanged.length).toBeGreaterThan(0);
    for (const part of [key, far.server, Buffer.from(text).toString("base64").slice(0, 200)]) {
      expect(exchanged.join("\n")).not.toContain(part);
      expect(JSON.stringify(client.plans)).not.toContain(part);
    }
  });
});

test("who may not read the Secret is told so at each applier", async () => {
  const plan = await compareWith(restricted);
  const about = plan.problems.filter(({ message }) => message.includes("another cluster"));
  expect(about.map(({ code, place }) => [code, place?.path])).toEqual([
    ["live-unanswered", "fleet/shop.yaml"],
    ["live-unanswered", "fleet/spoke.yaml"],
  ]);
  for (const { message } of about)
    expect(message).toContain("because you may not read Secret flux-system/far:");
  expect(plannedThere(plan)).toEqual([]);
});

test("another cluster that is gone leaves a plan that says so", async () => {
  await compareWith(context);
  await far.process("kube-apiserver").kill();
  const plan = await planAgain();
  expect(plan.live?.partial).toContain(
    "The connection to the cluster of Secret flux-system/far was lost",
  );
  expect(plan.problems.map(({ code }) => code)).toContain("live-unanswered");
});

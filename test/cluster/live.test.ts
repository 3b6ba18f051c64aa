/** The live side against the real API server and controllers: states, tree, actions, predictions, permissions. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { liveStatus, objectId } from "#simulator";

import { mayDo, patchObject, readObject, reconcile } from "../../extension/cluster/actions.ts";
import { wholeChain, withSources } from "../../extension/model/cluster/chain.ts";
import { clusterChildren, objectChildren } from "../../extension/model/cluster/live-tree.ts";
import { traceText, yamlText } from "../../extension/model/cluster/live-texts.ts";
import {
  predictRevert,
  requestToken,
  resumeBody,
  suspendBody,
} from "../../extension/model/cluster/requests.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import {
  chart,
  demoNamespace,
  deployment,
  helmRelease,
  helmReleaseRef,
  kustomization,
  kustomizationRef,
  settings,
} from "./harness/flux-objects.ts";
import { applied, follow } from "./harness/follow.ts";
import type { GitRepository } from "./harness/git-repositories.ts";
import { isFailed, isReady } from "./harness/kube-api.ts";
import type { LiveSide } from "./live-clusters.ts";
import { eventually, openLiveSide } from "./live-clusters.ts";

let cluster: Cluster;
let side: LiveSide;
let repository: GitRepository;
const sides: LiveSide[] = [];
const never = new AbortController().signal;
const planted = "planted-value-that-nobody-may-see";

beforeAll(async () => {
  cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
  });
  const root = kustomization("root", "clusters");
  const followed = await follow(cluster, files, root);
  repository = followed.repository;
  await applied(cluster, ["root", "apps", "later"], followed.commit);
  await cluster.api.waitFor(helmReleaseRef("web"), isReady);
  side = await open(cluster.kubeconfig, "admin@test");
});

afterEach(() => {
  for (const one of sides.splice(1)) one.clusters.dispose();
});

afterAll(async () => {
  for (const one of sides) one.clusters.dispose();
  await cluster?.stop();
});

async function open(kubeconfig: string, context: string): Promise<LiveSide> {
  const one = await openLiveSide(kubeconfig, context);
  sides.push(one);
  return one;
}

const files = {
  "clusters/apps.yaml": kustomization("apps", "apps", ", suspend: false"),
  "clusters/later.yaml": kustomization("later", "later", ", dependsOn: [{name: apps}]"),
  "later/config.yaml": settings("late"),
  "apps/namespace.yaml": demoNamespace,
  "apps/config.yaml": settings("settings"),
  "apps/secret.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: demo}\nstringData: {token: ${planted}}\n`,
  "apps/release.yaml": helmRelease("web", "web"),
  ...chart("web", { "deployment.yaml": deployment("{{ .Release.Name }}") }),
};

test("everything is there with its true state", async () => {
  await eventually(() => {
    const states = [...side.index.all()].map(
      ({ live: { ref }, status }) => `${ref.kind} ${ref.namespace}/${ref.name} ${status.state}`,
    );
    expect(states.sort()).toEqual([
      "GitRepository flux-system/repo ready",
      "HelmChart flux-system/demo-web ready",
      "HelmRelease demo/web ready",
      "Kustomization flux-system/apps ready",
      "Kustomization flux-system/later ready",
      "Kustomization flux-system/root ready",
    ]);
  });
});

test("the tree goes from the root applier to managed objects and their health", async () => {
  const view = () => side.clusters.views()[0]!;
  const id = (name: string): string => side.entry(name).live.id;
  const options = { mode: "owner", filter: "" } as const;
  const labels = (nodes: readonly { readonly label: string; readonly description: string }[]) =>
    nodes.map(({ label, description }) => `${label} (${description})`);
  expect(clusterChildren(view(), options).map(({ label }) => label)).toEqual(["root"]);
  expect(
    objectChildren(view(), id("Kustomization flux-system/root")).map(({ label }) => label),
  ).toEqual(["apps", "later"]);
  await eventually(() =>
    expect(labels(objectChildren(view(), id("Kustomization flux-system/apps"))).slice(1)).toEqual([
      "Namespace demo ()",
      "ConfigMap settings (demo)",
      "Secret key (demo)",
    ]),
  );
  await eventually(() => {
    const below = objectChildren(view(), id("HelmRelease demo/web"));
    expect(below.map(({ label }) => label)).toEqual(["demo-web", "Deployment web"]);
    expect(below[1]?.icon.id).toBe("pass");
  });
});

test("a trace names every hop down to the address and the revision", () => {
  const { object } = side.entry("HelmRelease demo/web").live;
  const text = traceText(object, (ref) => side.index.get(objectId(ref))?.live.object, side.index);
  expect(text).toContain("Object: HelmRelease demo/web from ./charts/web");
  expect(text).toContain("Source: HelmChart flux-system/demo-web");
  expect(text).toMatch(/Source: GitRepository flux-system\/repo from http:\/\/127.* at main@sha1:/);
  expect(text).toContain("Applied by: Kustomization flux-system/apps from ./apps");
  expect(text).toContain("Applied by: Kustomization flux-system/root from ./clusters");
});

test("reconciling waits for our own request", async () => {
  const entry = side.entry("Kustomization flux-system/apps");
  const said: string[] = [];
  const outcome = await reconcile(
    side.session,
    entry.live,
    { kind: "plain", onProgress: (message) => said.push(message) },
    never,
  );
  expect(outcome).toMatchObject({ kind: "succeeded" });
  expect(outcome.message).toMatch(/^Applied revision: main@sha1:/);
});

test("a broken commit fails fast with its reason, and is seen with the first version that says so", async () => {
  repository.push({ "apps/config.yaml": "not: a Kubernetes object\n" });
  const chain = withSources(side.entry("Kustomization flux-system/apps"), side.index);
  expect(chain.stages.map((stage) => stage.length)).toEqual([1, 1]);
  const asked = cluster.api
    .waitFor(kustomizationRef("apps"), isFailed)
    .then(({ metadata }) => ({ version: Number(metadata.resourceVersion), at: performance.now() }));
  const seen = firstFailure(side.entry("Kustomization flux-system/apps").live.id);
  const outcomes = [];
  for (const [id = ""] of chain.stages) {
    const entry = side.index.get(id);
    if (entry === undefined) throw new Error(id);
    outcomes.push(
      await reconcile(side.session, entry.live, { kind: "plain", onProgress: () => {} }, never),
    );
  }
  expect(outcomes).toMatchObject([
    { kind: "succeeded" },
    { kind: "failed", reason: "BuildFailed" },
  ]);
  // Who asks again and again sees the failure at the earliest in the version that the watch brought.
  expect((await seen).version).toBeLessThanOrEqual((await asked).version);
  const late = (await seen).at - (await asked).at;
  console.log(
    `the failure is shown ${late.toFixed(0)} ms after somebody who asks every 50 ms saw it`,
  );
  // The new artifact may have started one more pass meanwhile.
  await eventually(() =>
    expect(side.entry("Kustomization flux-system/apps").status).toMatchObject({
      state: "failed",
      reason: "BuildFailed",
    }),
  );
  await eventually(() =>
    expect(side.index.aggregate(side.entry("Kustomization flux-system/root").live.id).worst).toBe(
      "failed",
    ),
  );
});

/** When the watch brought the first version that says so; views hear of several in one bundle. */
function firstFailure(id: string): Promise<{ readonly version: number; readonly at: number }> {
  return new Promise((resolve) => {
    const stop = side.session.store.onObject(id, (live) => {
      if (live === undefined || liveStatus(live.object, { now: Date.now() }).state !== "failed")
        return;
      stop();
      resolve({ version: Number(live.resourceVersion), at: performance.now() });
    });
  });
}

test("the chain is mended in the right order: source, root, applier, dependants", async () => {
  repository.push({ "apps/config.yaml": files["apps/config.yaml"] });
  const chain = wholeChain(side.entry("Kustomization flux-system/apps"), side.index);
  const names = chain.stages.map((stage) => stage.map((id) => side.index.get(id)?.live.ref.name));
  expect(names).toEqual([["repo"], ["root"], ["apps"], ["later"]]);
  for (const id of chain.stages.flat()) {
    const entry = side.index.get(id);
    if (entry === undefined) throw new Error(id);
    const outcome = await reconcile(
      side.session,
      entry.live,
      { kind: "plain", onProgress: () => {} },
      never,
    );
    expect(outcome.kind).toBe("succeeded");
  }
  await eventually(() =>
    expect(side.entry("Kustomization flux-system/later").status.state).toBe("ready"),
  );
});

test.each([
  ["apps", "reverted"],
  ["later", "stays"],
] as const)("whether suspending %s lasts is predicted: it is %s", async (name, kind) => {
  const entry = side.entry(`Kustomization flux-system/${name}`);
  const raw = await readObject(side.session, entry.live.ref, never);
  expect(predictRevert(raw).kind).toBe(kind);
  const body = suspendBody(entry.live.object, { reason: "a test", until: "" });
  await patchObject(side.session, entry.live.ref, body!, never);
  await eventually(() =>
    expect(side.entry(`Kustomization flux-system/${name}`).status.state).toBe("suspended"),
  );
  const root = side.entry("Kustomization flux-system/root");
  await reconcile(side.session, root.live, { kind: "plain", onProgress: () => {} }, never);
  const after = await readObject(side.session, entry.live.ref, never);
  expect((after["spec"] as { suspend?: boolean }).suspend === true).toBe(kind === "stays");
  const token = requestToken(Date.now(), Math.random());
  await patchObject(side.session, entry.live.ref, resumeBody(entry.live.object, token)!, never);
  // A parent that takes the suspension back leaves the reason, so that it is ready before it is resumed.
  await eventually(() => {
    const { live, status } = side.entry(`Kustomization flux-system/${name}`);
    expect(JSON.stringify(live.object["metadata"])).not.toContain("a test");
    expect(status.state).toBe("ready");
  });
});

test("suspended meanwhile ends the waiting, although the token is handled", async () => {
  const entry = side.entry("GitRepository flux-system/repo");
  await patchObject(side.session, entry.live.ref, { spec: { suspend: true } }, never);
  const outcome = await reconcile(
    side.session,
    entry.live,
    { kind: "plain", onProgress: () => {} },
    never,
  );
  expect(outcome).toMatchObject({ kind: "failed", reason: "Suspended" });
  const token = requestToken(Date.now(), Math.random());
  await patchObject(side.session, entry.live.ref, resumeBody(entry.live.object, token)!, never);
  await eventually(() => {
    const { live, status } = side.entry("GitRepository flux-system/repo");
    expect(live.object).toMatchObject({ status: { lastHandledReconcileAt: token } });
    expect(status.state).toBe("ready");
  });
});

test("forcing a release runs an upgrade", async () => {
  const entry = side.entry("HelmRelease demo/web");
  const outcome = await reconcile(
    side.session,
    entry.live,
    { kind: "force", onProgress: () => {} },
    never,
  );
  expect(outcome).toMatchObject({ kind: "succeeded" });
  expect(outcome.message).toContain("upgrade succeeded");
});

test("cancelling ends the waiting only", async () => {
  const entry = side.entry("Kustomization flux-system/apps");
  const abort = new AbortController();
  const waiting = reconcile(
    side.session,
    { ...entry.live, id: "nothing that changes" },
    { kind: "plain", onProgress: () => {} },
    abort.signal,
  );
  abort.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
});

test("a user with few rights sees what may be seen, and is told about the rest", async () => {
  await cluster.api.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules:
- {apiGroups: [kustomize.toolkit.fluxcd.io], resources: [kustomizations], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
`);
  const dev = await open(cluster.devKubeconfig, "dev@test");
  await eventually(() => {
    const { state } = dev.session;
    if (state.kind !== "connected") throw new Error(state.kind);
    expect(state.restricted).toContain("helm.toolkit.fluxcd.io/HelmRelease");
    expect(state.restricted).not.toContain("kustomize.toolkit.fluxcd.io/Kustomization");
  });
  const { ref } = side.entry("Kustomization flux-system/apps").live;
  expect(await mayDo(dev.session, "patch", ref, never)).toBe(false);
  expect(await mayDo(side.session, "patch", ref, never)).toBe(true);
});

test("values of Secrets are in no document, no node and no log", async () => {
  const ref = { apiVersion: "v1", kind: "Secret", namespace: "demo", name: "key" };
  const raw = await readObject(side.session, ref, never);
  const encoded = Buffer.from(planted).toString("base64");
  expect(JSON.stringify(raw)).toContain(encoded);
  const text = yamlText(raw);
  expect(text).toContain("token: (hidden)");
  const shown = [
    text,
    ...side.log,
    ...[...side.index.all()].map(({ live }) => JSON.stringify(live)),
  ].join("\n");
  expect(shown).not.toContain(planted);
  expect(shown).not.toContain(encoded);
});

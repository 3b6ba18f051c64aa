/** Appliers with `spec.kubeConfig`: their objects are on another cluster, which their own cluster leads to. */
import { describe, expect, test } from "vitest";

import type { FileTree, KubeconfigSecret, Plan, RemoteAnswer } from "#simulator";
import { edited } from "../../../support/fixture.ts";
import { configMap, kustomization } from "../../../support/flux.ts";
import { fakeCluster, put } from "./fake-cluster.ts";
import type { FakeCluster } from "./fake-cluster.ts";
import { at, base, codes, lines, useLivePlans } from "./plan-bench.ts";

const { start, plan } = useLivePlans();

const kubeConfig = "  kubeConfig: {secretRef: {name: far}}";
const remote = edited(base, { "cluster/apps.yaml": kustomization("apps", "./apps", kubeConfig) });
const changed = edited(remote, { "apps/one.yaml": configMap("one", "changed") });

/** The home cluster as it is after `tree`, which leads to others; what was asked to be opened is noted. */
async function home(
  tree: FileTree,
  open: (secret: KubeconfigSecret) => RemoteAnswer,
): Promise<{ readonly cluster: FakeCluster; readonly secrets: KubeconfigSecret[] }> {
  const secrets: KubeconfigSecret[] = [];
  const cluster = Object.assign(await start(tree), {
    remote: (secret: KubeconfigSecret): Promise<RemoteAnswer> => {
      secrets.push(secret);
      return Promise.resolve(open(secret));
    },
  });
  for (const name of ["one", "two"]) cluster.objects.delete(at(name));
  return { cluster, secrets };
}

/** The other cluster: what the applier applied is there, with the labels of its owner. */
async function farAway(tree: FileTree): Promise<FakeCluster> {
  const far = fakeCluster("far");
  const all = await start(tree);
  for (const name of ["one", "two"]) {
    const object = all.objects.get(at(name));
    if (object !== undefined) far.objects.set(at(name), object);
  }
  return far;
}

const opened = (live: FakeCluster): RemoteAnswer => ({ outcome: "opened", live });

function messages(found: Plan): readonly string[] {
  return found.problems.map(({ message }) => message);
}

describe("the other cluster", () => {
  test("is asked where it can be opened; its own cluster is not asked about the same objects", async () => {
    const far = await farAway(remote);
    const { cluster, secrets } = await home(remote, () => opened(far));
    const found = await plan(changed, cluster);
    expect(lines(found)).toEqual(['apps: changed ConfigMap/one /data/key "1"→"changed"']);
    expect(codes(found)).toEqual([]);
    expect(found.live?.partial).toBeUndefined();
    expect(secrets).toEqual([{ namespace: "flux-system", name: "far" }]);
    expect(cluster.requests.map(({ path }) => path)).not.toContain(at("one"));
  });

  test("is named at its appliers", async () => {
    const far = await farAway(remote);
    const { cluster } = await home(remote, () => opened(far));
    const found = await plan(changed, cluster);
    const [apps, other] = ["apps", "other"].map(
      (name) =>
        found.clusters[0]?.appliers.find(({ applier }) => applier.ref.name === name)?.applier,
    );
    expect(apps?.remote).toBe("Secret flux-system/far");
    expect(other?.remote).toBeUndefined();
  });

  test("is opened once for all appliers that name it, by the key that they name", async () => {
    const far = await farAway(remote);
    const key = "  kubeConfig: {secretRef: {name: far, key: admin}}";
    const both = edited(remote, {
      "cluster/apps.yaml": kustomization("apps", "./apps", key),
      "cluster/other.yaml": kustomization("other", "./other", key),
    });
    const { cluster, secrets } = await home(both, () => opened(far));
    await plan(both, cluster);
    expect(secrets).toEqual([{ namespace: "flux-system", name: "far", key: "admin" }]);
  });

  test("loses what an applier that leaves had there", async () => {
    const far = await farAway(remote);
    const { cluster } = await home(remote, () => opened(far));
    // Objects of the same names at home belong to somebody else.
    const found = await plan(edited(remote, { "cluster/apps.yaml": undefined }), cluster);
    expect(lines(found)).toEqual([
      "flux-system: deleted Kustomization/apps",
      "apps: deleted ConfigMap/one",
      "apps: deleted ConfigMap/two",
    ]);
  });

  test("does not get the namespaces and kinds that arrive at home", async () => {
    const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n";
    const target = edited(changed, { "other/namespace.yaml": namespace });
    const far = fakeCluster("far");
    const missing = { kind: "Status", code: 404, reason: "NotFound" };
    const message = 'namespaces "apps" not found';
    const details = { kind: "namespaces", name: "apps" };
    far.intercept = ({ verb }) =>
      verb === "dry-run"
        ? { status: 404, body: JSON.stringify({ ...missing, message, details }) }
        : undefined;
    const { cluster } = await home(remote, () => opened(far));
    const found = await plan(target, cluster);
    expect(lines(found).filter((line) => line.startsWith("apps:"))).toEqual([]);
    expect(codes(found)).toContain("live-refused");
  });

  test("has its own object of a name that moves at home", async () => {
    const two = edited(base, {
      "cluster/spoke.yaml": kustomization("spoke", "./spoke", kubeConfig),
      "spoke/one.yaml": configMap("one", "1"),
    });
    const far = await farAway(two);
    const cluster = Object.assign(await start(two), {
      remote: () => Promise.resolve(opened(far)),
    });
    // At home the object is that of apps.
    const own = (await start(base)).objects.get(at("one"));
    if (own !== undefined) cluster.objects.set(at("one"), own);
    const target = edited(two, {
      "apps/one.yaml": undefined,
      "other/one.yaml": configMap("one", "moved"),
      "spoke/one.yaml": configMap("one", "changed"),
    });
    const found = (await plan(target, cluster)).clusters.flatMap(({ appliers }) => appliers);
    const kinds = found.flatMap(({ applier, changes }) =>
      changes.map(({ kind, ref }) => `${applier.ref.name}: ${kind} ${ref.name}`),
    );
    expect(kinds).toEqual(["other: moved one", "spoke: changed one"]);
  });

  test("that is lost leaves a plan that names it", async () => {
    const far = await farAway(remote);
    const { cluster } = await home(remote, () => opened(far));
    far.intercept = () => ({ status: 0, body: "connect ECONNREFUSED" });
    const found = await plan(changed, cluster);
    expect(found.live?.partial).toMatch(/^The connection to far was lost: 2 objects/);
    expect(codes(found)).toContain("live-unanswered");
  });

  test("is not asked after cancelling", async () => {
    const far = await farAway(remote);
    const { cluster } = await home(remote, () => opened(far));
    const abort = new AbortController();
    far.intercept = () => {
      abort.abort();
      return undefined;
    };
    await expect(plan(changed, cluster, { signal: abort.signal })).rejects.toThrow(/abort/i);
  });
});

describe("an applier says why its cluster is not asked", () => {
  test("when it was refused", async () => {
    const why = "you may not read Secret flux-system/far";
    const { cluster } = await home(remote, () => ({ outcome: "refused", why }));
    const found = await plan(changed, cluster);
    expect(lines(found)).toEqual([]);
    expect(codes(found)).toEqual(["live-unanswered"]);
    expect(messages(found)[0]).toContain(`because ${why}:`);
    expect(found.live?.partial).toContain("1 appliers for other clusters");
  });

  test("when the controller signs in as itself", async () => {
    const cloud = edited(changed, {
      "cluster/apps.yaml": kustomization(
        "apps",
        "./apps",
        "  kubeConfig: {configMapRef: {name: cloud}}",
      ),
    });
    const { cluster, secrets } = await home(cloud, () => ({ outcome: "refused", why: "" }));
    const found = await plan(cloud, cluster);
    expect(secrets).toEqual([]);
    expect(codes(found)).toEqual(["live-unanswered"]);
    expect(messages(found)[0]).toContain("ConfigMap flux-system/cloud");
  });

  test("when nobody can open other clusters", async () => {
    const cluster = await start(remote);
    put(cluster, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "flux-system", name: "far" },
      data: { value: btoa("planted") },
    });
    const found = await plan(changed, cluster);
    expect(lines(found)).toEqual([]);
    expect(codes(found)).toEqual(["live-unanswered"]);
    expect(cluster.requests.map(({ path }) => path)).not.toContain(at("one"));
    expect(JSON.stringify(found)).not.toContain("planted");
  });
});

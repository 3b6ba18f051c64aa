/**
 * The same cluster through the eyes of `flux get`, `flux tree` and `flux trace`, object by object. Where Sluice differs it is
 * meant to: each difference stands in the table at the end of docs/cluster.md.
 */
import { execFileSync } from "node:child_process";

import { afterAll, beforeAll, expect, test } from "vitest";

import { inventoryRefs, objectId, trace } from "#simulator";
import type { LiveState, ObjectRef } from "#simulator";

import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { isFailed, isReady } from "./harness/kube-api.ts";
import { binary } from "./harness/parts.ts";
import type { LiveSide } from "./live-clusters.ts";
import { eventually, openLiveSide } from "./live-clusters.ts";

let cluster: Cluster;
let side: LiveSide;

const files = {
  "clusters/apps.yaml": kustomizationText("apps", "path: ./apps"),
  "clusters/broken.yaml": kustomizationText("broken", "path: ./nowhere"),
  "clusters/waiting.yaml": kustomizationText(
    "waiting",
    "path: ./apps2, dependsOn: [{name: broken}]",
  ),
  "clusters/asleep.yaml": kustomizationText("asleep", "path: ./apps2, suspend: true"),
  "apps/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo}\n",
  "apps/config.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: demo}\n",
  "apps2/config.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: default}\n",
  "apps/release.yaml": `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: demo}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: repo, namespace: flux-system}}}
`,
  "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\n",
  "charts/web/templates/config.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n",
};

function kustomizationText(name: string, rest: string): string {
  return `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: repo}, ${rest}}
`;
}

const kustomization = (name: string) =>
  ({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    namespace: "flux-system",
    name,
  }) as const;

beforeAll(async () => {
  cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
  });
  const repository = cluster.git.create("repo");
  repository.push(files);
  await cluster.api.apply(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: flux-system}
spec: {interval: 1h, url: "${repository.url}", ref: {branch: main}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: lost, namespace: flux-system}
spec: {interval: 1h, url: "${repository.url}-lost", ref: {branch: main}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: flux-system}
spec: {type: oci, interval: 1h, url: "oci://127.0.0.1:1/charts"}
---
${kustomizationText("root", "path: ./clusters")}
`);
  for (const name of ["root", "apps"]) await cluster.api.waitFor(kustomization(name), isReady);
  for (const name of ["broken", "waiting"])
    await cluster.api.waitFor(kustomization(name), isFailed);
  const release = {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    namespace: "demo",
    name: "web",
  };
  await cluster.api.waitFor(release, isReady);
  side = await openLiveSide(cluster.kubeconfig, "admin@test");
});

afterAll(async () => {
  side?.clusters.dispose();
  await cluster?.stop();
});

function flux(...args: readonly string[]): string {
  return execFileSync(binary("flux"), [...args, "--kubeconfig", cluster.kubeconfig], {
    encoding: "utf8",
    env: { HOME: cluster.folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** `name -> [suspended, ready]` of a table with a header. */
function rows(text: string): ReadonlyMap<string, readonly [string, string]> {
  const result = new Map<string, readonly [string, string]>();
  for (const line of text.split("\n")) {
    const cells = line.split("\t").map((cell) => cell.trim());
    const at = cells.findIndex((cell, index) => index > 1 && /^(True|False)$/.test(cell));
    if (at < 0) continue;
    result.set(`${cells[0]}/${cells[1]}`, [cells[at] ?? "", cells[at + 1] ?? ""]);
  }
  return result;
}

/** What `flux get` prints for our states. */
const readyColumn: Readonly<Partial<Record<LiveState, string>>> = {
  ready: "True",
  failed: "False",
  stalled: "False",
  waiting: "False",
  reconciling: "Unknown",
  retrying: "Unknown",
};

test.each([
  ["kustomizations", "Kustomization", ["root", "apps", "broken", "waiting", "asleep"]],
  ["helmreleases", "HelmRelease", ["web"]],
  ["sources git", "GitRepository", ["repo", "lost"]],
  ["sources chart", "HelmChart", ["demo-web"]],
])("flux get %s says the same of each object", async (what, kind, names) => {
  await eventually(() => {
    const table = rows(flux("get", ...what.split(" "), "-A"));
    const entries = [...side.index.all()].filter(({ live }) => live.ref.kind === kind);
    expect(entries.map(({ live }) => live.ref.name).sort()).toEqual([...names].sort());
    expect([...table.keys()].map((key) => key.split("/")[1] ?? "").sort()).toEqual(
      [...names].sort(),
    );
    for (const { live, status } of entries) {
      const row = table.get(`${live.ref.namespace}/${live.ref.name}`);
      expect(row?.[0]).toBe(status.state === "suspended" ? "True" : "False");
      // A suspended object that never ran has no Ready: the CLI prints nothing or Unknown.
      if (status.state !== "suspended") expect(row?.[1]).toBe(readyColumn[status.state]);
    }
  });
});

test("where we say more than the CLI: waiting, static and suspended are states", () => {
  expect(side.entry("Kustomization flux-system/waiting").status).toMatchObject({
    state: "waiting",
    blocker: "flux-system/broken",
  });
  expect(side.entry("HelmRepository flux-system/charts").status.state).toBe("static");
  expect(side.entry("Kustomization flux-system/asleep").status.state).toBe("suspended");
});

interface TreeNode {
  readonly resource: {
    readonly Namespace: string;
    readonly Name: string;
    readonly GroupKind: { readonly Group: string; readonly Kind: string };
  };
  readonly resources?: readonly TreeNode[];
}

test("flux tree contains the objects of our tree", () => {
  const root = JSON.parse(flux("tree", "kustomization", "root", "-o", "json")) as TreeNode;
  const theirs: string[] = [];
  const walk = (node: TreeNode, parent: string): void => {
    const { Namespace, Name, GroupKind } = node.resource;
    const id = `${GroupKind.Group}/${GroupKind.Kind}/${Namespace}/${Name}`;
    theirs.push(`${parent} > ${id}`);
    for (const child of node.resources ?? []) walk(child, id);
  };
  walk(root, "");
  const ours: string[] = [];
  const visit = (id: string, parent: string): void => {
    ours.push(`${parent} > ${id}`);
    const entry = side.index.get(id);
    if (entry === undefined) return;
    for (const ref of inventoryRefs(entry.live.inventory))
      if (objectId(ref) !== id) visit(objectId(ref), id);
  };
  visit("kustomize.toolkit.fluxcd.io/Kustomization/flux-system/root", "");
  expect(ours.sort()).toEqual(theirs.sort());
});

test("flux trace names the appliers and sources of our trace", () => {
  const ref: ObjectRef = {
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: "demo",
    name: "settings",
  };
  const about = ["--kind", "ConfigMap", "--api-version", "v1", "-n", "demo"];
  const text = flux("trace", "settings", ...about);
  const labels = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
  };
  const object = { ...ref, metadata: { name: ref.name, namespace: ref.namespace, labels } };
  const { hops } = trace(object, (one) => side.index.get(objectId(one))?.live.object);
  const applier = hops.find(({ role }) => role === "applier");
  const source = hops.find(({ role }) => role === "source");
  expect(text).toMatch(new RegExp(`Kustomization:\\s+${applier?.ref.name}`));
  expect(text).toMatch(new RegExp(`Path:\\s+${applier?.location?.replace(".", "\\.")}`));
  expect(text).toMatch(new RegExp(`Revision:\\s+${source?.revision}`));
  expect(text).toMatch(new RegExp(`GitRepository:\\s+${source?.ref.name}`));
  expect(text).toContain(source?.location ?? "no address");
  // Ours goes on to the root, where the CLI stops.
  expect(hops.map(({ ref: { name } }) => name)).toEqual(["settings", "apps", "repo", "root"]);
});

/**
 * A whole repository on a real API server with the real controllers, and then its plan, which has to be empty; and the plan of a push that
 * makes helm-controller upgrade every release without changing what is in it, which has to name the HelmReleases and nothing else.
 * `npm run noise -- FOLDER NAME…`, where FOLDER/NAME holds corpus.tar.gz. Exit code 0 only when both are so.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { createSimulator, defaultOptions, simulateOnCluster, versionPicker } from "#simulator";
import type { FileTree, Plan, TreeFile } from "#simulator";
import { createLive } from "#simulator/cluster";
import { createNodeEngine, createSources, openWorkingTree } from "#simulator/node";
import { startCluster } from "../test/cluster/harness/cluster.ts";
import type { Cluster } from "../test/cluster/harness/cluster.ts";
import { freePorts } from "../test/support/free-ports.ts";
import { isReady, parseObjects } from "../test/cluster/harness/kube-api.ts";
import type { KubeObject } from "../test/cluster/harness/kube-api.ts";
import { crdsOf } from "../test/cluster/harness/parts.ts";
import { pause } from "../test/cluster/harness/process.ts";
import { gatesOf, serveCharts } from "./corpus-charts.ts";

/** Where the sources of the corpora point. */
const served = "127.0.0.1:5111";
const [folder = "", ...names] = process.argv.slice(2);
if (!existsSync(folder) || names.length === 0) {
  console.error("usage: npm run noise -- FOLDER NAME…");
  process.exit(2);
}
const [port = 0] = await freePorts(1);
const stopServing = await serveCharts(folder, port);
let isNoisy = false;
try {
  for (const name of names) isNoisy = (await measure(name)) || isNoisy;
} finally {
  stopServing();
}
process.exit(isNoisy ? 1 : 0);

async function measure(name: string): Promise<boolean> {
  const work = mkdtempSync(path.join(tmpdir(), `noise-${name}-`));
  execFileSync("tar", ["xzf", path.join(folder, name, "corpus.tar.gz"), "-C", work]);
  const oracle = (file: string): string => {
    const full = path.join(work, ".oracle", file);
    return existsSync(full) ? readFileSync(full, "utf8") : "";
  };
  const { flags } = JSON.parse(oracle("cluster.json")) as Flags;
  const cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
    crds: ["notification-controller"],
    moreCrds: [oracle("crds.yaml"), ...alertsAboutMoreKinds()],
    flags: { "kube-apiserver": flags["kube-apiserver"] ?? [] },
    featureGates: { "helm-controller": gatesOf(flags["helm-controller"] ?? []) },
  });
  try {
    const tree = await readTree(work);
    await push({ cluster, work, tree }, oracle);
    const plans = await plansFor({ cluster, work, tree }, oracle);
    return plans
      .map((plan, at) => report(`${name}, ${at === 0 ? "as it is" : "upgraded"}`, plan, at === 1))
      .includes(true);
  } finally {
    await cluster.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** By program. */
interface Flags {
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

/** Alerts may name the kinds of flux-operator, which sees to that where it installs Flux. */
function alertsAboutMoreKinds(): readonly string[] {
  return crdsOf("notification-controller")
    .filter((text) => /^ {2}name: alerts\./m.test(text))
    .map((text) =>
      text.replaceAll(/^( *)- HelmRepository$/gm, "$&\n$1- FluxInstance\n$1- ResourceSet"),
    );
}

/** The work tree without what the corpus adds, its sources at the address where the charts are served. */
async function readTree(work: string): Promise<FileTree> {
  const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: work, encoding: "utf8" });
  for (const file of tracked.split("\0").filter((one) => /\.ya?ml$/.test(one))) {
    const full = path.join(work, file);
    if (lstatSync(full).isSymbolicLink()) continue;
    const text = readFileSync(full, "utf8");
    if (text.includes(served)) writeFileSync(full, text.replaceAll(served, `127.0.0.1:${port}`));
  }
  const tree = await (await openWorkingTree(work)).read();
  const files = [...tree.files].filter(([file]) => !file.startsWith(".oracle/"));
  return { ...tree, files: new Map(files) };
}

interface Bench {
  readonly cluster: Cluster;
  readonly work: string;
  readonly tree: FileTree;
}

async function push({ cluster, tree }: Bench, oracle: (file: string) => string): Promise<void> {
  const { api, git } = cluster;
  for (const one of parseObjects(oracle("cluster-inputs.yaml"))) {
    const { namespace } = one.metadata;
    if (namespace !== undefined)
      await api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await api.apply(one);
  }
  for (const one of controllers(oracle)) await api.apply(one);
  const repository = git.create("corpus");
  const files = [...tree.files].flatMap(([file, { bytes }]) =>
    bytes === undefined ? [] : [[file, bytes] as const],
  );
  repository.push(Object.fromEntries(files));
  await api.apply(oracle("root.yaml").replace(/url: .*/, `url: ${repository.url}`));
  const { customResources } = JSON.parse(oracle("cluster.json")) as {
    readonly customResources: readonly CustomKind[];
  };
  await quiet(cluster, customResources);
}

/** The Deployments of the controllers, which run as plain programs here: their arguments are where a plan learns of feature gates. */
function controllers(oracle: (file: string) => string): readonly KubeObject[] {
  const { flags } = JSON.parse(oracle("cluster.json")) as Flags;
  return ["kustomize-controller", "helm-controller"].map((name) => {
    const labels = { "app.kubernetes.io/part-of": "flux", app: name };
    const containers = [{ name: "manager", image: name, args: flags[name] ?? [] }];
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: "flux-system", labels },
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels }, spec: { containers } },
      },
    };
  });
}

/** Until everything is Ready, or nothing has changed for a minute. */
async function quiet({ api }: Cluster, kinds: readonly CustomKind[]): Promise<void> {
  let [before, since] = ["", performance.now()];
  const healed = new Set<string>();
  while (performance.now() - since < 60_000) {
    await heal(api, kinds, healed);
    const all = await Promise.all([
      api.list("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
      api.list("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    ]);
    const states = all.flat().map((one) => `${one.metadata.name} ${String(isReady(one))}`);
    const now = JSON.stringify(states);
    if (now !== before) [before, since] = [now, performance.now()];
    if (states.every((state) => state.endsWith(" true")) && performance.now() - since > 15_000)
      return;
    await pause(1_000);
  }
}

interface CustomKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Custom resources that say that they are well, as their operators would. */
async function heal(
  api: Cluster["api"],
  kinds: readonly CustomKind[],
  healed: Set<string>,
): Promise<void> {
  for (const { apiVersion, kind } of kinds) {
    for (const { metadata } of await api.list(apiVersion, kind)) {
      const { uid = "", name, namespace, generation } = metadata;
      if (healed.has(uid)) continue;
      healed.add(uid);
      const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
      const time = "2026-01-01T00:00:00Z";
      const ready = { type: "Ready", status: "True", reason: "Well", message: "" };
      const conditions = [{ ...ready, lastTransitionTime: time, observedGeneration: generation }];
      const status = { conditions, observedGeneration: generation, ceph: { health: "HEALTH_OK" } };
      await api.patch(ref, { status }, "status");
    }
  }
}

async function plansFor(
  { cluster, work, tree }: Bench,
  oracle: (file: string) => string,
): Promise<readonly Plan[]> {
  const live = createLive([cluster.kubeconfig], "admin@test");
  const engine = createNodeEngine({});
  const sources = createSources({
    cacheDir: path.join(work, ".cache"),
    offline: false,
    allowPrivateNetwork: true,
    pickVersion: versionPicker(engine),
  });
  const simulator = createSimulator({ engine, sources });
  const options = {
    ...defaultOptions,
    roots: [{ name: "root.yaml", text: oracle("root.yaml") }],
    ageIdentities: oracle("age.key").match(/AGE-SECRET-KEY-1[A-Z0-9]+/g) ?? [],
  };
  try {
    const plans: Plan[] = [];
    for (const one of [tree, upgrading(tree)]) {
      const reading = performance.now();
      const simulation = await simulateOnCluster(simulator, one, options, live);
      const started = performance.now();
      const plan = await simulator.livePlan(simulation, live);
      const times = [started - reading, performance.now() - started].map(Math.round);
      console.log(`simulated and planned in ${times.join(" and ")} ms`);
      plans.push(plan);
    }
    return plans;
  } finally {
    live.close();
    await simulator.dispose();
  }
}

/** Every HelmRelease with an empty list of post-renderers: that is another digest, and the same render. */
function upgrading(tree: FileTree): FileTree {
  const files = [...tree.files].map(([file, entry]): [string, TreeFile] => {
    const text = new TextDecoder().decode(entry.bytes);
    if (!/^kind: HelmRelease$/m.test(text)) return [file, entry];
    const parts = text
      .split(/^---$/m)
      .map((part) =>
        /^kind: HelmRelease$/m.test(part) && !part.includes("postRenderers:")
          ? part.replace(/^spec:$/m, "spec:\n  postRenderers: []")
          : part,
      );
    const bytes = new TextEncoder().encode(parts.join("---"));
    const id = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
    return [file, { ...entry, id, size: bytes.length, bytes }];
  });
  return { ...tree, files: new Map(files) };
}

/** Prints what would change. Gives whether there is anything that should not be. */
function report(name: string, { clusters, live, problems }: Plan, isUpgrade: boolean): boolean {
  const all = clusters.flatMap(({ appliers }) => appliers.flatMap((one) => one.changes));
  const changes = all.filter(({ ref }) => !isUpgrade || ref.kind !== "HelmRelease");
  if (isUpgrade) console.log(`${name}: ${all.length - changes.length} HelmReleases`);
  const states = new Map<string, number>();
  for (const { applier } of clusters.flatMap(({ appliers }) => appliers))
    states.set(applier.state, (states.get(applier.state) ?? 0) + 1);
  console.log(`${name}: ${changes.length} changes; appliers ${JSON.stringify([...states])}`);
  console.log(`  ${JSON.stringify({ ...live, taken: live?.taken.length })}`);
  for (const { kind, id, fields } of changes.slice(0, 40))
    console.log(`  ${kind} ${id} ${JSON.stringify(fields).slice(0, 400)}`);
  for (const { code, severity, message } of problems)
    console.log(`  ${severity} ${code}: ${message}`);
  return changes.length > 0;
}

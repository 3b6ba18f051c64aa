/**
 * The oracle: all scenarios on one cluster. Converge, predict each as a user who may be watched, push, let the controllers act, and say what
 * happened; then predict once more, when nothing is left to do.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createSimulator, defaultOptions, simulateOnCluster, versionPicker } from "#simulator";
import type { Live, Plan, Simulator } from "#simulator";
import { createLive, RemoteLives } from "#simulator/cluster";
import { createNodeEngine, createSources } from "#simulator/node";
import { treeOf } from "../../support/fixture.ts";
import { startCluster } from "../harness/cluster.ts";
import type { Cluster } from "../harness/cluster.ts";
import type { GitRepository } from "../harness/git-repositories.ts";
import { auditPosition } from "../harness/audit-events.ts";
import { auditFlags, sentByPredictor, writtenByControllers } from "./audit-log.ts";
import type { ChangeScenario } from "./change-scenario.ts";
import { rootObjects } from "./change-scenario.ts";
import { whatHappened, whatWasPredicted } from "./outcome.ts";
import type { Outcomes } from "./outcome.ts";
import { quiet, settled } from "./settled.ts";
import { takeSnapshot } from "./snapshot.ts";

export interface Verdict {
  readonly scenario: ChangeScenario;
  readonly plan: Plan;
  readonly predicted: Outcomes;
  readonly happened: Outcomes;
  /** What is predicted when the controllers are done. */
  readonly again: Plan;
}

export interface OracleResult {
  readonly verdicts: readonly Verdict[];
  /** What the prediction sent, by what it was. */
  readonly sent: Readonly<Record<string, number>>;
}

interface World {
  readonly cluster: Cluster;
  readonly live: Live;
  readonly simulator: Simulator;
  readonly repositories: ReadonlyMap<string, GitRepository>;
  readonly log: string;
}

export async function runScenarios(scenarios: readonly ChangeScenario[]): Promise<OracleResult> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-oracle-"));
  const log = join(folder, "audit.log");
  const cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller", "flux-operator"],
    flags: { "kube-apiserver": auditFlags(join(folder, "policy.yaml"), log) },
  });
  const home = createLive([cluster.devKubeconfig], "dev@test");
  const remotes = new RemoteLives(home, () => ({ allowPrivateNetwork: true }));
  const never = new AbortController().signal;
  const live: Live = { ...home, remote: (secret, signal = never) => remotes.open(secret, signal) };
  const simulator = newSimulator(join(folder, "cache"));
  try {
    await cluster.api.apply(allRights);
    const repositories = new Map(scenarios.map(({ name }) => [name, cluster.git.create(name)]));
    const world = { cluster, live, simulator, repositories, log };
    await converge(world, scenarios);
    return await predictAndPush(world, scenarios);
  } finally {
    remotes.close();
    home.close();
    await simulator.dispose();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const allRights = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: devs}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
`;

export function newSimulator(cacheDir: string): Simulator {
  const engine = createNodeEngine({ jobs: 1 });
  const pickVersion = versionPicker(engine);
  const sources = createSources({
    cacheDir,
    offline: false,
    allowPrivateNetwork: true,
    pickVersion,
  });
  return createSimulator({ engine, sources });
}

async function converge(world: World, scenarios: readonly ChangeScenario[]): Promise<void> {
  const { cluster, repositories } = world;
  for (const scenario of scenarios) {
    const { name, before, rootSpec } = scenario;
    const repository = repositories.get(name);
    if (repository === undefined) throw new Error(name);
    repository.push(before);
    const [space = "", ...root] = rootObjects(name, repository.url, rootSpec).split("\n---\n");
    await cluster.api.apply(space);
    if (scenario.cluster !== undefined) await cluster.api.apply(scenario.cluster(cluster));
    for (const object of root) await cluster.api.apply(object);
  }
  for (const { name } of scenarios) await settled(cluster, name, [], undefined);
  await quiet(cluster);
  for (const { meddle } of scenarios) await meddle?.(cluster);
}

async function predictAndPush(
  world: World,
  scenarios: readonly ChangeScenario[],
): Promise<OracleResult> {
  const { cluster, live, repositories, log } = world;
  const start = auditPosition(log);
  const before = await takeSnapshot(live);
  const plans = new Map<string, Plan>();
  for (const scenario of scenarios) plans.set(scenario.name, await predict(world, scenario));
  const pushed = auditPosition(log);
  for (const { name, change, fails = [] } of scenarios) {
    const commit = repositories.get(name)?.push(change) ?? "";
    await reconcile(cluster, name, "push");
    await settled(cluster, name, fails, `main@sha1:${commit}`);
  }
  await quiet(cluster);
  const after = await takeSnapshot(live);
  const written = await writtenByControllers(log, pushed, live);
  const verdicts: Verdict[] = [];
  for (const scenario of scenarios) {
    const { name } = scenario;
    const plan = plans.get(name);
    if (plan === undefined) throw new Error(name);
    const own = new Set([...written].filter((id) => isOf(id, name)));
    verdicts.push({
      scenario,
      plan,
      predicted: whatWasPredicted(plan, after),
      happened: whatHappened(own, before, after),
      again: await predict(world, scenario),
    });
  }
  return { verdicts, sent: sentByPredictor(log, start) };
}

/** By namespace, or by how the names of cluster-scoped objects begin. */
function isOf(id: string, scenario: string): boolean {
  const [space = "", name = ""] = id.split("/").slice(-2);
  return (
    space === scenario ||
    space.startsWith(`${scenario}-`) ||
    (space === "" && name.startsWith(scenario))
  );
}

/** The plan of the repository as it is after the change. */
async function predict(
  { live, simulator, repositories }: Omit<World, "log">,
  { name, before, change, rootSpec }: ChangeScenario,
): Promise<Plan> {
  const url = repositories.get(name)?.url ?? "";
  const files = Object.entries({ ...before, ...change }).filter(([, text]) => text !== undefined);
  const options = {
    ...defaultOptions,
    roots: [
      {
        name: "root",
        text: rootObjects(name, url, rootSpec).split("\n---\n").slice(1).join("\n---\n"),
      },
    ],
    remoteUrls: [url],
  };
  const tree = treeOf(Object.fromEntries(files) as Record<string, string>);
  const simulation = await simulateOnCluster(simulator, tree, options, live);
  return simulator.livePlan(simulation, live);
}

async function reconcile({ api }: Cluster, name: string, token: string): Promise<void> {
  const requestedAt = { "reconcile.fluxcd.io/requestedAt": token };
  const apiVersion = "source.toolkit.fluxcd.io/v1";
  const ref = { apiVersion, kind: "GitRepository", namespace: name, name };
  await api.patch(ref, { metadata: { annotations: requestedAt } });
}

/** Gives one scenario to the real controllers in a cluster of its own and writes down what they did. */
import { auditPosition } from "../harness/audit-events.ts";
import { startCluster } from "../harness/cluster.ts";
import type { Cluster } from "../harness/cluster.ts";
import { packChart } from "../harness/artifact-server.ts";
import { condition } from "../harness/kube-api.ts";
import type { Condition, KubeObject, Ref } from "../harness/kube-api.ts";
import { versions } from "../harness/parts.ts";
import { pause } from "../harness/process.ts";
import { sha256 } from "../harness/tarball.ts";
import { readWrites } from "./audit.ts";
import type { Expected, Outcome, PushExpected } from "./expected.ts";
import { normalised } from "./normalise.ts";
import type { Places } from "./normalise.ts";
import { publish } from "./publish.ts";
import { rootName, rootObjects } from "./root.ts";
import { namesServers, withServers } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import { storedReleases } from "./stored-releases.ts";

const sourceGroup = "source.toolkit.fluxcd.io/v1";
const watched = [
  ["helm.toolkit.fluxcd.io/v2", "HelmRelease"],
  ["kustomize.toolkit.fluxcd.io/v1", "Kustomization"],
  [sourceGroup, "HelmChart"],
  [sourceGroup, "OCIRepository"],
] as const;
/** Nothing has changed for so long: the controllers have come to their end. */
const quiet = 4_000;
const patience = 120_000;

const root: Ref = {
  apiVersion: sourceGroup,
  kind: "GitRepository",
  namespace: rootName,
  name: rootName,
};
const rootKustomization = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  namespace: rootName,
  name: rootName,
} as const;

export async function recordScenario(scenario: Scenario): Promise<Expected> {
  const cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
    audit: true,
    featureGates: { "helm-controller": scenario.featureGates ?? {} },
    healthy: {
      isBroken: ({ metadata }) =>
        scenario.brokenWorkloads === true && metadata.labels?.["test.sluice/broken"] === "true",
    },
  });
  try {
    publish(scenario, cluster.artifacts);
    if (scenario.cluster !== undefined) await cluster.api.apply(scenario.cluster);
    await publishExternalArtifacts(scenario, cluster);
    const pushes = await recordPushes(scenario, cluster);
    return { about: scenario.about, versions, pushes };
  } finally {
    await cluster.stop();
  }
}

async function publishExternalArtifacts(
  scenario: Scenario,
  { api, artifacts }: Cluster,
): Promise<void> {
  for (const { namespace, name, chart, revision } of scenario.externalArtifacts ?? []) {
    const bytes = packChart(chart);
    const url = artifacts.addFile(`external/${namespace}/${name}.tgz`, bytes);
    const ref = { apiVersion: sourceGroup, kind: "ExternalArtifact", namespace, name };
    await api.apply({
      apiVersion: sourceGroup,
      kind: "ExternalArtifact",
      metadata: { namespace, name },
      spec: {},
    });
    const now = "2026-01-01T00:00:00Z";
    const artifact = {
      digest: `sha256:${sha256(bytes)}`,
      lastUpdateTime: now,
      path: `external/${namespace}/${name}.tgz`,
      revision,
      size: bytes.length,
      url,
    };
    const ready = {
      type: "Ready",
      status: "True",
      reason: "Succeeded",
      message: "stored",
      lastTransitionTime: now,
    };
    await api.patch(ref, { status: { artifact, conditions: [ready] } }, "status");
  }
}

async function recordPushes(
  scenario: Scenario,
  cluster: Cluster,
): Promise<readonly PushExpected[]> {
  const { api, git, artifacts, auditLog, folder } = cluster;
  const places: Places = {
    folder,
    helmRepository: artifacts.helmRepository,
    registry: artifacts.registry,
  };
  const repository = git.create(rootName);
  const pushes: PushExpected[] = [];
  for (const [index, files] of [scenario.tree, ...(scenario.later ?? [])].entries()) {
    const before = auditPosition(auditLog);
    const commit = repository.push(withServers<string | Uint8Array | undefined>(files, artifacts));
    if (index === 0) await api.apply(rootObjects(repository.url));
    else
      await api.patch(root, {
        metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": `${index}` } },
      });
    const revision = `main@sha1:${commit}`;
    await api.waitFor(root, (object) => artifactRevision(object) === revision);
    await api.waitFor(
      rootKustomization,
      (object) => object.status?.["lastAttemptedRevision"] === revision,
    );
    await settled(cluster);
    await checkRoot(cluster);
    const push = {
      ...(namesServers(scenario) ? {} : { revision }),
      outcomes: await outcomes(cluster),
      releases: await storedReleases(api),
      ...(await readWrites(auditLog, before, api)),
    };
    pushes.push(normalised(push, places));
  }
  return pushes;
}

/** A scenario is about HelmReleases: one that the API server refuses would hide all others. */
async function checkRoot({ api }: Cluster): Promise<void> {
  const ready = condition(
    (await api.get(rootKustomization)) ?? { ...rootKustomization, metadata: rootKustomization },
  );
  if (ready?.status !== "True")
    throw new Error(`the root Kustomization failed: ${ready?.message ?? ""}`);
}

async function settled(cluster: Cluster): Promise<void> {
  const deadline = performance.now() + patience;
  let last = "";
  let since = performance.now();
  while (performance.now() - since < quiet) {
    const states = (await outcomes(cluster)).map(
      ({ kind, name, ready, suspended, history }) =>
        `${kind} ${name} ${ready?.status ?? (suspended ? "Suspended" : "Unknown")} ${ready?.reason ?? ""} ${history?.length ?? 0}`,
    );
    const state = states.join("\n");
    if (state !== last || state.includes(" Unknown ")) since = performance.now();
    last = state;
    if (performance.now() > deadline) throw new Error(`no end of changes:\n${state}`);
    await pause(250);
  }
}

async function outcomes({ api }: Cluster): Promise<readonly Outcome[]> {
  const all = await Promise.all(watched.map(([apiVersion, kind]) => api.list(apiVersion, kind)));
  return all
    .flat()
    .map(outcome)
    .sort((one, other) => (text(one) < text(other) ? -1 : 1));
}

function text({ kind, namespace, name }: Outcome): string {
  return `${kind} ${namespace}/${name}`;
}

function outcome(object: KubeObject): Outcome {
  const { kind, metadata, status = {} } = object;
  const ready = condition(object);
  const history = status["history"] as Outcome["history"];
  const inventory = status["inventory"] as Inventory | undefined;
  const revision = artifactRevision(object);
  return {
    kind,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    ready:
      ready === undefined
        ? null
        : { status: ready.status, reason: ready.reason, message: wordsOf(kind, ready) },
    ...(object.spec?.["suspend"] === true ? { suspended: true } : {}),
    ...(revision === undefined ? {} : { revision }),
    ...(kind === "HelmRelease" && history !== undefined
      ? {
          history: history.map(({ name, namespace, version, chartName, chartVersion, status }) => ({
            ...{ name, namespace, version, chartName, chartVersion, status },
          })),
        }
      : {}),
    ...(kind === "HelmRelease"
      ? { inventory: (inventory?.entries ?? []).map(({ id, v }) => `${id} ${v}`).sort() }
      : {}),
  };
}

/** The words of a source that is ready differ with the number of times that it was reconciled. */
function wordsOf(kind: string, { status, message }: Condition): string {
  return kind !== "HelmRelease" && status === "True" ? "" : message;
}

interface Inventory {
  readonly entries?: readonly { readonly id: string; readonly v: string }[];
}

function artifactRevision({ status }: KubeObject): string | undefined {
  return (status?.["artifact"] as { readonly revision?: string } | undefined)?.revision;
}

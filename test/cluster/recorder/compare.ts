/**
 * Gives a scenario to the simulator and compares with the recording: each object that helm-controller applied, field by
 * field, and what became of each HelmRelease, by the reason and the words of its condition.
 */
import { rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createSimulator, defaultOptions, versionPicker } from "#simulator";
import type { FileTree, RenderedEntry, Simulation, SimulationOptions } from "#simulator";
import { createNodeEngine, createSources } from "#simulator/node";
import type { HelmResult } from "#simulator/engine";
import { treeOf } from "../../support/fixture.ts";
import { packChart, startArtifactServer } from "../harness/artifact-server.ts";
import type { ArtifactServer } from "../harness/artifact-server.ts";
import { compareDeletes } from "./compare-deletes.ts";
import { compareRelease } from "./compare-release.ts";
import type { Expected, Outcome, PushExpected } from "./expected.ts";
import { normalised } from "./normalise.ts";
import { publish } from "./publish.ts";
import { rootName, rootObjects } from "./root.ts";
import { withServers } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import { watched } from "./watched-engine.ts";

/** What differs for one HelmRelease at one push; an empty list is what is wanted. */
export interface Comparison {
  readonly push: number;
  /** `<namespace>/<name>`, or `deleted` for what all releases of a later push no longer have. */
  readonly release: string;
  readonly differences: readonly string[];
}

interface Rendered {
  readonly simulation: Simulation;
  readonly entries: readonly RenderedEntry[];
  readonly answers: ReadonlyMap<string, HelmResult>;
}

const unknownCommit = `main@sha1:${"0".repeat(40)}`;

export async function compareScenario(
  scenario: Scenario,
  expected: Expected,
): Promise<readonly Comparison[]> {
  const server = await startArtifactServer();
  const cacheDir = mkdtempSync(join(tmpdir(), "sluice-scenario-"));
  const { engine, answers } = watched(createNodeEngine({ jobs: 1 }));
  const sources = createSources({
    cacheDir,
    offline: false,
    allowPrivateNetwork: true,
    pickVersion: versionPicker(engine),
  });
  const simulator = createSimulator({ engine, sources });
  try {
    publish(scenario, server);
    const trees = treesOf(scenario, expected, server);
    const simulated = async (
      tree: FileTree,
      helm: SimulationOptions["helm"],
      previous?: Simulation,
    ): Promise<Rendered> => {
      const simulation = await simulator.simulate(
        tree,
        optionsOf(scenario, tree, helm),
        previous === undefined ? {} : { previous },
      );
      const entries = await simulator.rendered(simulation, { secrets: "show", origins: false });
      return { simulation, entries, answers };
    };
    const comparisons: Comparison[] = [];
    for (const [index, push] of expected.pushes.entries()) {
      const before = trees[index - 1];
      const base = before && (await simulated(before, "upgrade"));
      const tree = trees[index] ?? treeOf({});
      const target = await simulated(
        tree,
        base === undefined ? "install" : "upgrade",
        base?.simulation,
      );
      comparisons.push(...comparePush(index, push, target, server));
      if (base === undefined) continue;
      const plan = await simulator.plan(base.simulation, target.simulation);
      const differences = compareDeletes(push, base.entries, plan);
      comparisons.push({ push: index, release: "deleted", differences });
    }
    return comparisons;
  } finally {
    await simulator.dispose();
    await server.close();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

/** The repository after each push. */
function treesOf(
  scenario: Scenario,
  { pushes }: Expected,
  server: ArtifactServer,
): readonly FileTree[] {
  const files = new Map<string, string | Uint8Array>();
  return [scenario.tree, ...(scenario.later ?? [])].map((changes, index) => {
    for (const [path, content] of Object.entries(changes)) {
      if (content === undefined) files.delete(path);
      else files.set(path, content);
    }
    const tree = treeOf(withServers(Object.fromEntries(files), server));
    return { ...tree, revision: pushes[index]?.revision ?? unknownCommit };
  });
}

function optionsOf(
  scenario: Scenario,
  tree: FileTree,
  helm: SimulationOptions["helm"],
): SimulationOptions {
  const external = (scenario.externalArtifacts ?? []).map(
    ({ namespace, name, chart, revision }): readonly [string, FileTree] => [
      `ExternalArtifact/${namespace}/${name}`,
      { ...treeOf({ "chart.tgz": packChart(chart) }), revision },
    ],
  );
  return {
    ...defaultOptions,
    roots: [{ name: "root.yaml", text: rootObjects("http://git.test/flux-system.git") }],
    live: [{ name: "cluster.yaml", text: scenario.cluster ?? "" }],
    sources: new Map([[`GitRepository/${rootName}/${rootName}`, tree], ...external]),
    kubeVersion: "v1.36.4",
    helm,
    featureGates: scenario.featureGates ?? {},
  };
}

function comparePush(
  index: number,
  push: PushExpected,
  { simulation, entries, answers }: Rendered,
  server: ArtifactServer,
): readonly Comparison[] {
  const places = {
    folder: "/nowhere",
    helmRepository: server.helmRepository,
    registry: server.registry,
  };
  const releases = push.outcomes.filter(({ kind }) => kind === "HelmRelease");
  return releases.map((outcome) => {
    const release = `${outcome.namespace}/${outcome.name}`;
    const own = entries.filter(
      ({ applier }) =>
        applier.kind === "HelmRelease" && `${applier.namespace}/${applier.name}` === release,
    );
    const record = simulation.appliers.find(
      ({ ref }) => ref.kind === "HelmRelease" && `${ref.namespace}/${ref.name}` === release,
    );
    const reached = normalised(outcomeText(record?.state ?? "absent", record), places);
    const wanted = wantedText(outcome);
    const words = wanted === reached ? [] : [`outcome: expected ${wanted}, got ${reached}`];
    const inventory = outcome.inventory?.length ?? 0;
    const count = record?.state === "ready" && index === 0 ? record.objects : inventory;
    return {
      push: index,
      release,
      differences: [
        ...words,
        ...(count === inventory ? [] : [`inventory: expected ${inventory} objects, got ${count}`]),
        ...compareObjects(outcome, push, index, normalised(own, places)),
        ...(isApplied(outcome, push, index)
          ? compareRelease(outcome, push, answers.get(release))
          : []),
      ],
    };
  });
}

function wantedText(outcome: Outcome): string {
  if (outcome.suspended || outcome.ready === null) return "suspended";
  return outcomeText(outcome.ready.status === "True" ? "ready" : "failed", outcome.ready);
}

/** Failures and blocks by reason and message; a release that is ready or suspended needs no words. */
function outcomeText(
  state: string,
  condition: { readonly reason?: string; readonly message?: string } | undefined,
): string {
  if (state === "ready" || state === "suspended") return state;
  return `${condition?.reason ?? state}: ${plain(condition?.message ?? "")}`;
}

/**
 * Without temporary folders, whose names the simulator leaves out. Helm lists the errors of a schema, and of objects that
 * it can't apply, in the order of a Go map, which is none.
 */
function plain(message: string): string {
  return message
    .replaceAll(/<dir>\/(?:helmchart|chart)-[\w.-]*<n>\/(?:source\/)?/g, "")
    .replaceAll("<dir>/", "/")
    .trim()
    .split("\n")
    .sort()
    .join("\n");
}

function compareObjects(
  outcome: Outcome,
  push: PushExpected,
  index: number,
  own: readonly RenderedEntry[],
): readonly string[] {
  const release = `${outcome.namespace}/${outcome.name}`;
  const expected = push.objects.filter((object) => object.release === release);
  const unlabelled = push.objects.filter((object) => object.release === "");
  if (!isApplied(outcome, push, index)) return [];
  const key = ({ ref }: Pick<RenderedEntry, "ref">): string =>
    `${ref.apiVersion} ${ref.kind} ${ref.namespace === "" ? "" : `${ref.namespace}/`}${ref.name}`;
  const actual = new Map(own.map((entry) => [key(entry), entry]));
  const differences: string[] = [];
  for (const object of expected) {
    const found = actual.get(key(object));
    actual.delete(key(object));
    if (found === undefined) differences.push(`missing: ${key(object)}`);
    else differences.push(...fieldsOf(key(object), object.object, JSON.parse(found.json)));
  }
  for (const object of unlabelled) {
    const found = actual.get(key(object));
    if (found === undefined) continue;
    actual.delete(key(object));
    differences.push(...fieldsOf(key(object), object.object, JSON.parse(found.json)));
  }
  if (outcome.ready?.status === "True" && index === 0)
    differences.push(...[...actual.keys()].map((extra) => `extra: ${extra}`));
  return differences;
}

/** A later push applies again only what changed, so that nothing can be said about the rest. */
function isApplied({ namespace, name }: Outcome, push: PushExpected, index: number): boolean {
  const own = push.objects.filter(({ release }) => release === `${namespace}/${name}`);
  return index === 0 || own.some(({ ref }) => ref.kind !== "HelmChart");
}

function fieldsOf(what: string, expected: unknown, actual: unknown): readonly string[] {
  return differingPaths(expected, actual, "").map((difference) => `${what}: ${difference}`);
}

function differingPaths(expected: unknown, actual: unknown, at: string): readonly string[] {
  if (Object.is(expected, actual) || at === "/metadata/creationTimestamp") return [];
  if (isParent(expected) && isParent(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) =>
      differingPaths(expected[key], actual[key], `${at}/${key.replaceAll("/", "~1")}`),
    );
  }
  return [`${at}: expected ${short(expected)}, got ${short(actual)}`];
}

function isParent(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 200);
}

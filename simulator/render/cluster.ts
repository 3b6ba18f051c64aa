/**
 * Renders one cluster from its roots: children come from their parent's render, never from files; data for
 * substitution and sources come from whatever is rendered anywhere in the cluster. Rounds go on until nothing changes,
 * so the order of files and of answers has no influence.
 */
import type { EngineObject } from "../engine/protocol.ts";
import { applierKinds } from "../flux/applier.ts";
import { isFluxKind } from "../flux/kinds.ts";
import { localKey, objectId } from "../flux/object-ref.ts";
import { readApplier } from "../flux/read-applier.ts";
import type { Seed } from "../graph/seeds.ts";
import type { LackingFact } from "../live/facts.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { Place } from "../records.ts";
import { build, remembered, settledInputs } from "./build.ts";
import type { BuildInputs } from "./build.ts";
import { indexCluster } from "./cluster-index.ts";
import type { ClusterIndex } from "./cluster-index.ts";
import { giveWay } from "./context.ts";
import { recordFacts } from "./facts-view.ts";
import type { FactsView } from "./facts-view.ts";
import type { RenderContext } from "./context.ts";
import { asOnCluster } from "./live-applier.ts";
import { nodeInputs } from "./node-inputs.ts";
import type { NodeInputs } from "./node-inputs.ts";
import { applierId, nodeRef } from "./node.ts";
import type { Outcome, RenderNode, Stopped } from "./node.ts";
import { offerOf, parsed } from "./objects.ts";
import type { Scope } from "./objects.ts";

export interface RenderedNode extends RenderNode {
  readonly built: Outcome;
}

export interface ClusterRender {
  readonly cluster: string;
  /** Parents before children. */
  readonly nodes: readonly RenderedNode[];
  readonly scopes: ReadonlyMap<string, Scope>;
  /** With a live cluster: what it has not told, and names of what was taken from it. */
  readonly lacking?: readonly LackingFact[];
  readonly taken?: readonly string[];
}

interface Evaluated {
  readonly inputs: BuildInputs | undefined;
  readonly outcome: Outcome;
}

/** Deep chains of parents and data need a round each; more than this is a loop that feeds itself. */
const maxRounds = 64;
/** Levels of appliers below a root, and appliers of a cluster: beyond them nothing is rendered. People use 4 and 500. */
const maxLevels = 8;
const maxNodes = 10_000;

export async function renderCluster(seed: Seed, given: RenderContext): Promise<ClusterRender> {
  const { cluster } = given.options;
  const facts = cluster === undefined ? undefined : recordFacts(cluster);
  const context = facts === undefined ? given : { ...given, facts: facts.view };
  const evaluated = new Map<string, Evaluated>();
  const outcomeOf = ({ id }: RenderNode): Outcome | undefined => evaluated.get(id)?.outcome;
  let patient = true;
  for (let round = 0; round < maxRounds; round++) {
    await giveWay(context);
    facts?.begin();
    const nodes = reach(seed, evaluated, context);
    const index = indexCluster(seed, nodes, outcomeOf, context, patient);
    const outcomes = await advanceInOrder(nodes, { evaluated, index, patient, context });
    if (outcomes.includes("news")) continue;
    // With a live cluster a last round fills from it what is missing.
    if (!outcomes.includes("waiting") && (facts === undefined || !patient)) break;
    // Nothing moves any more: what is still missing is missing.
    patient = false;
  }
  const render = finish(reach(seed, evaluated, context), seed, evaluated, context);
  if (facts !== undefined) noteDependencies(render.nodes, facts.view);
  return facts === undefined
    ? render
    : { ...render, lacking: facts.lacking(), taken: facts.taken() };
}

/** `waiting`: an input may still be rendered. `news`: its outcome may be another one than before. */
type Advance = "waiting" | "same" | "news";

interface Round {
  readonly evaluated: Map<string, Evaluated>;
  readonly index: ClusterIndex;
  readonly patient: boolean;
  readonly context: RenderContext;
}

/**
 * HelmReleases come when everything else stands still: charts ask for the API versions of the cluster, and
 * CustomResourceDefinitions may come from any Kustomization.
 */
async function advanceInOrder(
  nodes: readonly RenderNode[],
  round: Round,
): Promise<readonly Advance[]> {
  const isLate = ({ spec }: RenderNode): boolean => spec.kind === "HelmRelease";
  const early = await advanceAll(
    nodes.filter((node) => !isLate(node)),
    round,
  );
  const late = nodes.filter(isLate);
  if (late.length === 0) return early;
  if (early.includes("news")) return [...early, "waiting"];
  return [...early, ...(await advanceAll(late, round))];
}

/** Brings every node to the state of the index; builds run side by side. */
async function advanceAll(
  nodes: readonly RenderNode[],
  { evaluated, index, patient, context }: Round,
): Promise<readonly Advance[]> {
  const jobs: Promise<void>[] = [];
  const outcomes: Advance[] = [];
  const advance = async (node: RenderNode): Promise<void> => {
    const before = evaluated.get(node.id);
    const inputs = await inputsOf(node, index, context, patient && before === undefined);
    if (inputs === "wait") {
      outcomes.push("waiting");
    } else if ("outcome" in inputs) {
      outcomes.push(isSameStop(before?.outcome, inputs) ? "same" : "news");
      evaluated.set(node.id, { inputs: undefined, outcome: inputs });
    } else if (isSame(before?.inputs, inputs)) {
      outcomes.push("same");
    } else {
      outcomes.push("news");
      jobs.push(handled(evaluate(node, inputs, evaluated, context)));
    }
  };
  // Sources are fetched side by side.
  const advanced: Promise<void>[] = [];
  for (const node of nodes) {
    advanced.push(handled(advance(node)));
    await giveWay(context);
  }
  await Promise.all(advanced);
  await Promise.all(jobs);
  return outcomes;
}

/** It may fail while nobody waits for it: others are still being started, or the whole was cancelled meanwhile. */
function handled(job: Promise<void>): Promise<void> {
  job.catch(() => undefined);
  return job;
}

async function evaluate(
  node: RenderNode,
  inputs: BuildInputs,
  evaluated: Map<string, Evaluated>,
  context: RenderContext,
): Promise<void> {
  const known = remembered(inputs, context);
  if (known !== undefined) {
    evaluated.set(node.id, { inputs, outcome: known });
    context.onBuild("remembered");
    return;
  }
  context.onBuild("started");
  const outcome = await build(inputs, context);
  evaluated.set(node.id, { inputs: settledInputs(inputs), outcome });
  context.onBuild("done");
}

async function inputsOf(
  node: RenderNode,
  index: ClusterIndex,
  context: RenderContext,
  mayWait: boolean,
): Promise<NodeInputs> {
  if (node.level === Infinity)
    return tooMany(node, `the cluster has more than ${maxNodes} appliers`);
  if ((node.level ?? 0) > maxLevels)
    return tooMany(node, `it is applied by a chain of more than ${maxLevels} appliers`);
  if (context.withoutReleases === true && node.spec.kind === "HelmRelease")
    return tooMany(node, "another part of the plan has it");
  const { facts } = context;
  const own = facts === undefined ? context : { ...context, facts: facts.of(node.id) };
  return nodeInputs(node, index, own, mayWait);
}

function isSame(before: BuildInputs | undefined, now: BuildInputs): boolean {
  if (before === undefined || before.key !== now.key) return false;
  for (const [id, tree] of now.trees) if (before.trees.get(id) !== tree) return false;
  return true;
}

function isSameStop(before: Outcome | undefined, now: Stopped): boolean {
  return before?.outcome === "stopped" && before.message === now.message;
}

/** Everything reachable from the roots with the answers there are, parents before children. The first parent wins. */
function reach(
  seed: Seed,
  evaluated: ReadonlyMap<string, Evaluated>,
  { memory, facts }: RenderContext,
): readonly RenderNode[] {
  const knowsInstances = memory.distribution !== undefined;
  const nodes = new Map<string, RenderNode>();
  for (const { object, place } of seed.kustomizations) {
    const root = makeNode(seed.cluster, object, undefined, place);
    const own = ownVersion(root, evaluated);
    const live = asOnCluster(own.object, false, facts) ?? own.object;
    const isOwn = live === own.object;
    nodes.set(root.id, isOwn ? own : makeNode(seed.cluster, live, undefined, place));
  }
  // A Map iterates over what is added meanwhile: this walks breadth first.
  for (const node of nodes.values()) {
    const outcome = evaluated.get(node.id)?.outcome;
    if (outcome?.outcome !== "built" || node.spec.remoteCluster !== undefined) continue;
    for (const child of childrenOf(outcome, knowsInstances)) {
      const level = nodes.size < maxNodes ? (node.level ?? 0) + 1 : Infinity;
      const object = asOnCluster(parsed(child), node.spec.suspend, facts);
      if (object === undefined) continue;
      const made = { ...makeNode(seed.cluster, object, node.id, undefined), level };
      if (!nodes.has(made.id)) nodes.set(made.id, made);
    }
  }
  return [...nodes.values()];
}

/** Without the install manifests a FluxInstance is an object like others: its sync is a root anyway. */
function childrenOf(
  { result }: Extract<Outcome, { readonly outcome: "built" }>,
  knowsInstances: boolean,
): readonly EngineObject[] {
  const { appliers } = offerOf(result);
  return knowsInstances
    ? appliers
    : appliers.filter((object) => !isFluxKind(object, "FluxInstance"));
}

/** A root that renders itself (gotk-sync) is applied as rendered, patches included. */
function ownVersion(root: RenderNode, evaluated: ReadonlyMap<string, Evaluated>): RenderNode {
  const outcome = evaluated.get(root.id)?.outcome;
  if (outcome?.outcome !== "built") return root;
  const own = offerOf(outcome.result).appliers.find(
    ({ kind, namespace, name }) =>
      kind === root.spec.kind && namespace === root.spec.namespace && name === root.spec.name,
  );
  return own === undefined ? root : makeNode(root.cluster, parsed(own), undefined, root.place);
}

/** Appliers that are waited for and not in the repository: whether they are there only the cluster can say. */
function noteDependencies(nodes: readonly RenderNode[], facts: FactsView): void {
  const known = new Set(nodes.map(({ id }) => id));
  for (const { id, cluster, spec } of nodes)
    for (const dependency of spec.dependsOn)
      if (!known.has(applierId(cluster, dependency)) && isApplierKind(dependency.kind))
        facts
          .of(id)
          .object(localKey(dependency.kind, dependency.namespace, dependency.name), "applier");
}

function isApplierKind(kind: string): boolean {
  return (applierKinds as readonly string[]).includes(kind);
}

function makeNode(
  cluster: string,
  object: JsonObject,
  parent: string | undefined,
  place: Place | undefined,
): RenderNode {
  const spec = readApplier(object);
  return {
    id: applierId(cluster, spec),
    cluster,
    object,
    spec,
    ...(parent === undefined ? {} : { parent }),
    ...(place === undefined ? {} : { place }),
  };
}

function finish(
  nodes: readonly RenderNode[],
  seed: Seed,
  evaluated: ReadonlyMap<string, Evaluated>,
  context: RenderContext,
): ClusterRender {
  const scopes = new Map<string, Scope>(context.live.scopes);
  const rendered = nodes.map((node) => {
    const outcome = evaluated.get(node.id)?.outcome ?? unfinished(node);
    if (outcome.outcome === "built")
      for (const [kind, scope] of offerOf(outcome.result).scopes) scopes.set(kind, scope);
    return { ...node, built: outcome };
  });
  return { cluster: seed.cluster, nodes: rendered, scopes };
}

/** Only a tree that renders ever new appliers gets here. */
function unfinished(node: RenderNode): Stopped {
  return tooMany(node, `the cluster was not settled after ${maxRounds} rounds`);
}

function tooMany(node: RenderNode, reason: string): Stopped {
  const message = `${objectId(nodeRef(node))} was not rendered: ${reason}.`;
  return {
    outcome: "stopped",
    state: "unknown",
    reason: "Progressing",
    code: "limit-exceeded",
    message,
  };
}

/** Two simulations to a plan: changes by cluster and applier, with the problems of the target. */
import { groupBy } from "../flux/group-by.ts";
import { objectId } from "../flux/object-ref.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { ClusterRender, RenderedNode } from "../render/cluster.ts";
import type { RenderContext } from "../render/context.ts";
import { parsed } from "../render/objects.ts";
import type {
  ApplierRecord,
  Change,
  Plan,
  PlanApplier,
  PlanCluster,
  PlanCounts,
  Place,
  Problem,
  ProblemCode,
  Risk,
} from "../records.ts";
import { inner } from "../simulation.ts";
import type { InnerSimulation } from "../simulation.ts";
import type { Simulation } from "../simulator.ts";
import { findChanges } from "./changes.ts";
import type { RawChange } from "./changes.ts";
import { changedImages, imageSides } from "./images.ts";
import type { ImageSides } from "./images.ts";
import { sharedImages } from "./shared-images.ts";
import { compareReleases } from "./releases.ts";
import { fieldChanges } from "./fields.ts";
import type { Side } from "./fields.ts";
import { originOf } from "./origins.ts";
import { presentable } from "./present.ts";
import { findRisks } from "./risks/index.ts";
import type { ChangedObject } from "./risks/rule.ts";
import { restartsPods } from "./restarts.ts";
import { bySeverity } from "./risks/severity.ts";

type PlanContext = Pick<RenderContext, "memory" | "signal">;

export async function makePlan(
  base: Simulation | undefined,
  target: Simulation,
  context: PlanContext,
): Promise<Plan> {
  const started = performance.now();
  const before = base === undefined ? undefined : inner(base);
  const after = inner(target);
  const names = new Set(
    [...(before?.clusters ?? []), ...after.clusters].map(({ cluster }) => cluster),
  );
  const clusters: PlanCluster[] = [];
  const found: Problem[] = [];
  const risks: Risk[] = [];
  for (const name of [...names].sort()) {
    context.signal?.throwIfAborted();
    const { cluster, risks: own } = await planCluster(name, before, after, context);
    clusters.push(cluster);
    risks.push(...own);
    for (const { problems } of cluster.appliers)
      found.push(...problems.filter((problem) => planCodes.has(problem.code)));
  }
  const problems = [...after.problems, ...found];
  const sides = await imageSides(before, after, context);
  const known = new Set(before?.problems.map(problemKey));
  const oldProblems = after.problems.map(problemKey).filter((key) => known.has(key));
  return {
    ...(before === undefined ? {} : { base: before.tree.label }),
    target: after.tree.label,
    clusters,
    problems,
    oldProblems,
    images: changedImages(sides),
    counts: countPlan(clusters, problems),
    ...(before === undefined ? {} : { risks: risks.sort(bySeverity) }),
    ...(await shardOf(after, sides)),
    stats: { ...after.stats, compare: performance.now() - started },
  };
}

async function shardOf(
  { options: { shard } }: InnerSimulation,
  sides: ImageSides,
): Promise<Pick<Plan, "shard">> {
  if (shard === undefined) return {};
  const { index, count } = shard;
  return { shard: { index, count, images: await sharedImages(sides) } };
}

/** Problems that only the comparison of two simulations finds. */
export const planCodes: ReadonlySet<string> = new Set([
  "release-replaced",
  "values-not-in-chart",
] satisfies readonly ProblemCode[]);

/** Tells problems apart: code, applier and message. */
export function problemKey(problem: Problem): string {
  return `${problem.code}|${problem.applier ?? ""}|${problem.message}`;
}

async function planCluster(
  name: string,
  before: InnerSimulation | undefined,
  after: InnerSimulation,
  context: PlanContext,
): Promise<{ readonly cluster: PlanCluster; readonly risks: readonly Risk[] }> {
  const base = before?.clusters.find(({ cluster }) => cluster === name);
  const target = after.clusters.find(({ cluster }) => cluster === name);
  const raw =
    before === undefined ? new Map<string, readonly RawChange[]>() : findChanges(base, target);
  const records = new Map(
    after.appliers.filter(({ cluster }) => cluster === name).map((record) => [record.id, record]),
  );
  const oldRecords = new Map(
    before?.appliers.filter(({ cluster }) => cluster === name).map((record) => [record.id, record]),
  );
  const byApplier = groupBy(after.problems, ({ applier }) => applier ?? "");
  const shower = createShower(base, target, records, context);
  const appliers: PlanApplier[] = [];
  const objects: ChangedObject[] = [];
  for (const id of new Set([...records.keys(), ...oldRecords.keys()])) {
    const record = records.get(id) ?? oldRecords.get(id);
    if (record === undefined) continue;
    const found = raw.get(id) ?? [];
    const presented = await Promise.all(found.map((change) => present(change, shower)));
    const changes = presented.map(({ change }) => change);
    const release = await compareReleases(
      shower.node("base", id),
      shower.node("target", id),
      context,
    );
    const status = statusOf(id, records, oldRecords, changes, before !== undefined);
    objects.push(...presented);
    // A lost applier without changes is one whose ancestor failed: nothing is known, so nothing is said.
    if (status === "deleted" && changes.length === 0) continue;
    appliers.push({
      applier: record,
      status,
      changes: changes.toSorted(byId),
      problems: [...(byApplier.get(id) ?? []), ...located(release.problems, record)],
      ...(release.chart === undefined ? {} : { chart: release.chart }),
    });
  }
  const risks =
    before === undefined
      ? []
      : findRisks({
          objects: objects.toSorted((a, b) => byId(a.change, b.change)),
          appliers,
          base,
          target,
          node: (side, id) => shower.node(side, id),
          problems: newProblems(name, before, after),
          tree: after.tree,
          kubeVersion: after.options.kubeVersion,
        });
  return { cluster: { name, appliers }, risks };
}

/** Problems of the cluster that the base does not have. */
function newProblems(
  cluster: string,
  before: InnerSimulation,
  after: InnerSimulation,
): readonly Problem[] {
  const known = new Set(before.problems.map(problemKey));
  return after.problems.filter(
    (problem) =>
      problem.applier?.startsWith(`${cluster}|`) === true && !known.has(problemKey(problem)),
  );
}

/** Problems of the comparison stand where the applier is written. */
function located(problems: readonly Problem[], { origin }: ApplierRecord): readonly Problem[] {
  return origin === undefined ? problems : problems.map((one) => ({ ...one, place: origin }));
}

function statusOf(
  id: string,
  records: ReadonlyMap<string, ApplierRecord>,
  oldRecords: ReadonlyMap<string, ApplierRecord>,
  changes: readonly Change[],
  hasBase: boolean,
): PlanApplier["status"] {
  if (!records.has(id)) return "deleted";
  if (hasBase && !oldRecords.has(id)) return "created";
  return changes.length > 0 ? "changed" : "unchanged";
}

interface Shower {
  readonly target: ClusterRender | undefined;
  readonly context: PlanContext;
  side(which: "base" | "target", applier: string, change: RawChange): Promise<Side | undefined>;
  node(which: "base" | "target", applier: string): RenderedNode | undefined;
  /** Where an applier whose objects come from no file of the tree is written itself. */
  written(applier: string): Place | undefined;
}

/** Shows sides of changes; each build is masked once. */
function createShower(
  base: ClusterRender | undefined,
  target: ClusterRender | undefined,
  records: ReadonlyMap<string, ApplierRecord>,
  context: PlanContext,
): Shower {
  const clusters = { base, target };
  const nodes = {
    base: new Map(base?.nodes.map((node) => [node.id, node])),
    target: new Map(target?.nodes.map((node) => [node.id, node])),
  };
  const shown = new Map<string, Promise<ReadonlyMap<string, JsonObject>>>();
  return {
    target,
    context,
    node: (which, applier) => nodes[which].get(applier),
    written(applier) {
      const isOfFiles = nodes.target.get(applier)?.spec.kind === "Kustomization";
      return isOfFiles ? undefined : records.get(applier)?.origin;
    },
    async side(which, applier, change) {
      const item = change[which];
      const built = nodes[which].get(applier)?.built;
      const scopes = clusters[which]?.scopes;
      if (item === undefined || built?.outcome !== "built" || scopes === undefined)
        return undefined;
      const key = `${which}|${applier}`;
      const objects = shown.get(key) ?? presentable(built, scopes, context);
      shown.set(key, objects);
      return { exact: parsed(item.object), shown: (await objects).get(item.id) };
    },
  };
}

async function present(change: RawChange, shower: Shower): Promise<ChangedObject> {
  const item = change.target ?? change.base;
  if (item === undefined) throw new TypeError("a change without an object");
  const base = await shower.side("base", change.from ?? change.applier, change);
  const target = await shower.side("target", change.applier, change);
  const isMove = change.kind === "moved";
  const fields =
    base === undefined || target === undefined ? [] : fieldChanges(base, target, isMove);
  const node = change.target === undefined ? undefined : shower.node("target", change.applier);
  const origin =
    node?.built.outcome === "built"
      ? ((await originOf(item, node.built, shower.context)) ?? shower.written(node.id))
      : undefined;
  const shown: Change = {
    kind: change.kind,
    id: `${change.applier}|${objectId(item.ref)}`,
    ref: item.ref,
    applier: change.applier,
    ...(change.from === undefined ? {} : { from: change.from }),
    fields,
    ...(origin === undefined ? {} : { origin }),
    ...(change.kept === undefined ? {} : { kept: change.kept }),
    ...(restartsPods({ kind: change.kind, ref: item.ref }, fields, target?.exact)
      ? { restarts: true as const }
      : {}),
  };
  const part = item.object.helm?.part;
  return {
    change: shown,
    ...(base === undefined ? {} : { base }),
    ...(target === undefined ? {} : { target }),
    ...(part === undefined ? {} : { part }),
    isPruned: change.isPruned === true,
  };
}

function byId(a: Change, b: Change): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

export function countPlan(
  clusters: readonly PlanCluster[],
  problems: readonly Problem[],
): PlanCounts {
  const counts: { -readonly [Key in keyof PlanCounts]: PlanCounts[Key] } = {
    created: 0,
    changed: 0,
    deleted: 0,
    moved: 0,
    orphaned: 0,
    errors: 0,
    warnings: 0,
  };
  for (const { kind } of clusters.flatMap(({ appliers }) =>
    appliers.flatMap(({ changes }) => changes),
  ))
    counts[kind] = (counts[kind] ?? 0) + 1;
  for (const { severity } of problems) {
    if (severity === "error") counts.errors++;
    if (severity === "warning") counts.warnings++;
  }
  return counts;
}

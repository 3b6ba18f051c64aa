/**
 * What dependsOn does to a cluster's Kustomizations (`kustomization_controller.go checkDependencies`):
 * a missing or unready dependency blocks, `readyExpr` replaces the built-in check unless AdditiveCELDependencyCheck is on,
 * and a cycle blocks all its members, which the controller itself never says.
 */
import { evaluateCel } from "../flux/cel.ts";
import { applierId } from "../render/node.ts";
import type { RenderNode } from "../render/node.ts";
import type { ApplierState, ProblemCode } from "../records.ts";

export interface Verdict {
  readonly state: ApplierState;
  readonly reason?: string;
  readonly message?: string;
  /** Set when a dependency is at fault. */
  readonly code?: ProblemCode;
}

export interface DependencyOptions {
  readonly additiveCheck: boolean;
}

/** The verdict on every node, given what each would be without dependencies. */
export function judgeDependencies(
  nodes: readonly RenderNode[],
  own: ReadonlyMap<string, Verdict>,
  options: DependencyOptions,
): ReadonlyMap<string, Verdict> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const cycles = findCycles(nodes, byId);
  const verdicts = new Map<string, Verdict>();
  const judge = (node: RenderNode): Verdict => {
    const known = verdicts.get(node.id);
    if (known !== undefined) return known;
    const cycle = cycles.get(node.id);
    const self = own.get(node.id) ?? { state: "unknown" };
    const isFree = self.state === "suspended" || cycle !== undefined;
    const blocked = isFree ? undefined : blockedBy(node, byId, judge, options);
    const verdict = cycle !== undefined && self.state !== "suspended" ? inCycle(cycle) : (blocked ?? self);
    verdicts.set(node.id, verdict);
    return verdict;
  };
  for (const node of nodes) judge(node);
  return verdicts;
}

function blockedBy(
  node: RenderNode,
  byId: ReadonlyMap<string, RenderNode>,
  judge: (node: RenderNode) => Verdict,
  options: DependencyOptions,
): Verdict | undefined {
  for (const { namespace, name, readyExpr } of node.spec.dependsOn) {
    const title = `'${namespace}/${name}'`;
    const dependency = byId.get(applierId(node.cluster, namespace, name));
    if (dependency === undefined) {
      const message = `dependency ${title} not found: kustomizations.kustomize.toolkit.fluxcd.io "${name}" not found`;
      return blocked("dependency-not-found", message);
    }
    const verdict = judge(dependency);
    if (readyExpr !== undefined) {
      const failed = checkExpression(readyExpr, node, dependency, verdict, title);
      if (failed !== undefined) return failed;
      if (!options.additiveCheck) continue;
    }
    if (verdict.state === "failed" || verdict.state === "blocked") {
      return blocked("dependency-not-ready", `dependency ${title} is not ready`);
    }
  }
  return undefined;
}

function checkExpression(expression: string, node: RenderNode, dependency: RenderNode, verdict: Verdict, title: string): Verdict | undefined {
  const variables = { self: withStatus(node, { state: "ready" }), dep: withStatus(dependency, verdict) };
  const answer = evaluateCel(expression, variables);
  if (answer.outcome === "error") {
    const message = `failed to ${answer.stage} readyExpr of dependency ${title}: ${answer.message}`;
    return answer.stage === "compile"
      ? { state: "failed", reason: "InvalidCELExpression", message, code: "ready-expression" }
      : blocked("ready-expression", message);
  }
  return answer.value ? undefined : blocked("dependency-not-ready", `dependency ${title} is not ready according to readyExpr eval`);
}

/** The object as it would stand on the cluster after reconciliation, as far as an expression can ask. */
function withStatus(node: RenderNode, verdict: Verdict): object {
  const isReady = verdict.state !== "failed" && verdict.state !== "blocked";
  const condition = {
    type: "Ready",
    status: isReady ? "True" : "False",
    reason: verdict.reason ?? "ReconciliationSucceeded",
    message: verdict.message ?? "",
    observedGeneration: 1,
  };
  const metadata = { generation: 1, ...(node.object["metadata"] as object | undefined) };
  return { ...node.object, metadata, status: { observedGeneration: 1, conditions: [condition] } };
}

function blocked(code: ProblemCode, message: string): Verdict {
  return { state: "blocked", reason: "DependencyNotReady", message, code };
}

function inCycle(cycle: readonly string[]): Verdict {
  const chain = [...cycle, cycle[0] ?? ""].map((id) => id.slice(id.indexOf("/") + 1)).join(" → ");
  return { state: "blocked", reason: "DependencyNotReady", message: `dependencies form a cycle: ${chain}`, code: "dependency-cycle" };
}

/** Members of dependency cycles with their shortest cycle, by id. */
function findCycles(
  nodes: readonly RenderNode[],
  byId: ReadonlyMap<string, RenderNode>,
): ReadonlyMap<string, readonly string[]> {
  const targets = new Map(nodes.map((node) => [node.id, targetsOf(node, byId)]));
  const suspects = withoutLooseEnds(targets);
  const cycles = new Map<string, readonly string[]>();
  for (const id of suspects) {
    const cycle = shortestCycle(id, targets, suspects);
    if (cycle !== undefined) cycles.set(id, cycle);
  }
  return cycles;
}

function targetsOf(node: RenderNode, byId: ReadonlyMap<string, RenderNode>): readonly string[] {
  return node.spec.dependsOn
    .map(({ namespace, name }) => applierId(node.cluster, namespace, name))
    .filter((target) => byId.has(target));
}

/** Takes away, again and again, what depends on nothing that is left: the rest is in cycles or behind them. */
function withoutLooseEnds(targets: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const open = new Map([...targets].map(([id, list]) => [id, list.length]));
  const dependants = new Map<string, string[]>();
  for (const [id, list] of targets) {
    for (const target of list) dependants.set(target, [...(dependants.get(target) ?? []), id]);
  }
  const free = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    open.delete(id);
    for (const dependant of dependants.get(id) ?? []) {
      const left = (open.get(dependant) ?? 0) - 1;
      open.set(dependant, left);
      if (left === 0) free.push(dependant);
    }
  }
  return new Set(open.keys());
}

/** Breadth first from a node back to itself; `undefined` when it is only behind a cycle. */
function shortestCycle(
  start: string,
  targets: ReadonlyMap<string, readonly string[]>,
  among: ReadonlySet<string>,
): readonly string[] | undefined {
  const paths: string[][] = [[start]];
  const seen = new Set<string>();
  for (const path of paths) {
    const next = (targets.get(path.at(-1) ?? "") ?? []).filter((target) => among.has(target) && !seen.has(target));
    if (next.includes(start)) return path;
    for (const target of next) {
      seen.add(target);
      paths.push([...path, target]);
    }
  }
  return undefined;
}

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
    const verdict =
      self.state === "suspended" ? self : cycle === undefined ? (blockedBy(node, byId, judge, options) ?? self) : inCycle(cycle);
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

/** Members of dependency cycles with their cycle, by id (Tarjan's strongly connected components, without recursion limits to fear). */
function findCycles(nodes: readonly RenderNode[], byId: ReadonlyMap<string, RenderNode>): ReadonlyMap<string, readonly string[]> {
  const targets = (id: string): readonly string[] =>
    (byId.get(id)?.spec.dependsOn ?? [])
      .map(({ namespace, name }) => applierId(byId.get(id)?.cluster ?? "", namespace, name))
      .filter((target) => byId.has(target));
  const cycles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  for (const { id } of nodes) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { id: string; next: number }[] = [{ id, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1);
      if (top === undefined) break;
      if (top.next === 0) {
        if (done.has(top.id)) {
          stack.pop();
          continue;
        }
        path.push(top.id);
        onPath.add(top.id);
      }
      const target = targets(top.id)[top.next++];
      if (target === undefined) {
        done.add(top.id);
        onPath.delete(top.id);
        path.pop();
        stack.pop();
      } else if (onPath.has(target)) {
        const cycle = path.slice(path.indexOf(target));
        for (const member of cycle) if (!cycles.has(member)) cycles.set(member, cycle);
      } else {
        stack.push({ id: target, next: 0 });
      }
    }
  }
  return cycles;
}

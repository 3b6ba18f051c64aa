/**
 * What dependsOn does to a cluster's appliers (`kustomization_controller.go checkDependencies`):
 * a missing or unready dependency blocks, `readyExpr` replaces the built-in check unless AdditiveCELDependencyCheck is on,
 * and a cycle blocks all its members, which the controller itself never says.
 */
import { evaluateCel } from "../flux/cel.ts";
import type { DependencyRef } from "../flux/applier.ts";
import { conditionsOf, findCondition } from "../flux/conditions.ts";
import { fluxKinds } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import { textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
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
  /** Appliers of a live cluster by `Kind/namespace/name`: null for what is not there, `undefined` when nobody knows. */
  readonly live?: (key: string) => JsonObject | null | undefined;
}

/** The verdict on every node, given what each would be without dependencies. */
export function judgeDependencies(
  nodes: readonly RenderNode[],
  own: ReadonlyMap<string, Verdict>,
  options: DependencyOptions,
): ReadonlyMap<string, Verdict> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const { cycles, order } = walkDependencies(nodes, byId);
  const verdicts = new Map<string, Verdict>();
  const judge = (node: RenderNode): Verdict => {
    const known = verdicts.get(node.id);
    if (known !== undefined) return known;
    const cycle = cycles.get(node.id);
    const self = own.get(node.id) ?? { state: "unknown" };
    const isFree = self.state === "suspended" || cycle !== undefined;
    const blocked = isFree ? undefined : blockedBy(node, byId, judge, options);
    const verdict =
      cycle !== undefined && self.state !== "suspended" ? inCycle(cycle) : (blocked ?? self);
    verdicts.set(node.id, verdict);
    return verdict;
  };
  // Dependencies come first, so that `judge` never goes deep.
  for (const node of order) judge(node);
  return verdicts;
}

function blockedBy(
  node: RenderNode,
  byId: ReadonlyMap<string, RenderNode>,
  judge: (node: RenderNode) => Verdict,
  options: DependencyOptions,
): Verdict | undefined {
  for (const reference of node.spec.dependsOn) {
    const { kind, namespace, name, readyExpr } = reference;
    const title = `'${namespace}/${name}'`;
    const dependency = byId.get(applierId(node.cluster, reference));
    if (dependency === undefined) {
      const row = fluxKinds.find((one) => one.kind === kind);
      // A ResourceSet may wait for any object; of those that are no appliers nothing is known here.
      if (row?.role !== "applier") continue;
      const live = liveVerdict(reference, options);
      if (live === "ready") continue;
      if (live === "unready")
        return blocked("dependency-not-ready", `dependency ${title} is not ready`);
      const missing = `${row.plural}.${row.group} "${name}" not found`;
      const message =
        node.spec.kind === "HelmRelease"
          ? `unable to get ${title} dependency: ${missing}`
          : `dependency ${title} not found: ${missing}`;
      return blocked("dependency-not-found", message);
    }
    if (reference.ready === false && readyExpr === undefined) continue;
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

/**
 * One that only the cluster has is what its status says, and what nobody knows is not held against anyone; an expression about it
 * is taken to hold when it is ready.
 */
function liveVerdict(
  { kind, namespace, name, ready }: DependencyRef,
  { live }: DependencyOptions,
): "ready" | "unready" | "missing" {
  if (live === undefined || namespace === "") return "missing";
  const object = live(localKey(kind, namespace, name));
  if (object === null) return "missing";
  if (object === undefined || ready === false) return "ready";
  return findCondition(conditionsOf(object), "Ready")?.status === "True" ? "ready" : "unready";
}

function checkExpression(
  expression: string,
  node: RenderNode,
  dependency: RenderNode,
  verdict: Verdict,
  title: string,
): Verdict | undefined {
  const variables = {
    self: withStatus(node, { state: "ready" }),
    dep: withStatus(dependency, verdict),
  };
  const answer = evaluateCel(expression, variables);
  if (answer.outcome === "error") {
    const message = `failed to ${answer.stage} the CEL expression '${expression}': ${lowerFirst(answer.message)}`;
    return answer.stage === "compile"
      ? { state: "failed", reason: "InvalidCELExpression", message, code: "ready-expression" }
      : blocked("ready-expression", message);
  }
  return answer.value
    ? undefined
    : blocked(
        "dependency-not-ready",
        `dependency ${title} is not ready according to readyExpr eval`,
      );
}

/** Go's errors begin with small letters. */
function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
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
  const status = { observedGeneration: 1, conditions: [condition], ...historyOf(node, isReady) };
  return { ...node.object, metadata, status };
}

/** The releases that a HelmRelease remembers: the one that would be there. */
function historyOf({ object, spec }: RenderNode, isReady: boolean): object {
  if (spec.kind !== "HelmRelease") return {};
  const name = textAt(object, "spec", "releaseName") ?? spec.name;
  const namespace = textAt(object, "spec", "targetNamespace") ?? spec.namespace;
  return { history: [{ name, namespace, version: 1, status: isReady ? "deployed" : "failed" }] };
}

function blocked(code: ProblemCode, message: string): Verdict {
  return { state: "blocked", reason: "DependencyNotReady", message, code };
}

/** Members of a cycle that its message names. */
const maxShown = 10;

function inCycle(cycle: readonly string[]): Verdict {
  const shown =
    cycle.length > maxShown
      ? [...cycle.slice(0, maxShown), `/${cycle.length - maxShown} more`]
      : cycle;
  const chain = [...shown, cycle[0] ?? ""].map((id) => id.slice(id.indexOf("/") + 1)).join(" → ");
  return {
    state: "blocked",
    reason: "DependencyNotReady",
    message: `dependencies form a cycle: ${chain}`,
    code: "dependency-cycle",
  };
}

/**
 * Members of dependency cycles with their cycle, by id, and all nodes with dependencies before dependents.
 * Depth first without recursion: chains may be thousands long.
 */
function walkDependencies(
  nodes: readonly RenderNode[],
  byId: ReadonlyMap<string, RenderNode>,
): {
  readonly cycles: ReadonlyMap<string, readonly string[]>;
  readonly order: readonly RenderNode[];
} {
  const cycles = new Map<string, readonly string[]>();
  const done = new Set<RenderNode>();
  const onPath = new Set<RenderNode>();
  const stack: Step[] = [];
  const enter = (node: RenderNode): void => {
    if (done.has(node)) return;
    onPath.add(node);
    stack.push({ node, targets: targetsOf(node, byId), next: 0 });
  };
  const advance = (step: Step): void => {
    const target = step.targets[step.next++];
    if (target === undefined) {
      stack.pop();
      onPath.delete(step.node);
      done.add(step.node);
    } else if (onPath.has(target)) addCycle(stack, target, cycles);
    else enter(target);
  };
  for (const start of nodes) {
    enter(start);
    for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) advance(step);
  }
  // A Set keeps the order in which nodes were done.
  return { cycles, order: [...done] };
}

/** The path from `target` to the top of the stack leads back to `target`. */
function addCycle(
  stack: readonly Step[],
  target: RenderNode,
  cycles: Map<string, readonly string[]>,
): void {
  const path = stack.map(({ node }) => node);
  const cycle = path.slice(path.indexOf(target)).map(({ id }) => id);
  for (const member of cycle) if (!cycles.has(member)) cycles.set(member, cycle);
}

interface Step {
  readonly node: RenderNode;
  readonly targets: readonly RenderNode[];
  next: number;
}

function targetsOf(
  { cluster, spec }: RenderNode,
  byId: ReadonlyMap<string, RenderNode>,
): readonly RenderNode[] {
  return spec.dependsOn.flatMap((ref) => byId.get(applierId(cluster, ref)) ?? []);
}

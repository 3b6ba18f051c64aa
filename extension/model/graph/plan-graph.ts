/** The graph of the simulated working tree: the appliers of a plan with what would become of them. Needs no cluster. Pure. */
import type { ApplierRecord, ApplierState, Plan, PlanApplier, PlanCluster } from "#simulator";

import { changeWord, count, stateText } from "../words.ts";
import type { Graph, GraphEdge, GraphNode, GraphTone } from "./graph.ts";

const tones: Readonly<Record<ApplierState, GraphTone>> = {
  ready: "ready",
  failed: "failed",
  blocked: "waiting",
  suspended: "suspended",
  unknown: "unknown",
};

export function planGraph(plan: Plan): Graph {
  const nodes = new Map<string, GraphNode>();
  const several = plan.clusters.length > 1;
  const names = shortNames(plan.clusters.map(({ name }) => name));
  const edges = plan.clusters.flatMap((cluster) =>
    addCluster(cluster, nodes, (namespace) =>
      several ? [names.get(cluster.name), namespace].filter(Boolean).join(" / ") : namespace,
    ),
  );
  return { nodes, edges };
}

/** The last part of a path is enough where it is the only one of its name. */
function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  const last = (name: string): string => name.split("/").at(-1) ?? name;
  const isUnique = new Set(names.map(last)).size === names.length;
  return new Map(names.map((name) => [name, isUnique ? last(name) : name]));
}

/** Adds its nodes; gives its edges. */
function addCluster(
  { appliers }: PlanCluster,
  nodes: Map<string, GraphNode>,
  area: Area,
): readonly GraphEdge[] {
  for (const item of appliers) nodes.set(item.applier.id, applierNode(item, area));
  const known = new Map(appliers.map(({ applier }) => [keyOf(applier), applier.id]));
  return appliers
    .filter(({ status }) => status !== "deleted")
    .flatMap(({ applier }) => {
      const { id: to, parent, dependsOn } = applier;
      for (const from of dependsOn) if (!nodes.has(from)) nodes.set(from, absentNode(from, area));
      const source = sourceId(applier, known, nodes, area);
      const isOwned = parent !== undefined && parent !== to && nodes.has(parent);
      return [
        ...dependsOn.map((from): GraphEdge => ({ from, to, relation: "dependsOn" })),
        ...(source === undefined ? [] : [{ from: source, to, relation: "source" } as const]),
        ...(isOwned ? [{ from: parent, to, relation: "owner" } as const] : []),
      ];
    });
}

type Area = (namespace: string) => string;

function applierNode(item: PlanApplier, area: Area): GraphNode {
  const { applier, problems } = item;
  const { kind, namespace, name } = applier.ref;
  const errors = problems.filter(({ severity }) => severity === "error");
  return {
    id: applier.id,
    kind,
    namespace: area(namespace),
    name,
    tone: toneOf(item),
    words: wordsOf(item),
    detail:
      [applier.reason, applier.message].filter(Boolean).join(": ") || (errors[0]?.message ?? ""),
    blocks: applier.state === "failed",
    actions: [
      ...(applier.objects > 0 && item.status !== "deleted" ? (["open"] as const) : []),
      ...(applier.origin === undefined ? [] : (["file"] as const)),
      "reveal",
    ],
  };
}

/** What changes is worth a look even where it is well; what fails or waits is so in the first place. */
function toneOf({ applier, status, changes }: PlanApplier): GraphTone {
  const tone = tones[applier.state];
  const changed = changes.length > 0 || status !== "unchanged";
  return tone === "ready" && changed ? "changed" : tone;
}

function wordsOf({ applier, status, changes, problems }: PlanApplier): string {
  if (status === "deleted") return changeWord("deleted");
  const found = problems.filter(({ severity }) => severity !== "information").length;
  return [
    stateText(applier.state),
    status === "created" ? changeWord("created") : "",
    changes.length > 0 ? count(changes.length, "change") : "",
    found > 0 ? count(found, "problem") : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** A source that is an applier itself (an artifact's generator) is that node; others are nodes of their own. */
function sourceId(
  { source, cluster }: ApplierRecord,
  known: ReadonlyMap<string, string>,
  nodes: Map<string, GraphNode>,
  area: Area,
): string | undefined {
  if (source === "") return undefined;
  const applier = known.get(source);
  if (applier !== undefined) return applier;
  const id = `${cluster}|source|${source}`;
  if (!nodes.has(id)) {
    const { kind, namespace, name } = partsOf(source);
    nodes.set(id, {
      id,
      kind,
      namespace: area(namespace),
      name,
      tone: "ready",
      words: "source",
      detail: "",
      blocks: false,
      actions: [],
    });
  }
  return id;
}

/** A dependency that no applier of the tree fulfils. */
function absentNode(id: string, area: Area): GraphNode {
  const [kind = "", namespace = "", name = ""] = (id.split("|").at(-1) ?? "").split("/");
  return {
    id,
    kind,
    namespace: area(namespace),
    name,
    tone: "missing",
    words: "not found",
    detail: "No manifest of this tree defines it.",
    blocks: true,
    actions: [],
  };
}

/** As `ApplierRecord.source` is written: `Kind namespace/name`. */
function keyOf({ ref: { kind, namespace, name } }: ApplierRecord): string {
  return `${kind} ${namespace}/${name}`;
}

function partsOf(source: string): {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
} {
  const [kind = "", rest = ""] = source.split(" ");
  const [namespace = "", ...name] = rest.split("/");
  return { kind, namespace, name: name.join("/") };
}

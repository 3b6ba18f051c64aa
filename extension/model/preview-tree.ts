/**
 * What the Preview view contains: cluster, applier, its changes and problems, as plain nodes with stable ids.
 * Decides everything the view draws, and which nodes have to be drawn again.
 */
import { dependentsOf, groupBy, isInnerApplier } from "#simulator";
import type { ApplierRecord, Change, Plan, PlanApplier, PlanCluster, Risk } from "#simulator";

import { contextValue } from "./context-value.ts";
import type { FolderView, FolderViews } from "./folder-view.ts";
import { applierIcon, changeIcon, clusterIcon, folderIcon } from "./icons.ts";
import { addProblems, addRisks, isSaidByRisk } from "./preview-findings.ts";
import type { Nodes, PreviewNode, PreviewTree } from "./preview-node.ts";
import { applierTooltip, changeTooltip } from "./tooltips.ts";
import {
  changeText,
  count,
  chartText,
  changeWord,
  countsText,
  loudRisks,
  objectName,
  stateText,
} from "./words.ts";

/** `changes`: what changes, is a risk or has problems; `problems`: problems and risks only; `everything`: quiet Kustomizations too. */
export type PreviewFilter = "changes" | "problems" | "everything";

export const emptyTree: PreviewTree = { roots: [], nodes: new Map() };

export function previewTree(views: FolderViews, filter: PreviewFilter): PreviewTree {
  const nodes = new Map<string, PreviewNode>();
  const planned = [...views.values()].filter(hasPlan);
  const several = planned.length > 1;
  const roots = planned.flatMap((view) => {
    const clusters = addClusters(nodes, view, filter, several ? view.folder : undefined);
    return several && clusters.length > 0 ? [addFolder(nodes, view, clusters)] : clusters;
  });
  return { roots, nodes };
}

/** Ids of nodes to draw again, each standing for its children too; `all` when the roots themselves differ. */
export function changedNodes(before: PreviewTree, after: PreviewTree): readonly string[] | "all" {
  if (before.roots.join("\n") !== after.roots.join("\n")) return "all";
  const changed: string[] = [];
  const visit = (id: string): void => {
    const [old, node] = [before.nodes.get(id), after.nodes.get(id)];
    if (!node) return;
    if (JSON.stringify(old) !== JSON.stringify(node)) changed.push(id);
    else node.children.forEach(visit);
  };
  after.roots.forEach(visit);
  return changed;
}

type PlannedView = FolderView & { readonly plan: Plan };

function hasPlan(view: FolderView): view is PlannedView {
  return view.plan !== undefined;
}

function addFolder(
  nodes: Nodes,
  { folder, name, plan }: PlannedView,
  children: readonly string[],
): string {
  const counts = totals(
    plan.clusters.flatMap(({ appliers }) => appliers),
    loudRisks(plan),
  );
  nodes.set(folder, {
    id: folder,
    label: name,
    description: counts,
    tooltip: "",
    icon: folderIcon,
    accessibleLabel: `Folder ${name}, ${counts || "nothing to show"}`,
    contextValue: contextValue("folder", []),
    expand: "expanded",
    children,
    target: { kind: "folder", folder },
  });
  return folder;
}

function addClusters(
  nodes: Nodes,
  { folder, plan }: PlannedView,
  filter: PreviewFilter,
  parent: string | undefined,
): readonly string[] {
  // Without a base nothing can have changed, so hiding what is quiet would hide everything.
  const effective = filter === "changes" && plan.base === undefined ? "everything" : filter;
  const known = new Set(
    plan.clusters.flatMap(({ appliers }) => appliers.map(({ applier }) => applier.id)),
  );
  const loose = plan.problems.filter(
    ({ applier, code }) => !known.has(applier ?? "") && code !== "no-roots",
  );
  const risks = groupBy(loudRisks(plan), ({ applier }) => applier);
  const clusters = plan.clusters.flatMap((cluster) =>
    addCluster({ nodes, folder, filter: effective, risks }, cluster, parent),
  );
  return [...addProblems(nodes, folder, `${folder}|`, loose, parent), ...clusters];
}

function addCluster(
  scene: Omit<Scene, "branches" | "records">,
  cluster: PlanCluster,
  parent: string | undefined,
): readonly string[] {
  const { nodes, folder } = scene;
  const id = `${folder}|${cluster.name}`;
  const branches = branchesOf(cluster.appliers);
  const records = cluster.appliers.map(({ applier }) => applier);
  const children = branches.roots.flatMap((applier) =>
    addApplier({ ...scene, branches, records }, applier, id),
  );
  if (children.length === 0) return [];
  const counts = totals(
    cluster.appliers,
    cluster.appliers.flatMap(({ applier }) => scene.risks.get(applier.id) ?? []),
  );
  nodes.set(id, {
    id,
    ...(parent ? { parent } : {}),
    label: cluster.name,
    description: counts,
    tooltip: "",
    icon: clusterIcon,
    accessibleLabel: `Cluster ${cluster.name}, ${counts || "no changes"}`,
    contextValue: contextValue("cluster", []),
    expand: "expanded",
    children,
    target: { kind: "cluster", folder, cluster: cluster.name },
  });
  return [id];
}

interface Branches {
  readonly roots: readonly PlanApplier[];
  /** Appliers that stand below the one that applies them. */
  readonly inner: ReadonlyMap<string, readonly PlanApplier[]>;
}

/** Kustomizations stand side by side, however they apply each other; what else they apply stands below them. */
function branchesOf(appliers: readonly PlanApplier[]): Branches {
  const ids = new Set(appliers.map(({ applier }) => applier.id));
  const inner = new Map<string, readonly PlanApplier[]>();
  const roots: PlanApplier[] = [];
  for (const item of appliers) {
    const { parent, ref } = item.applier;
    if (!isInnerApplier(ref) || parent === undefined || !ids.has(parent)) roots.push(item);
    else inner.set(parent, [...(inner.get(parent) ?? []), item]);
  }
  return { roots, inner };
}

interface Scene {
  readonly nodes: Nodes;
  readonly folder: string;
  readonly filter: PreviewFilter;
  readonly branches: Branches;
  readonly records: readonly ApplierRecord[];
  /** By applier. */
  readonly risks: ReadonlyMap<string, readonly Risk[]>;
}

function addApplier(scene: Scene, item: PlanApplier, parent: string): readonly string[] {
  const { nodes, folder, filter, branches } = scene;
  const { applier, changes, status, drifted } = item;
  const risks = scene.risks.get(applier.id) ?? [];
  const problems = item.problems.filter((problem) => !isSaidByRisk(problem, risks));
  const id = `${folder}|${applier.id}`;
  const below = (branches.inner.get(applier.id) ?? []).flatMap((one) => addApplier(scene, one, id));
  if (!isShown(item, filter) && risks.length === 0 && below.length === 0) return [];
  const children = [
    ...addProblems(nodes, folder, id, problems, id),
    ...addRisks(nodes, folder, id, risks),
    ...(filter === "problems" ? [] : changes.map((change) => addChange(nodes, folder, change, id))),
    ...below,
  ];
  const news = [
    status === "created" || status === "deleted" ? status : "",
    drifted === undefined ? "" : `drifted: ${count(drifted.length, "object")}`,
    totals([item], risks),
  ].filter(Boolean);
  const words = applier.state === "ready" ? news : [stateText(applier.state), ...news];
  const { namespace, name, kind } = applier.ref;
  const elsewhere = applier.remote === undefined ? [] : [remoteText(applier.remote)];
  const place = applier.origin ? { place: applier.origin } : {};
  const rendered = applier.objects > 0 && status !== "deleted";
  const values = applier.release !== undefined && status !== "deleted";
  nodes.set(id, {
    id,
    parent,
    label: name,
    description: [chartText(item), ...words, `${kind} ${namespace}`.trim(), ...elsewhere]
      .filter(Boolean)
      .join(" · "),
    tooltip: applierTooltip(item, waitingFor(item, scene.records)),
    icon: applierIcon(applier.state),
    accessibleLabel: [
      `${kind} ${name} in ${namespace}`,
      ...elsewhere,
      stateText(applier.state),
      chartText(item),
      ...news,
    ]
      .filter(Boolean)
      .join(", "),
    contextValue: contextValue("applier", [
      ...(rendered ? (["rendered"] as const) : []),
      ...(values ? (["values"] as const) : []),
      ...(applier.origin ? (["source"] as const) : []),
    ]),
    expand: expandState(children, item),
    children,
    target: { kind: "applier", folder, applier: applier.id, rendered, values, ...place },
  });
  return [id];
}

/** Several appliers of one cluster may go to as many others. */
function remoteText(remote: string): string {
  return `to the cluster of ${remote}`;
}

/** What would not happen if this applier failed; of those that nothing happens to it is no news. */
function waitingFor(
  { applier, changes }: PlanApplier,
  records: readonly ApplierRecord[],
): readonly string[] {
  if (changes.length === 0 && applier.state !== "failed") return [];
  const ids = new Set(dependentsOf(records, applier.id));
  return records.filter(({ id }) => ids.has(id)).map(({ ref }) => objectName(ref));
}

function isShown(
  { applier, changes, problems, status }: PlanApplier,
  filter: PreviewFilter,
): boolean {
  switch (filter) {
    case "everything":
      return true;
    case "problems":
      return problems.length > 0 || applier.state === "failed" || applier.state === "blocked";
    case "changes":
      return (
        changes.length > 0 || problems.length > 0 || status === "created" || status === "deleted"
      );
  }
}

/** A few changes are shown at once; a flood of them, as after an edit of a root patch, is folded. */
function expandState(children: readonly string[], { changes }: PlanApplier): PreviewNode["expand"] {
  if (children.length === 0) return "leaf";
  return changes.length <= 20 ? "expanded" : "collapsed";
}

function addChange(nodes: Nodes, folder: string, change: Change, parent: string): string {
  const id = `${folder}|${change.id}`;
  const text = changeText(change);
  const { ref, origin } = change;
  const place = origin ? { place: origin } : {};
  const rendered =
    change.kind === "deleted" || change.kind === "orphaned" ? [] : (["rendered"] as const);
  nodes.set(id, {
    id,
    parent,
    label: `${ref.kind} ${ref.name}`,
    description: [ref.namespace, text].filter(Boolean).join(" · "),
    tooltip: changeTooltip(change),
    icon: changeIcon(change.kind),
    accessibleLabel: `${objectName(ref)}, ${changeWord(change.kind)}${text === changeWord(change.kind) ? "" : `, ${text}`}`,
    contextValue: contextValue("change", [
      "diff",
      ...rendered,
      ...(origin ? (["source"] as const) : []),
    ]),
    expand: "leaf",
    children: [],
    target: { kind: "change", folder, change, ...place },
  });
  return id;
}

function totals(appliers: readonly PlanApplier[], risks: readonly Risk[]): string {
  const changes = appliers.reduce((sum, { changes: list }) => sum + list.length, 0);
  const problems = appliers
    .flatMap((item) => item.problems)
    .filter(({ severity }) => severity !== "information")
    .filter((problem) => !isSaidByRisk(problem, risks)).length;
  return countsText(changes, risks.length, problems);
}

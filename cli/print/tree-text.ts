/** Clusters and their appliers as a tree of lines. */
import { isInnerApplier } from "#simulator";
import type { ApplierRecord, Simulation } from "#simulator";

import { grouped } from "./grouped.ts";
import { applierText, clusterOf, counted, refText } from "./names.ts";
import type { Style } from "./style.ts";

/** The appliers must be printable. Appliers of other clusters never mix, and one whose parent is unknown is a root. */
export function* treeText(appliers: Simulation["appliers"], style: Style): Generator<string> {
  if (appliers.length === 0) yield "Nothing that Flux would apply was found.\n";
  let separator = "";
  for (const [cluster, members] of grouped(appliers, (applier) => applier.cluster)) {
    yield `${separator}${style.strong(`Cluster ${cluster}`)}\n`;
    separator = "\n";
    yield* clusterLines(members, style);
  }
}

interface Branches {
  readonly children: ReadonlyMap<string | undefined, readonly ApplierRecord[]>;
  readonly printed: Set<string>;
  readonly style: Style;
}

function* clusterLines(members: readonly ApplierRecord[], style: Style): Generator<string> {
  const ids = new Set(members.map((applier) => applier.id));
  const parentOf = ({ id, parent }: ApplierRecord): string | undefined =>
    parent !== undefined && parent !== id && ids.has(parent) ? parent : undefined;
  const branches: Branches = { children: grouped(members, parentOf), printed: new Set(), style };
  yield* siblings(branches.children.get(undefined) ?? [], undefined, "", branches);
  // A ring of appliers that contain each other has no root; it is printed flat rather than left out.
  for (const applier of members) yield* siblings([applier], undefined, "", branches);
}

function* siblings(
  appliers: readonly ApplierRecord[],
  parent: ApplierRecord | undefined,
  pad: string,
  branches: Branches,
): Generator<string> {
  const { children, printed, style } = branches;
  const fresh = appliers.filter((applier) => !printed.has(applier.id));
  for (const [index, applier] of fresh.entries()) {
    printed.add(applier.id);
    const isLast = index === fresh.length - 1;
    const below = `${pad}${isLast ? "   " : "│  "}`;
    const inner = children.get(applier.id) ?? [];
    yield `${pad}${isLast ? "└─ " : "├─ "}${applierLine(applier, parent, style)}\n`;
    const trouble = troubleText(applier);
    const rail = inner.length > 0 ? "│  " : "   ";
    if (trouble !== "") yield `${below}${rail}${style.faint(trouble)}\n`;
    yield* siblings(inner, applier, below, branches);
  }
}

/** The source is named where it is not the parent's. */
function applierLine(
  applier: ApplierRecord,
  parent: ApplierRecord | undefined,
  style: Style,
): string {
  const where = whereText(applier);
  const parts = [...(where === "" ? [] : [where]), counted(applier.objects, "object")];
  if (applier.source !== "" && applier.source !== parent?.source)
    parts.push(`from ${applier.source}`);
  if (applier.dependsOn.length > 0) {
    parts.push(`after ${applier.dependsOn.map((id) => dependencyText(id, applier)).join(", ")}`);
  }
  const title = `${stateMark(applier, style)} ${style.strong(refText(applier.ref))}`;
  return `${title}  ${style.faint(parts.join(" · "))}`;
}

/** The chart of a release, the path of a Kustomization, nothing for what has neither. */
function whereText({ chart, path, ref }: ApplierRecord): string {
  if (chart !== undefined) return `chart ${chart.name} ${chart.version}`;
  return path === "" && !isInnerApplier(ref) ? "." : path;
}

/** The namespace is left out where it is the applier's own. */
function dependencyText(id: string, applier: ApplierRecord): string {
  const text = clusterOf(id) === "" ? id : applierText(id);
  const name = text.slice(text.indexOf(" ") + 1);
  const own = `${applier.ref.namespace}/`;
  return name.startsWith(own) ? name.slice(own.length) : name;
}

function troubleText(applier: ApplierRecord): string {
  if (applier.state === "ready") return "";
  const message = applier.message?.split("\n", 1)[0] ?? "";
  return [applier.reason ?? "", message].filter((part) => part !== "").join(": ");
}

function stateMark(applier: ApplierRecord, style: Style): string {
  switch (applier.state) {
    case "ready":
      return style.good("✓");
    case "failed":
      return style.bad("✗ failed");
    case "blocked":
      return style.attention("… blocked");
    case "suspended":
      return style.accent("‖ suspended");
    case "unknown":
      return style.attention("? unknown");
  }
}

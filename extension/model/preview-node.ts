/** The nodes of the Preview view, plain and with stable ids, and what a command that is called on one acts on. */
import type { Change, Place, Problem, Risk } from "#simulator";

import type { NodeIcon } from "./icons.ts";

/** What a command that is called on a node acts on. */
export type NodeTarget =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "cluster"; readonly folder: string; readonly cluster: string }
  | {
      readonly kind: "applier";
      readonly folder: string;
      readonly applier: string;
      /** Whether its objects can be shown, and whether it has values. */
      readonly rendered: boolean;
      readonly values: boolean;
      readonly place?: Place;
    }
  | {
      readonly kind: "change";
      readonly folder: string;
      readonly change: Change;
      readonly place?: Place;
    }
  | {
      readonly kind: "problem";
      readonly folder: string;
      readonly problem: Problem;
      readonly place?: Place;
    }
  | {
      readonly kind: "risk";
      readonly folder: string;
      readonly risk: Risk;
      readonly place?: Place;
    };

export interface PreviewNode {
  readonly id: string;
  readonly parent?: string;
  readonly label: string;
  readonly description: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly icon: NodeIcon;
  /** What a screen reader says: everything that label, description and icon show. */
  readonly accessibleLabel: string;
  readonly contextValue: string;
  readonly expand: "expanded" | "collapsed" | "leaf";
  readonly children: readonly string[];
  readonly target: NodeTarget;
}

export interface PreviewTree {
  readonly roots: readonly string[];
  readonly nodes: ReadonlyMap<string, PreviewNode>;
}

export type Nodes = Map<string, PreviewNode>;

/** All nodes from top to bottom, as the view shows them. */
export function inOrder({ roots, nodes }: PreviewTree): readonly PreviewNode[] {
  const visit = (id: string): readonly PreviewNode[] => {
    const node = nodes.get(id);
    return node === undefined ? [] : [node, ...node.children.flatMap(visit)];
  };
  return roots.flatMap(visit);
}

/** The labels of the folder and the cluster that a node stands in. */
export function placeName(node: PreviewNode, { nodes }: PreviewTree): string {
  const labels: string[] = [];
  for (let at: PreviewNode | undefined = node; at !== undefined; at = nodes.get(at.parent ?? ""))
    if (at.target.kind === "cluster" || at.target.kind === "folder") labels.unshift(at.label);
  return labels.join(", ");
}

/** The one place where `contextValue` of a tree node is made: `sluice:<kind>` and a `+flag` for each thing that can be done. */

export type NodeKind = "folder" | "cluster" | "applier" | "change" | "problem" | "risk";
export type NodeFlag = "source" | "diff" | "rendered" | "values";

export function contextValue(kind: NodeKind, flags: readonly NodeFlag[]): string {
  return [`sluice:${kind}`, ...flags].join("+");
}

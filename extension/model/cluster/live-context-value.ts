/** The one place where `contextValue` of a live node is made: `sluice:live-<kind>` and a `+flag` for each thing that can be done. */

export type LiveKind = "cluster" | "group" | "object" | "managed" | "note";
export type LiveFlag =
  | "flux"
  | "reconcilable"
  | "sourced"
  | "suspendable"
  | "suspended"
  | "forceable"
  | "resettable"
  | "inventory"
  | "nopatch"
  | "nodelete"
  | "there"
  | "connected"
  | "connecting"
  | "closed";

export function liveContextValue(kind: LiveKind, flags: readonly LiveFlag[]): string {
  return [`sluice:live-${kind}`, ...flags].join("+");
}

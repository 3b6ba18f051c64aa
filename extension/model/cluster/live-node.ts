/** Nodes of the live views: their ids, what they act on, and how an object becomes one. Pure. */
import type { LiveState, ManagedStatus, ObjectRef } from "#simulator";
import { fluxKindOf, isForceable, isReconcilable, isResettable } from "#simulator";
import { objectId, sourcesOf, stateRank, suspendMechanism } from "#simulator";

import type { NodeIcon } from "../icons.ts";
import type { LiveFlag, LiveKind } from "./live-context-value.ts";
import { liveContextValue } from "./live-context-value.ts";
import type { LiveEntry, LiveIndex } from "./live-index.ts";
import type { ActionVerb, Verdict } from "./permission.ts";
import {
  countsBelow,
  liveName,
  shorten40,
  shortRevision,
  stateIcon,
  stateWord,
  statusWords,
} from "./live-words.ts";
import { suspensionWords } from "./suspension.ts";

export type LiveTarget =
  | { readonly kind: "cluster"; readonly context: string }
  | { readonly kind: "group"; readonly context: string; readonly group: string }
  | { readonly kind: "object"; readonly context: string; readonly id: string }
  | {
      readonly kind: "managed";
      readonly context: string;
      readonly owner: string;
      readonly ref: ObjectRef;
    }
  /** The rest of a list that is shown page by page; without `list` that of the roots of a view. */
  | {
      readonly kind: "more";
      readonly context: string;
      readonly list?: LiveTarget;
      readonly from: number;
    }
  | { readonly kind: "note"; readonly context: string };

export interface LiveNode {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** What label and description say of the node itself. What else they say adds up what is below, and may be drawn later. */
  readonly own: string;
  readonly icon: NodeIcon;
  /** What a screen reader says: everything that label, description and icon show. */
  readonly accessibleLabel: string;
  readonly contextValue: string;
  readonly expand: "expanded" | "collapsed" | "leaf";
  readonly target: LiveTarget;
}

/** Context names hold all sorts of characters; `|` separates. */
const part = encodeURIComponent;

export const nodeIds = {
  cluster: (context: string): string => `c|${part(context)}`,
  /** A context without a session: an editor keeps a node folded that once had no children, unless it is another one. */
  closed: (context: string): string => `d|${part(context)}`,
  object: (context: string, id: string): string => `o|${part(context)}|${id}`,
  managed: (context: string, owner: string, ref: ObjectRef): string =>
    `m|${part(context)}|${owner}|${objectId(ref)}`,
  group: (context: string, group: string): string => `g|${part(context)}|${group}`,
  more: (context: string, list: string, from: number): string =>
    `p|${part(context)}|${from}|${list}`,
  note: (context: string, about: string): string => `n|${part(context)}|${about}`,
};

/** The object that an id of `object` or `managed` means: its context, its id, and who manages it. */
export function parseNodeId(
  id: string,
): { readonly context: string; readonly id: string; readonly owner?: string } | undefined {
  const [kind, context = "", first = "", ...rest] = id.split("|");
  const name = decodeURIComponent(context);
  if (kind === "o") return { context: name, id: [first, ...rest].join("|") };
  return kind === "m" ? { context: name, owner: first, id: rest.join("|") } : undefined;
}

/** The context that an id of a cluster's node means, whether it is connected or not. */
export function parseClusterId(id: string): string | undefined {
  const found = /^[cd]\|([^|]+)$/.exec(id)?.[1];
  return found === undefined ? undefined : decodeURIComponent(found);
}

/** `context/namespace` and such beside the name where the tree does not already say it. */
export interface NodePlace {
  readonly context: string;
  readonly index: LiveIndex;
  /** Whether moving icons are affordable. */
  readonly spinning: boolean;
  /** A flat list shows what it holds, and nothing that is below. */
  readonly flat: boolean;
  /** Whether each says its kind; not where all are of one. */
  readonly kinds: "all" | "none";
  readonly may?: (verb: ActionVerb, ref: ObjectRef) => Verdict;
}

/** Nodes of flat lists depend on little but their entry, and such lists are long. */
const flatNodes = new WeakMap<LiveEntry, { readonly node: LiveNode; readonly about: string }>();

export function objectNode(entry: LiveEntry, place: NodePlace): LiveNode {
  if (!place.flat) return madeNode(entry, place);
  const about = `${place.spinning} ${refusals(entry, place).join()}`;
  const known = flatNodes.get(entry);
  if (known?.about === about) return known.node;
  const node = madeNode(entry, place);
  flatNodes.set(entry, { node, about });
  return node;
}

function madeNode(entry: LiveEntry, place: NodePlace): LiveNode {
  const { live, status } = entry;
  const { ref, object } = live;
  const below = place.flat ? "" : countsBelow(place.index.aggregate(live.id));
  const words = statusWords(status);
  const shown = status.state === "ready" && !status.drifted ? shortRevision(object) : words;
  const hasChildren =
    !place.flat && (live.inventory !== "" || place.index.children(live.id).length > 0);
  const why = shorten40(whyOf(entry));
  const where = place.kinds === "all" ? `${ref.kind} ${ref.namespace}`.trim() : ref.namespace;
  const own = [where, shown, why].filter(Boolean).join(" · ");
  return {
    id: nodeIds.object(place.context, live.id),
    label: ref.name,
    description: [own, below].filter(Boolean).join(" · "),
    own: `${own} ${words}`,
    icon: stateIcon(status.state, place.spinning),
    accessibleLabel: [`${ref.kind} ${ref.name} in ${ref.namespace}`, words, why, below]
      .filter(Boolean)
      .join(", "),
    contextValue: liveContextValue("object", [...flagsOf(entry), ...refusals(entry, place)]),
    expand: hasChildren ? "collapsed" : "leaf",
    target: { kind: "object", context: place.context, id: live.id },
  };
}

function flagsOf({ live, status }: LiveEntry): readonly LiveFlag[] {
  const { object, inventory } = live;
  const isFlux = fluxKindOf(live.ref) !== undefined;
  const suspended = status.state === "suspended";
  const flags: readonly (readonly [LiveFlag, boolean])[] = [
    ["flux", isFlux],
    ["reconcilable", isReconcilable(object) && !suspended],
    ["sourced", sourcesOf(object).length > 0 && isReconcilable(object) && !suspended],
    ["suspendable", suspendMechanism(object).kind !== "none" && !suspended],
    ["suspended", suspended],
    ["forceable", isForceable(object) && !suspended],
    ["resettable", isResettable(object) && !suspended],
    ["inventory", inventory !== ""],
  ];
  return flags.flatMap(([flag, is]) => (is ? [flag] : []));
}

/** Menus grey what the user may not do. */
function refusals({ live: { ref } }: LiveEntry, { may }: NodePlace): readonly LiveFlag[] {
  return [
    ...(may?.("patch", ref) === "no" ? (["nopatch"] as const) : []),
    ...(may?.("delete", ref) === "no" ? (["nodelete"] as const) : []),
  ];
}

function whyOf({ status, suspension }: LiveEntry): string {
  if (suspension !== undefined) return suspensionWords(suspension).join(", ");
  return troubled(status.state) ? status.reason : "";
}

function troubled(state: LiveState): boolean {
  return state === "failed" || state === "stalled" || state === "unknown";
}

const healthIcons: Readonly<Record<ManagedStatus["health"], NodeIcon>> = {
  healthy: { id: "pass", color: "testing.iconPassed" },
  progressing: { id: "sync" },
  failed: { id: "error", color: "problemsErrorIcon.foreground" },
  terminating: { id: "trash", color: "disabledForeground" },
};

/** What is known of a managed object; it is asked for only when somebody looks. */
export type ManagedView =
  | { readonly kind: "asking" }
  | { readonly kind: "found"; readonly status: ManagedStatus }
  | { readonly kind: "missing" }
  | { readonly kind: "remote" }
  | { readonly kind: "forbidden" };

export function managedNode(
  context: string,
  owner: string,
  ref: ObjectRef,
  view: ManagedView,
): LiveNode {
  const words = managedWords(view);
  const description = [ref.namespace, words.shown].filter(Boolean).join(" · ");
  return {
    id: nodeIds.managed(context, owner, ref),
    label: `${ref.kind} ${ref.name}`,
    description,
    own: description,
    icon: words.icon,
    accessibleLabel: [liveName(ref), words.spoken].filter(Boolean).join(", "),
    contextValue: liveContextValue("managed", view.kind === "found" ? ["there"] : []),
    expand: "leaf",
    target: { kind: "managed", context, owner, ref },
  };
}

function managedWords(view: ManagedView): {
  readonly shown: string;
  readonly spoken: string;
  readonly icon: NodeIcon;
} {
  const quiet = { id: "circle-outline", color: "disabledForeground" };
  switch (view.kind) {
    case "asking":
      return { shown: "", spoken: "", icon: quiet };
    case "missing":
      return { shown: "not found", spoken: "not found", icon: { id: "warning" } };
    case "remote":
      return {
        shown: "on a remote cluster",
        spoken: "on a remote cluster",
        icon: { id: "remote" },
      };
    case "forbidden":
      return { shown: "may not be read", spoken: "may not be read", icon: { id: "lock" } };
    case "found": {
      const { health, message } = view.status;
      const shown = health === "healthy" ? "" : [health, shorten40(message)].filter(Boolean);
      return {
        shown: shown === "" ? "" : shown.join(": "),
        spoken: [health, message].filter(Boolean).join(", "),
        icon: healthIcons[health],
      };
    }
  }
}

/** `3 failed, 1 suspended` for a group or a cluster, the worst first. */
export function stateCounts(entries: Iterable<LiveEntry>): string {
  const counts = new Map<LiveState, number>();
  for (const { status } of entries)
    if (status.state !== "ready" && status.state !== "static")
      counts.set(status.state, (counts.get(status.state) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => stateRank(a) - stateRank(b))
    .map(([state, count]) => `${count} ${stateWord(state)}`)
    .join(", ");
}

export function plainNode(
  kind: LiveKind,
  id: string,
  target: LiveTarget,
  parts: {
    readonly label: string;
    readonly description: string;
    readonly icon: NodeIcon;
    readonly expand: LiveNode["expand"];
    readonly flags?: readonly LiveFlag[];
    /** Where label and description add something up. */
    readonly own?: string;
  },
): LiveNode {
  const { label, description, icon, expand, flags = [], own = `${label} ${description}` } = parts;
  return {
    id,
    label,
    description,
    own,
    icon,
    accessibleLabel: [label, description].filter(Boolean).join(", "),
    contextValue: liveContextValue(kind, flags),
    expand,
    target,
  };
}

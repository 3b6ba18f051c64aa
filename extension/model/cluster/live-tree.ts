/** What the three live views contain, node by node on demand: nothing here walks over all objects to draw a few. Pure. */
import { appliesElsewhere, fluxKindOf, inventoryRefs, objectId, stateRank } from "#simulator";
import type { FluxKind, LiveState, ObjectRef } from "#simulator";

import type { LiveEntry, LiveIndex } from "./live-index.ts";
import type { LiveNode, LiveTarget, ManagedView, NodePlace } from "./live-node.ts";
import { managedNode, nodeIds, objectNode, plainNode, stateCounts } from "./live-node.ts";
import { onePage } from "./live-pages.ts";
import type { ActionVerb, Verdict } from "./permission.ts";
import type { SessionState } from "./session-state.ts";

/** How objects of a cluster are arranged. */
export type LiveMode = "owner" | "kind" | "namespace";

export interface ClusterView {
  readonly context: string;
  /** Absent for a context that nobody connected to. */
  readonly state?: SessionState;
  readonly index: LiveIndex;
  readonly isCurrent: boolean;
  readonly managed: (owner: LiveEntry, id: string) => ManagedView;
  /** What the user may do; absent where nobody can be asked. */
  readonly may?: (verb: ActionVerb, ref: ObjectRef) => Verdict;
}

export interface TreeOptions {
  readonly mode: LiveMode;
  /** Part of a name, namespace, kind or state; empty shows everything. */
  readonly filter: string;
}

/** So many moving icons are affordable. */
const mostSpinning = 25;

export function clusterNode(view: ClusterView): LiveNode {
  const { context, state, index } = view;
  const counts = stateCounts(index.all());
  const current = view.isCurrent ? "current context" : "";
  const words = clusterWords(state);
  const sums = [
    state?.kind === "connected" && !state.loading ? `${index.size} objects` : "",
    counts,
  ];
  const flag = state === undefined || state.kind === "failed" ? "closed" : state.kind;
  return plainNode(
    "cluster",
    state === undefined ? nodeIds.closed(context) : nodeIds.cluster(context),
    { kind: "cluster", context },
    {
      label: context,
      description: [words, ...sums, current].filter(Boolean).join(" · "),
      own: `${words} ${current}`,
      icon: clusterIcon(state),
      expand: state === undefined ? "leaf" : "expanded",
      flags: [flag],
    },
  );
}

function clusterWords(state: SessionState | undefined): string {
  switch (state?.kind) {
    case undefined:
      return "not connected";
    case "connecting":
      return `${state.step}…`;
    case "failed":
      return state.message;
    case "connected":
      return [
        state.interrupted === undefined ? "" : "connection interrupted",
        state.loading ? "loading…" : "",
      ]
        .filter(Boolean)
        .join(" · ");
  }
}

function clusterIcon(state: SessionState | undefined): LiveNode["icon"] {
  switch (state?.kind) {
    case undefined:
      return { id: "vm-outline", color: "disabledForeground" };
    case "connecting":
      return { id: "sync~spin" };
    case "failed":
      return { id: "vm-connect", color: "problemsErrorIcon.foreground" };
    case "connected":
      return state.interrupted === undefined
        ? { id: "vm-active" }
        : { id: "vm-connect", color: "problemsWarningIcon.foreground" };
  }
}

/** Below a context: what is wrong with the connection, then its objects. `from` is where a page begins, here and below. */
export function clusterChildren(
  view: ClusterView,
  options: TreeOptions,
  from = 0,
): readonly LiveNode[] {
  const { state } = view;
  if (state?.kind === "failed")
    return state.detail === "" ? [] : [note(view, state.detail, "info")];
  if (state?.kind !== "connected") return [];
  const notes = from === 0 ? connectionNotes(view, state) : [];
  const entries = filtered([...view.index.all()], options.filter);
  switch (options.mode) {
    case "owner":
      return [...notes, ...ownerRoots(view, options.filter, entries, from)];
    case "kind":
      return [...notes, ...groups(view, entries, ({ live }) => live.ref.kind)];
    case "namespace":
      return [...notes, ...groups(view, entries, ({ live }) => live.ref.namespace)];
  }
}

function connectionNotes(
  view: ClusterView,
  state: Extract<SessionState, { kind: "connected" }>,
): readonly LiveNode[] {
  const interrupted =
    state.interrupted === undefined ? [] : [note(view, state.interrupted, "warning")];
  const restricted = state.restricted.map((scope) =>
    note(view, `You may not list ${scope.split("/").at(-1) ?? scope}.`, "lock"),
  );
  const none =
    state.kinds === 0 ? [note(view, "Flux is not installed in this cluster.", "info")] : [];
  return [...interrupted, ...restricted, ...none];
}

function note({ context }: ClusterView, text: string, icon: string): LiveNode {
  return plainNode(
    "note",
    nodeIds.note(context, text),
    { kind: "note", context },
    {
      label: text.split("\n")[0] ?? "",
      description: text.split("\n").slice(1).join(" "),
      icon: { id: icon },
      expand: "leaf",
    },
  );
}

/** Root appliers; with a filter, whatever matches, flat. */
function ownerRoots(
  view: ClusterView,
  filter: string,
  entries: readonly LiveEntry[],
  from: number,
): readonly LiveNode[] {
  const list = { kind: "cluster", context: view.context } as const;
  if (filter !== "")
    return listed(view, [...entries].sort(worstFirst), { list, from, flat: true, kinds: "all" });
  const roots = view.index.roots().filter(({ live }) => isTop(fluxKindOf(live.ref)));
  return listed(view, roots.sort(byName), { list, from, flat: false, kinds: "all" });
}

/** Sources and automation have a view of their own. */
function isTop(row: FluxKind | undefined): boolean {
  switch (row?.role) {
    case "applier":
    case "instance":
    case "generator":
    case undefined:
      return true;
    case "source":
    case "automation":
    case "notification":
    case "report":
      return false;
  }
}

/** The Flux objects that it owns, then what else it manages. */
export function objectChildren(view: ClusterView, id: string, from = 0): readonly LiveNode[] {
  const entry = view.index.get(id);
  if (entry === undefined) return [];
  const owned = new Set(view.index.children(id));
  const remote = appliesElsewhere(entry.live.object);
  const managed = inventoryRefs(entry.live.inventory).filter((ref) => {
    const other = objectId(ref);
    return other !== id && (remote || (!owned.has(other) && view.index.get(other) === undefined));
  });
  const flux = [...owned].flatMap((child) => view.index.get(child) ?? []).sort(byName);
  const place = placeOf(view, flux, { flat: false, kinds: "all" });
  const stateOf = (ref: ObjectRef): ManagedView =>
    remote ? { kind: "remote" } : view.managed(entry, objectId(ref));
  const page = {
    context: view.context,
    list: { kind: "object", context: view.context, id },
    from,
  } as const;
  return onePage<LiveEntry | ObjectRef>([...flux, ...managed], page, (row) =>
    "live" in row ? objectNode(row, place) : managedNode(view.context, id, row, stateOf(row)),
  );
}

function groups(
  view: ClusterView,
  entries: readonly LiveEntry[],
  keyOf: (entry: LiveEntry) => string,
): readonly LiveNode[] {
  const byKey = grouped(entries, keyOf);
  return [...byKey.keys()].sort().map((key) => groupNode(view, key, byKey.get(key) ?? []));
}

function groupNode(view: ClusterView, key: string, members: readonly LiveEntry[]): LiveNode {
  const { context } = view;
  return plainNode(
    "group",
    nodeIds.group(context, key),
    { kind: "group", context, group: key },
    {
      label: key,
      description: [String(members.length), stateCounts(members)].filter(Boolean).join(" · "),
      own: key,
      icon: { id: "list-tree" },
      expand: "collapsed",
    },
  );
}

export function groupChildren(
  view: ClusterView,
  group: string,
  options: TreeOptions,
  from = 0,
): readonly LiveNode[] {
  const members = filtered([...view.index.all()], options.filter).filter(({ live }) =>
    options.mode === "namespace" ? live.ref.namespace === group : live.ref.kind === group,
  );
  const list = { kind: "group", context: view.context, group } as const;
  const kinds = options.mode === "kind" ? "none" : "all";
  return listed(view, members.sort(byName), { list, from, flat: false, kinds });
}

/** Sources, automation, notification and reports of a cluster, by kind. */
export function sourceGroups(view: ClusterView, options: TreeOptions): readonly LiveNode[] {
  const entries = filtered([...view.index.all()], options.filter);
  const others = entries.filter(({ live }) => {
    const role = fluxKindOf(live.ref)?.role;
    return role !== undefined && role !== "applier" && role !== "instance";
  });
  // Sources first, as the title of the view says.
  const isSource = ({ live }: LiveEntry): boolean => {
    const role = fluxKindOf(live.ref)?.role;
    return role === "source" || role === "generator";
  };
  const kindOf = ({ live }: LiveEntry): string => live.ref.kind;
  return [
    ...groups(view, others.filter(isSource), kindOf),
    ...groups(
      view,
      others.filter((entry) => !isSource(entry)),
      kindOf,
    ),
  ];
}

/** What a person should look at, the worst first, of all clusters. */
export function attention(views: readonly ClusterView[], from = 0): readonly LiveNode[] {
  const all = views.flatMap((view) =>
    [...view.index.all()].filter(needsAttention).map((entry) => ({ view, entry })),
  );
  all.sort((a, b) => worstFirst(a.entry, b.entry));
  const several = views.filter(({ state }) => state?.kind === "connected").length > 1;
  // All are counted, and not only those that retry: otherwise icons would change whenever one more does.
  const spinning = all.length <= mostSpinning;
  return onePage(all, { context: "", from }, ({ view, entry }) => {
    const place = { ...placeOf(view, [], { flat: true, kinds: "all" }), spinning };
    const node = objectNode(entry, place);
    return several ? { ...node, description: `${node.description} · ${view.context}` } : node;
  });
}

export function needsAttention({ status }: LiveEntry): boolean {
  return status.drifted || attentionStates.has(status.state);
}

const attentionStates: ReadonlySet<LiveState> = new Set([
  "failed",
  "stalled",
  "retrying",
  "waiting",
  "suspended",
]);

export function isFailing({ status }: LiveEntry): boolean {
  return status.state === "failed" || status.state === "stalled" || status.state === "retrying";
}

interface Listing extends ListLook {
  readonly list: LiveTarget;
  readonly from: number;
}

type ListLook = Pick<NodePlace, "flat" | "kinds">;

function listed(
  view: ClusterView,
  entries: readonly LiveEntry[],
  { list, from, ...look }: Listing,
): readonly LiveNode[] {
  const place = placeOf(view, entries, look);
  return onePage(entries, { context: view.context, list, from }, (entry) =>
    objectNode(entry, place),
  );
}

/** `entries` are all that stand in the same list. */
function placeOf(
  { context, index, may }: ClusterView,
  entries: readonly LiveEntry[],
  look: ListLook,
): NodePlace {
  const asked = may === undefined ? {} : { may };
  return { context, index, spinning: maySpin(entries), ...look, ...asked };
}

function maySpin(entries: readonly LiveEntry[]): boolean {
  let moving = 0;
  for (const { status } of entries)
    if (stateRank(status.state) === stateRank("reconciling")) moving++;
  return moving <= mostSpinning;
}

function filtered(entries: readonly LiveEntry[], filter: string): readonly LiveEntry[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === "") return entries;
  return entries.filter(({ live: { ref }, status }) =>
    `${ref.kind} ${ref.namespace}/${ref.name} ${status.state}`.toLowerCase().includes(wanted),
  );
}

function grouped(
  entries: readonly LiveEntry[],
  keyOf: (entry: LiveEntry) => string,
): ReadonlyMap<string, readonly LiveEntry[]> {
  const byKey = new Map<string, LiveEntry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [entry]);
    else members.push(entry);
  }
  return byKey;
}

function byName(a: LiveEntry, b: LiveEntry): number {
  return a.sortKey < b.sortKey ? -1 : 1;
}

function worstFirst(a: LiveEntry, b: LiveEntry): number {
  return stateRank(a.status.state) - stateRank(b.status.state) || byName(a, b);
}

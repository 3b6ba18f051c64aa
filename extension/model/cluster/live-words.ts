/** How states, objects and times are called, and which icon stands beside the words. Pure. */
import { conditionsOf, objectAt, stateRank, textAt } from "#simulator";
import type { Condition, JsonObject, LiveState, LiveStatus, ObjectRef } from "#simulator";

import type { NodeIcon } from "../icons.ts";
import type { Aggregate } from "./live-index.ts";
import type { LiveObject } from "./live-object.ts";

const stateWords: Readonly<Record<LiveState, string>> = {
  terminating: "terminating",
  suspended: "suspended",
  static: "static",
  stalled: "stalled",
  waiting: "waiting",
  failed: "failed",
  retrying: "retrying after a failure",
  reconciling: "reconciling",
  ready: "ready",
  new: "new",
  unknown: "unknown",
};

const failedColor = "problemsErrorIcon.foreground";
const quietColor = "disabledForeground";

const stateIcons: Readonly<Record<LiveState, NodeIcon>> = {
  terminating: { id: "trash", color: quietColor },
  suspended: { id: "debug-pause", color: quietColor },
  static: { id: "circle-small-filled", color: quietColor },
  stalled: { id: "error", color: failedColor },
  waiting: { id: "watch", color: "problemsWarningIcon.foreground" },
  failed: { id: "error", color: failedColor },
  retrying: { id: "sync", color: failedColor },
  reconciling: { id: "sync" },
  ready: { id: "pass", color: "testing.iconPassed" },
  new: { id: "circle-outline" },
  unknown: { id: "question", color: quietColor },
};

export function stateWord(state: LiveState): string {
  return stateWords[state];
}

/** What a pass ended with that needs no words: it went well, or there was none. */
const untold: ReadonlySet<LiveState> = new Set(["ready", "static", "new", "unknown"]);

/** `suspended, last failed`, `ready, drifted`: the state with its flags. */
export function statusWords({
  state,
  last,
  drifted,
  stale,
  canceled,
  blocker,
}: LiveStatus): string {
  const waited = state === "waiting" && blocker !== undefined ? ` for ${blocker}` : "";
  return [
    `${stateWords[state]}${waited}`,
    last !== undefined && !untold.has(last) ? `last ${stateWords[last]}` : "",
    drifted ? "drifted" : "",
    canceled ? "superseded" : "",
    stale ? "not heard of for long" : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** Spinning costs the renderer time, so only a few items may do it. */
export function stateIcon(state: LiveState, spinning: boolean): NodeIcon {
  const icon = stateIcons[state];
  return icon.id === "sync" && spinning ? { ...icon, id: "sync~spin" } : icon;
}

/** `2 failed, 1 waiting`; empty when everything below is well. */
export function countsBelow({ counts }: Aggregate): string {
  return [...counts]
    .filter(([state]) => stateRank(state) <= stateRank("unknown"))
    .sort(([a], [b]) => stateRank(a) - stateRank(b))
    .map(([state, count]) => `${count} ${stateWords[state]}`)
    .join(", ");
}

/** `Kustomization flux-system/apps`. */
export function liveName({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

/** `main@1a2b3c4`, `6.9.0`: what is applied or fetched, as short as it stays recognisable. */
export function shortRevision(object: JsonObject): string {
  const revision =
    textAt(object, "status", "lastAppliedRevision") ??
    textAt(object, "status", "artifact", "revision") ??
    textAt(objectAt(object, "status"), "lastAttemptedRevision") ??
    "";
  return revision.replace(/^refs\/heads\//, "").replace(/(@?sha\d+:[0-9a-f]{7})[0-9a-f]+/, shorten);
}

function shorten(_: string, digest: string): string {
  return digest.replace(/sha\d+:/, "");
}

/** At most about forty characters beside the label. */
export function shorten40(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length <= 40 ? flat : `${flat.slice(0, 39)}…`;
}

/** Everything known of a state, in Markdown; what the cluster says stays text. `refused` is what the user may not do, in words. */
export function liveTooltip(
  live: LiveObject,
  status: LiveStatus,
  below: string,
  refused = "",
): string {
  const { object, ref } = live;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["State", statusWords(status)],
    ["Below", below || undefined],
    ["You may not", refused || undefined],
    ["Revision", shortRevision(object) || undefined],
    ["Interval", textAt(object, "spec", "interval")],
    ["Version", ref.apiVersion],
    ["Suspended because", textAt(object, "metadata", "annotations", suspendReason)],
    ["Suspended until", textAt(object, "metadata", "annotations", suspendUntil)],
  ];
  const conditions = asTold(conditionsOf(object)).map(
    ({ type, status: value, reason, message }) =>
      `\n\n**${escapeMarkdown(type)}** ${value} ${escapeMarkdown(reason)}${message ? `  \n${escapeMarkdown(message.slice(0, 1000))}` : ""}`,
  );
  const table = rows
    .flatMap(([name, value]) => (value === undefined ? [] : [`| ${name} | ${cell(value)} |`]))
    .join("\n");
  return `**${escapeMarkdown(liveName(ref))}**\n\n| | |\n| --- | --- |\n${table}${conditions.join("")}`;
}

/** What has given up, then whether it is ready and why not, then what is going on now; the rest as the controller wrote it. */
function asTold(conditions: readonly Condition[]): readonly Condition[] {
  const rank = ({ type, status }: Condition): number => {
    if (type === "Stalled" && status === "True") return 0;
    if (type === "Ready") return 1;
    return type === "Reconciling" ? 2 : 3;
  };
  return [...conditions].sort((a, b) => rank(a) - rank(b));
}

/** Notes that Sluice leaves beside a suspension, for others to read. Nothing resumes by itself. */
export const suspendReason = "sluice/suspend-reason";
export const suspendUntil = "sluice/suspend-until";

function cell(text: string): string {
  return escapeMarkdown(text).replace(/\s+/g, " ");
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~$]/g, "\\$&").replace(/\r?\n/g, "  \n");
}

/** Which live objects a command acts on: the nodes it was called on, or what is picked from a list. */
import { ThemeIcon, window } from "vscode";

import { inventoryRefs, objectId } from "#simulator";
import type { ObjectRef } from "#simulator";

import type { ClusterSession } from "../../cluster/session.ts";
import type { LiveEntry, LiveIndex } from "../../model/cluster/live-index.ts";
import { parseNodeId } from "../../model/cluster/live-node.ts";
import { liveName, stateIcon, statusWords } from "../../model/cluster/live-words.ts";
import { UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";
import type { Live } from "./live.ts";

export interface ObjectTarget {
  readonly session: ClusterSession;
  readonly index: LiveIndex;
  readonly entry: LiveEntry;
}

export interface RefTarget {
  readonly session: ClusterSession;
  readonly ref: ObjectRef;
  /** Id of the applier below which it was shown. */
  readonly owner?: string;
}

/** The nodes of a call: the one it was made on, and the selection when that contains it. */
export interface Called {
  readonly node?: string | undefined;
  readonly selection?: readonly string[] | undefined;
}

export function liveOf({ live }: Services): Live {
  if (live === undefined)
    throw new UserError("Clusters can't be reached from the browser. Use VS Code on the desktop.");
  return live;
}

/** The Flux objects that are meant, among those that `fits`. Empty when nothing was picked. */
export async function pickTargets(
  live: Live,
  { node, selection }: Called,
  placeholder: string,
  fits: (entry: LiveEntry) => boolean,
): Promise<readonly ObjectTarget[]> {
  const ids = calledIds({ node, selection });
  if (ids.length > 0)
    return ids.flatMap((id) => target(live, id) ?? []).filter(({ entry }) => fits(entry));
  const all = live.clusters
    .sessions()
    .flatMap((session) =>
      [...live.clusters.index(session.context).all()]
        .filter(fits)
        .map((entry) => ({ session, index: live.clusters.index(session.context), entry })),
    );
  if (all.length === 0) throw new UserError("No connected cluster has an object for this.");
  const items = all.map((one) => ({
    label: one.entry.live.ref.name,
    description: `${liveName(one.entry.live.ref)} · ${statusWords(one.entry.status)}`,
    iconPath: new ThemeIcon(stateIcon(one.entry.status.state, false).id),
    one,
  }));
  const picked = await window.showQuickPick(items, {
    placeHolder: placeholder,
    matchOnDescription: true,
  });
  return picked === undefined ? [] : [picked.one];
}

/** One object of any kind, also one that is merely managed. */
export async function pickRef(
  live: Live,
  called: Called,
  placeholder: string,
): Promise<RefTarget | undefined> {
  const [id] = calledIds(called);
  const managed = id === undefined ? undefined : managedTarget(live, id);
  if (managed !== undefined) return managed;
  const [one] = await pickTargets(live, called, placeholder, () => true);
  return one === undefined ? undefined : { session: one.session, ref: one.entry.live.ref };
}

function calledIds({ node, selection }: Called): readonly string[] {
  if (node === undefined) return [];
  return selection?.includes(node) === true ? selection : [node];
}

function target(live: Live, node: string): ObjectTarget | undefined {
  const parsed = parseNodeId(node);
  if (parsed === undefined) return undefined;
  const session = live.clusters.session(parsed.context);
  const index = live.clusters.index(parsed.context);
  const entry = index.get(parsed.id);
  return session === undefined || entry === undefined ? undefined : { session, index, entry };
}

function managedTarget(live: Live, node: string): RefTarget | undefined {
  const parsed = parseNodeId(node);
  if (parsed?.owner === undefined) return undefined;
  const session = live.clusters.session(parsed.context);
  const owner = live.clusters.index(parsed.context).get(parsed.owner);
  const ref = inventoryRefs(owner?.live.inventory ?? "").find((one) => objectId(one) === parsed.id);
  return session === undefined || ref === undefined
    ? undefined
    : { session, ref, owner: parsed.owner };
}

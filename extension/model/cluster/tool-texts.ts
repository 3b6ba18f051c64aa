/** Answers for assistants: what fails and why, and where an object comes from. Read-only, bounded, without any Secret. Pure. */
import { objectId } from "#simulator";

import type { LiveEntry } from "./live-index.ts";
import { traceText } from "./live-texts.ts";
import type { ClusterView } from "./live-tree.ts";
import { needsAttention } from "./live-tree.ts";
import { liveName, shortRevision, statusWords } from "./live-words.ts";

const mostListed = 50;
const longestMessage = 600;

/** Objects that need attention, or those whose kind, namespace, name or state contain `filter`. */
export function statusAnswer(views: readonly ClusterView[], filter: string): string {
  const open = views.filter(({ state }) => state?.kind === "connected");
  if (open.length === 0)
    return "No cluster is connected. Ask the user to run “Sluice: Connect to a Cluster”.";
  return open.map((view) => oneCluster(view, filter.trim().toLowerCase())).join("\n\n");
}

function oneCluster({ context, index }: ClusterView, filter: string): string {
  const entries = [...index.all()];
  const wanted = entries.filter((entry) =>
    filter === ""
      ? needsAttention(entry)
      : `${liveName(entry.live.ref)} ${entry.status.state}`.toLowerCase().includes(filter),
  );
  const lines = wanted.slice(0, mostListed).map(line);
  const rest = wanted.length - lines.length;
  const what = filter === "" ? "need attention" : `match “${filter}”`;
  return [
    `Cluster ${context}: ${entries.length} Flux objects, ${wanted.length} ${what}.`,
    ...lines,
    ...(rest > 0 ? [`… and ${rest} more.`] : []),
  ].join("\n");
}

function line({ live, status }: LiveEntry): string {
  const message = status.message.replace(/\s+/g, " ").slice(0, longestMessage);
  const revision = shortRevision(live.object);
  const parts = [statusWords(status), status.reason, message, revision && `revision ${revision}`];
  return `- ${liveName(live.ref)}: ${parts.filter(Boolean).join("; ")}`;
}

export interface ToolObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The object that is meant, in whichever connected cluster has it. */
export function findForTool(
  views: readonly ClusterView[],
  { kind, namespace, name }: ToolObject,
): { readonly view: ClusterView; readonly entry: LiveEntry } | undefined {
  for (const view of views)
    for (const entry of view.index.all()) {
      const { ref } = entry.live;
      if (
        ref.kind === kind &&
        ref.name === name &&
        (namespace === "" || ref.namespace === namespace)
      )
        return { view, entry };
    }
  return undefined;
}

export function traceAnswer(views: readonly ClusterView[], wanted: ToolObject): string {
  const found = findForTool(views, wanted);
  if (found === undefined)
    return `No connected cluster has ${wanted.kind} ${wanted.namespace}/${wanted.name} among its Flux objects.`;
  const { view, entry } = found;
  return traceText(
    entry.live.object,
    (ref) => view.index.get(objectId(ref))?.live.object,
    view.index,
  );
}

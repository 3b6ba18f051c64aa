/** Opens the graph of the working tree or of a cluster, around the node that the command was called on. */
import { window } from "vscode";

import { parseClusterId, parseNodeId } from "../../model/cluster/live-node.ts";
import type { GraphSubject } from "../../model/graph/messages.ts";
import { UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";

export function showGraph(services: Services) {
  return async (node?: string): Promise<void> => {
    const meant = node === undefined ? undefined : subjectOf(node, services);
    const subject = meant?.subject ?? (await pickSubject(services));
    if (subject !== undefined) services.graphs.show(subject, meant?.focus);
  };
}

interface Meant {
  readonly subject: GraphSubject;
  readonly focus?: string;
}

/** Nodes of the live views and of the Preview have ids of different make. */
function subjectOf(node: string, { preview }: Services): Meant | undefined {
  const context = parseClusterId(node);
  if (context !== undefined) return { subject: { kind: "live", context } };
  const object = parseNodeId(node);
  if (object !== undefined) {
    const { context: of, id, owner } = object;
    return { subject: { kind: "live", context: of }, focus: owner ?? id };
  }
  const target = preview.node(node)?.target;
  if (target === undefined) return undefined;
  const subject = { kind: "plan", folder: target.folder } as const;
  return target.kind === "applier" ? { subject, focus: target.applier } : { subject };
}

async function pickSubject({ store, live }: Services): Promise<GraphSubject | undefined> {
  const folders = [...store.views.values()].map(({ folder, name }) => ({
    label: `$(repo) ${name}`,
    description: "as it would be after a push",
    subject: { kind: "plan", folder } as const,
  }));
  const clusters = (live?.clusters.sessions() ?? []).map(({ context }) => ({
    label: `$(server-environment) ${context}`,
    description: "live",
    subject: { kind: "live", context } as const,
  }));
  const all = [...folders, ...clusters];
  const [first] = all;
  if (first === undefined)
    throw new UserError(
      "There is nothing to draw: open a folder with Flux manifests, or connect to a cluster.",
    );
  if (all.length === 1) return first.subject;
  return (await window.showQuickPick(all, { placeHolder: "Show the graph of what?" }))?.subject;
}

/** Where the graphs come from, and what happens when something is done in one: the commands of the trees do it. */
import { commands, Range, Uri, window } from "vscode";

import type { PlanStore } from "../../client/plan-store.ts";
import type { Live } from "../../commands/live/live.ts";
import { nodeIds } from "../../model/cluster/live-node.ts";
import type { GraphAction } from "../../model/graph/graph.ts";
import { liveGraph } from "../../model/graph/live-graph.ts";
import type { GraphSubject } from "../../model/graph/messages.ts";
import { planGraph } from "../../model/graph/plan-graph.ts";
import type { PreviewView } from "../preview.ts";
import type { GraphContent } from "./graph-panel.ts";

export function graphContent(
  store: PlanStore,
  preview: Pick<PreviewView, "reveal">,
  live: Live | undefined,
): GraphContent {
  return {
    title: (subject) => titleOf(subject, store),
    graph: (subject) => {
      if (subject.kind === "plan") return folderGraph(store, subject.folder);
      if (live === undefined)
        return {
          nothing: "Clusters can't be reached from the browser. Use VS Code on the desktop.",
        };
      return clusterGraph(live, subject.context);
    },
    act: async (subject, id, action) => {
      if (subject.kind === "plan") return actOnPlan({ store, preview }, subject.folder, id, action);
      if (live !== undefined) await actOnLive(live, subject.context, id, action);
    },
  };
}

function titleOf(subject: GraphSubject, store: PlanStore): string {
  switch (subject.kind) {
    case "plan": {
      const view = store.views.get(subject.folder);
      return `${view?.name ?? "folder"}, ${view?.plan?.target ?? "working tree"}`;
    }
    case "live":
      return `${subject.context}, live`;
  }
}

function folderGraph(store: PlanStore, folder: string): ReturnType<GraphContent["graph"]> {
  const view = store.views.get(folder);
  if (view?.plan !== undefined) return planGraph(view.plan);
  if (view?.failure !== undefined) return { nothing: view.failure.message };
  return { nothing: "The folder is being simulated, or it is not open any more." };
}

function clusterGraph({ clusters }: Live, context: string): ReturnType<GraphContent["graph"]> {
  const state = clusters.session(context)?.state;
  switch (state?.kind) {
    case undefined:
      return { nothing: `${context} is not connected. Connect to it in the Clusters view.` };
    case "connecting":
      return { nothing: `${state.step}…` };
    case "failed":
      return { nothing: state.message };
    case "connected":
      return liveGraph(clusters.index(context), state);
  }
}

async function actOnPlan(
  { store, preview }: { readonly store: PlanStore; readonly preview: Pick<PreviewView, "reveal"> },
  folder: string,
  id: string,
  action: GraphAction,
): Promise<void> {
  const node = `${folder}|${id}`;
  switch (action) {
    case "open":
      await commands.executeCommand("sluice.openRendered", node);
      return;
    case "reveal":
      return preview.reveal(node);
    case "file": {
      const appliers = store.views.get(folder)?.plan?.clusters.flatMap((one) => one.appliers) ?? [];
      const origin = appliers.find(({ applier }) => applier.id === id)?.applier.origin;
      if (origin === undefined) return;
      const { path, line = 1, column = 1 } = origin;
      await window.showTextDocument(Uri.joinPath(Uri.parse(folder, true), path), {
        selection: new Range(line - 1, column - 1, line - 1, column - 1),
        preview: true,
      });
      return;
    }
    case "trace":
      return;
  }
}

const liveCommands = {
  open: "sluice.openLive",
  file: "sluice.goToManifest",
  trace: "sluice.openTrace",
} as const satisfies Record<Exclude<GraphAction, "reveal">, string>;

async function actOnLive(
  { views }: Live,
  context: string,
  id: string,
  action: GraphAction,
): Promise<void> {
  if (action === "reveal") return views.reveal(context, id);
  await commands.executeCommand(liveCommands[action], nodeIds.object(context, id));
}

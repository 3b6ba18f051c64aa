/** How the Clusters view is arranged, filtered and read again. */
import { window } from "vscode";

import type { LiveMode } from "../../model/cluster/live-tree.ts";
import type { Services } from "../services.ts";
import { liveOf } from "./targets.ts";

const modes: readonly {
  readonly label: string;
  readonly description: string;
  readonly mode: LiveMode;
}[] = [
  { label: "By Owner", description: "what applies what", mode: "owner" },
  { label: "By Kind", description: "one group for each kind", mode: "kind" },
  { label: "By Namespace", description: "one group for each namespace", mode: "namespace" },
];

export function arrangeClusters(services: Services) {
  return async (): Promise<void> => {
    const live = liveOf(services);
    const picked = await window.showQuickPick(modes, { placeHolder: "Arrange the Clusters view" });
    if (picked !== undefined) await live.settings.chooseMode(picked.mode);
  };
}

export function filterClusters(services: Services) {
  return async (): Promise<void> => {
    const { views } = liveOf(services);
    const text = await window.showInputBox({
      prompt: "Part of a name, namespace, kind or state; empty shows everything",
      value: views.filter,
    });
    if (text !== undefined) views.filter = text.trim();
  };
}

/** Reads the kubeconfig again, and asks again for what is looked at below appliers. */
export function refreshClusters(services: Services) {
  return async (): Promise<void> => {
    const live = liveOf(services);
    await live.start();
    await live.clusters.load();
    live.clusters.forgetManaged();
    live.views.loaded();
  };
}

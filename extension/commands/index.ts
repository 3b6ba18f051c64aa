/** The table of commands: id, type and factory. A command that is in one and not in the other does not compile. */
import { compareWith } from "./compare-with.ts";
import { copyPlan } from "./copy-plan.ts";
import { copyReference } from "./copy-reference.ts";
import { explainRisk } from "./explain-risk.ts";
import { goToSource } from "./go-to-source.ts";
import { arrangeClusters, filterClusters, refreshClusters } from "./live/arrange-clusters.ts";
import { connect, disconnect } from "./live/connect.ts";
import { deleteLive } from "./live/delete-live.ts";
import { goToManifest } from "./live/go-to-manifest.ts";
import {
  exportManifest,
  followControllerLogs,
  openEvents,
  openHistory,
  openInventory,
  openLive,
  openTrace,
} from "./live/open-live.ts";
import { isCommitLive } from "./live/is-commit-live.ts";
import { forceReconcile, reconcile, resetReconcile } from "./live/reconcile.ts";
import { reconcileChain, reconcileWithSource } from "./live/reconcile-chain.ts";
import { revealInCluster } from "./live/reveal-in-cluster.ts";
import { showGraph } from "./live/show-graph.ts";
import { resume, suspend } from "./live/suspend.ts";
import { openAllChanges } from "./open-all-changes.ts";
import { openChange } from "./open-change.ts";
import { openRendered } from "./open-rendered.ts";
import { refresh } from "./refresh.ts";
import { gatePushes } from "./push/gate-pushes.ts";
import { simulateAndPublish } from "./push/simulate-and-publish.ts";
import { simulateAndPush } from "./push/simulate-and-push.ts";
import type { Services } from "./services.ts";
import { setUpFlux } from "./set-up-flux.ts";
import { showValueEffects } from "./show-value-effects.ts";
import { showValues } from "./show-values.ts";
import { showOutlook } from "./show-outlook.ts";
import { showChanges, showEverything, showProblems } from "./show.ts";
import { showLog } from "./show-log.ts";

/** `node` is the id of a node of the Preview; from the palette it is absent, and the command asks. */
export interface CommandTypes {
  readonly "sluice.refresh": () => Promise<void>;
  readonly "sluice.openAllChanges": (node?: string) => Promise<void>;
  readonly "sluice.openChange": (node?: string) => Promise<void>;
  readonly "sluice.openRendered": (node?: string) => Promise<void>;
  readonly "sluice.showValues": (node?: string) => Promise<void>;
  readonly "sluice.showValueEffects": () => Promise<void>;
  readonly "sluice.showOutlook": () => Promise<void>;
  readonly "sluice.goToSource": (node?: string) => Promise<void>;
  readonly "sluice.explainRisk": (node?: string) => Promise<void>;
  readonly "sluice.showGraph": (node?: string) => Promise<void>;
  readonly "sluice.compareWith": () => Promise<void>;
  readonly "sluice.showChanges": () => Promise<void>;
  readonly "sluice.showProblems": () => Promise<void>;
  readonly "sluice.showEverything": () => Promise<void>;
  readonly "sluice.copyPlan": () => Promise<void>;
  readonly "sluice.copyReference": (node?: string, selection?: readonly string[]) => Promise<void>;
  /** `root` is the address of the repository that is meant. */
  readonly "sluice.simulateAndPush": (root?: string) => Promise<void>;
  readonly "sluice.simulateAndPublish": () => Promise<void>;
  readonly "sluice.gatePushes": () => Promise<void>;
  readonly "sluice.setUpFlux": () => Promise<void>;
  readonly "sluice.showLog": () => Promise<void>;
  readonly "sluice.connect": LiveCommand;
  readonly "sluice.disconnect": LiveCommand;
  readonly "sluice.refreshClusters": LiveCommand;
  readonly "sluice.arrangeClusters": LiveCommand;
  readonly "sluice.filterClusters": LiveCommand;
  readonly "sluice.revealInCluster": LiveCommand;
  readonly "sluice.goToManifest": LiveCommand;
  readonly "sluice.reconcile": LiveCommand;
  readonly "sluice.reconcileWithSource": LiveCommand;
  readonly "sluice.reconcileChain": LiveCommand;
  readonly "sluice.forceReconcile": LiveCommand;
  readonly "sluice.resetReconcile": LiveCommand;
  readonly "sluice.suspend": LiveCommand;
  readonly "sluice.resume": LiveCommand;
  readonly "sluice.openLive": LiveCommand;
  readonly "sluice.openEvents": LiveCommand;
  readonly "sluice.openInventory": LiveCommand;
  readonly "sluice.openTrace": LiveCommand;
  readonly "sluice.openHistory": LiveCommand;
  readonly "sluice.followLogs": LiveCommand;
  readonly "sluice.exportManifest": LiveCommand;
  readonly "sluice.deleteLive": LiveCommand;
  readonly "sluice.isCommitLive": LiveCommand;
}

/** `node` is the id of a node of a live view; `selection` are all selected ones. */
type LiveCommand = (node?: string, selection?: readonly string[]) => Promise<void>;

export type CommandId = keyof CommandTypes;

type CommandTable = { readonly [Id in CommandId]: (services: Services) => CommandTypes[Id] };

export const commandTable: CommandTable = {
  "sluice.refresh": refresh,
  "sluice.openAllChanges": openAllChanges,
  "sluice.openChange": openChange,
  "sluice.openRendered": openRendered,
  "sluice.showValues": showValues,
  "sluice.showValueEffects": showValueEffects,
  "sluice.showOutlook": showOutlook,
  "sluice.goToSource": goToSource,
  "sluice.explainRisk": explainRisk,
  "sluice.showGraph": showGraph,
  "sluice.compareWith": compareWith,
  "sluice.showChanges": showChanges,
  "sluice.showProblems": showProblems,
  "sluice.showEverything": showEverything,
  "sluice.copyPlan": copyPlan,
  "sluice.copyReference": copyReference,
  "sluice.simulateAndPush": simulateAndPush,
  "sluice.simulateAndPublish": simulateAndPublish,
  "sluice.gatePushes": gatePushes,
  "sluice.setUpFlux": setUpFlux,
  "sluice.showLog": showLog,
  "sluice.connect": connect,
  "sluice.disconnect": disconnect,
  "sluice.refreshClusters": refreshClusters,
  "sluice.arrangeClusters": arrangeClusters,
  "sluice.filterClusters": filterClusters,
  "sluice.revealInCluster": revealInCluster,
  "sluice.goToManifest": goToManifest,
  "sluice.reconcile": reconcile,
  "sluice.reconcileWithSource": reconcileWithSource,
  "sluice.reconcileChain": reconcileChain,
  "sluice.forceReconcile": forceReconcile,
  "sluice.resetReconcile": resetReconcile,
  "sluice.suspend": suspend,
  "sluice.resume": resume,
  "sluice.openLive": openLive,
  "sluice.openEvents": openEvents,
  "sluice.openInventory": openInventory,
  "sluice.openTrace": openTrace,
  "sluice.openHistory": openHistory,
  "sluice.followLogs": followControllerLogs,
  "sluice.exportManifest": exportManifest,
  "sluice.deleteLive": deleteLive,
  "sluice.isCommitLive": isCommitLive,
};

/** Builds the live side where there is Node.js: sessions, views, documents, logs. The web has none of it. */
import process from "node:process";

import type { ExtensionContext } from "vscode";
import { workspace } from "vscode";

import { liveOn, loadKubeClient } from "#simulator/cluster";

import * as actions from "./cluster/actions.ts";
import { Clusters } from "./cluster/clusters.ts";
import { followLogs } from "./cluster/controller-logs.ts";
import * as git from "./cluster/git-ancestry.ts";
import { RemoteClusters } from "./cluster/remote-clusters.ts";
import { watchApplied } from "./cluster/watch-applied.ts";
import type { Live } from "./commands/live/live.ts";
import { ClusterSettings } from "./platform/cluster-settings.ts";
import type { Log } from "./platform/log.ts";
import { fireAndForget } from "./platform/log.ts";
import { LiveDocuments, liveDocumentUri } from "./views/cluster/live-documents.ts";
import { LiveEditorMarks } from "./views/cluster/live-editor-marks.ts";
import { LiveLogs } from "./views/cluster/live-logs.ts";
import { registerLiveTools } from "./views/cluster/live-tools.ts";
import { LiveViews } from "./views/cluster/live-views.ts";
import { SuspendReminders } from "./views/cluster/suspend-reminders.ts";

/** Milliseconds between two looks at what depends on the clock. */
const tick = 60_000;

export function composeLive(context: ExtensionContext, log: Log): Live {
  const settings = new ClusterSettings(context.workspaceState);
  const say = (message: string): void => log.info(message);
  const clusters = new Clusters({
    kubeconfig: () => settings.kubeconfig,
    namespaces: () => settings.namespaces,
    trusted: () => workspace.isTrusted,
    env: process.env,
    now: Date.now,
    client: loadKubeClient,
    log: say,
  });
  const remotes = remotesOf(clusters);
  const views = new LiveViews(clusters, settings);
  const logs = new LiveLogs((target, onLine, signal) => {
    const session = clusters.session(target.context);
    return session === undefined
      ? Promise.resolve()
      : followLogs(session, target.ref, onLine, signal);
  });
  const start = once(async () => {
    if (!workspace.isTrusted) return;
    await clusters.load();
    for (const name of settings.chosenContexts)
      if (clusters.kubeconfig?.contexts.some((one) => one.name === name)) clusters.connect(name);
    views.loaded();
  });
  const live: Live = {
    clusters,
    settings,
    views,
    actions,
    git,
    push: () => import("#simulator/node/push"),
    publish: () => import("#simulator/node/publish"),
    start: start.run,
    ask: askOn(clusters, start.run),
    remotes,
    onApplied: (listener) => watchApplied(clusters, listener),
    documentUri: liveDocumentUri,
    followLogs: (name, ref) => logs.follow({ context: name, ref }),
    log: say,
  };
  const documents = new LiveDocuments(clusters, actions);
  const marks = new LiveEditorMarks(clusters, settings);
  const reminders = new SuspendReminders(clusters, log);
  const timer = setInterval(() => clusters.tick(), tick);
  const tools = registerLiveTools(clusters, (document, signal) => documents.text(document, signal));
  context.subscriptions.push(settings, views, logs, documents, marks, reminders, ...tools, {
    dispose: () => {
      clearInterval(timer);
      remotes.closeOthers();
      clusters.dispose();
    },
  });
  startWhenSeen(context, live, start.again, log);
  return live;
}

/** What manifests may not lead to, Secrets of clusters may not either. */
function remotesOf(clusters: Clusters): RemoteClusters {
  return new RemoteClusters({
    session: (name) => clusters.session(name),
    trusted: () => workspace.isTrusted,
    allowPrivateNetwork: () =>
      workspace.getConfiguration("sluice").get<boolean>("allowPrivateNetwork", false),
  });
}

/** One question of the simulator, on the connection that there is. */
function askOn(clusters: Clusters, start: () => Promise<void>): Live["ask"] {
  return async (name, request, signal) => {
    await start();
    const session = clusters.session(name);
    return session === undefined
      ? { status: 0, body: `There is no connection to ${name}.` }
      : liveOn(name, session.api).request(request, signal);
  };
}

/** Until somebody looks at a view, not even the kubeconfig is read. */
function startWhenSeen(
  context: ExtensionContext,
  { views, clusters, settings, start }: Live,
  again: () => void,
  log: Log,
): void {
  const all = [views.clusters, views.attention, views.sources].map(({ view }) => view);
  const look = (): void => {
    if (all.some(({ visible }) => visible)) fireAndForget(start(), log);
  };
  context.subscriptions.push(
    ...all.map((view) => view.onDidChangeVisibility(look)),
    workspace.onDidGrantWorkspaceTrust(() => {
      again();
      views.update();
      look();
    }),
    settings.onDidChange(() => {
      if (clusters.kubeconfig !== undefined) fireAndForget(clusters.load(), log);
    }),
  );
  look();
}

/** Runs once, and again only when asked to. */
function once(work: () => Promise<void>) {
  let running: Promise<void> | undefined;
  return {
    run: (): Promise<void> => (running ??= work()),
    again: (): void => {
      running = undefined;
    },
  };
}

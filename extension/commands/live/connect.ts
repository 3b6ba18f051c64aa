/** Connects to a context that a person chose, and ends it. Cancelling ends it too. */
import { commands, ProgressLocation, ThemeIcon, window, workspace } from "vscode";

import type { ClusterSession } from "../../cluster/session.ts";
import { parseClusterId } from "../../model/cluster/live-node.ts";
import { showError, UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";
import type { Live } from "./live.ts";
import { liveOf } from "./targets.ts";

export function connect(services: Services) {
  return async (node?: string): Promise<void> => {
    const live = liveOf(services);
    requireTrust();
    await live.start();
    const context = contextOf(node) ?? (await pickContext(live, "Connect to which context?"));
    if (context !== undefined) await connectTo(services, context);
  };
}

/** Whether there is a connection now. Says itself why there is none. */
export async function connectTo(services: Services, context: string): Promise<boolean> {
  const live = liveOf(services);
  requireTrust();
  const session = live.clusters.connect(context);
  await live.settings.choose([...new Set([...live.settings.chosenContexts, context])]);
  await whileConnecting(live, session);
  // Who gives up on a cluster does not want it back the next time either.
  if (session.signal.aborted && live.clusters.session(context) === undefined) {
    await live.settings.choose(live.settings.chosenContexts.filter((name) => name !== context));
    return false;
  }
  const { state } = session;
  if (state.kind !== "failed") return true;
  await showError(
    [`${context}: ${state.message}`, state.detail].filter(Boolean).join(" "),
    { title: "Try Again", run: () => connectTo(services, context) },
    { title: "Show Log", run: () => services.log.show() },
  );
  return false;
}

function requireTrust(): void {
  if (workspace.isTrusted) return;
  throw new UserError("The workspace is not trusted: no cluster is contacted.", {
    title: "Manage Workspace Trust",
    run: () => commands.executeCommand("workbench.trust.manage"),
  });
}

export function disconnect(services: Services) {
  return async (node?: string): Promise<void> => {
    const live = liveOf(services);
    const open = live.clusters.sessions().map((session) => session.context);
    const context = contextOf(node) ?? (await pickContext(live, "Disconnect which?", open));
    if (context === undefined) return;
    live.clusters.disconnect(context);
    await live.settings.choose(live.settings.chosenContexts.filter((name) => name !== context));
  };
}

function contextOf(node: string | undefined): string | undefined {
  return node === undefined ? undefined : parseClusterId(node);
}

export async function pickContext(
  live: Live,
  placeHolder: string,
  among?: readonly string[],
): Promise<string | undefined> {
  const { kubeconfig } = live.clusters;
  const all = (kubeconfig?.contexts ?? []).filter(({ name }) => among?.includes(name) ?? true);
  if (all.length === 0) {
    const problem = kubeconfig?.problems[0];
    const why = problem === undefined ? "" : ` ${problem.file}: ${problem.message}`;
    throw new UserError(`There is no context to choose from.${why}`);
  }
  const items = all.map(({ name, cluster, namespace }) => ({
    label: name,
    description: [cluster, namespace].filter(Boolean).join(" · "),
    iconPath: new ThemeIcon(name === kubeconfig?.currentContext ? "star-full" : "vm-outline"),
  }));
  return (await window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.label;
}

/** Cancelling is felt at once: the session ends, whatever it was waiting for. */
async function whileConnecting(live: Live, session: ClusterSession): Promise<void> {
  if (session.state.kind !== "connecting") return;
  await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: `Connecting to ${session.context}`,
      cancellable: true,
    },
    (progress, token) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          const { state, signal } = session;
          // A session that was ended stays in the state that it had, and may have been ended before we got here.
          if (state.kind === "connecting" && !signal.aborted)
            progress.report({ message: state.step });
          else resolve();
        };
        session.onDidChangeState(look);
        session.signal.addEventListener("abort", look);
        token.onCancellationRequested(() => live.clusters.disconnect(session.context));
        look();
      }),
  );
}

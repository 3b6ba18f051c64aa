/**
 * The extension's end of the language server: starts and stops it, and gives its messages their types.
 * Starting is never awaited by activation; requests before the start wait for it.
 */
import type { CancellationToken, Event, LogOutputChannel } from "vscode";
import { CancellationTokenSource, EventEmitter, workspace } from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import { State } from "vscode-languageclient";

import type {
  AskClusterParams,
  ClientRequests,
  InitializationOptions,
  OpenRemoteParams,
  OpenRemoteResult,
  PlanParams,
  ServerNotifications,
  ServerRequests,
} from "#protocol";
import { clusterBase } from "#protocol";
import type { LiveResponse } from "#simulator";

import { discreetTrace } from "../model/discreet-trace.ts";
import { WithDisposables } from "../platform/disposables.ts";
import type { Log } from "../platform/log.ts";
import { fireAndForget } from "../platform/log.ts";
import type { Settings } from "../platform/settings.ts";
import { RedHatYaml } from "./red-hat-yaml.ts";

/** Answers what the server wants to know of a cluster. */
export interface AnswerClusters {
  ask(params: AskClusterParams, signal: AbortSignal): Promise<LiveResponse>;
  openRemote(params: OpenRemoteParams, signal: AbortSignal): Promise<OpenRemoteResult>;
}

/** Makes the client of this platform; called at each start. */
export type ClientFactory = (options: LanguageClientOptions) => Promise<BaseLanguageClient>;

export class ServerLink extends WithDisposables {
  readonly #create: ClientFactory;
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #initialization: Omit<InitializationOptions, "trusted">;
  readonly #redHatYaml: RedHatYaml;
  #client: Promise<BaseLanguageClient> | undefined;
  #answers: AnswerClusters | undefined;
  readonly #plan = this.own(new EventEmitter<PlanParams>());
  readonly onPlan: Event<PlanParams> = this.#plan.event;
  readonly #stopped = this.own(new EventEmitter<void>());
  readonly onStopped: Event<void> = this.#stopped.event;

  constructor(
    create: ClientFactory,
    settings: Settings,
    log: Log,
    initialization: Omit<InitializationOptions, "trusted">,
  ) {
    super();
    this.#create = create;
    this.#settings = settings;
    this.#log = log;
    this.#initialization = initialization;
    const isWanted = (): boolean => this.#client !== undefined && settings.keepsManifests;
    this.#redHatYaml = this.own(new RedHatYaml(isWanted, log));
    this.own(settings.onDidChange(() => this.#onSettings()));
    this.own(workspace.onDidChangeWorkspaceFolders(() => this.start()));
    this.own(
      workspace.onDidGrantWorkspaceTrust(() =>
        fireAndForget(this.#notify("sluice/trustGranted", {}), this.#log),
      ),
    );
  }

  /** Without it every question about a cluster is answered with nothing. */
  answerClusters(answers: AnswerClusters): void {
    this.#answers = answers;
  }

  start(): void {
    if (this.#client || !this.#settings.enabled || !workspace.workspaceFolders?.length) return;
    // Making a client takes longer than all the rest of the activation, which does not wait for it.
    this.#client = nextTurn().then(() => this.#start());
    this.#client.catch((error: unknown) => {
      this.#client = undefined;
      this.#log.error(error instanceof Error ? error : String(error));
    });
  }

  async stop(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.dispose();
    this.#stopped.fire();
  }

  async objectText(
    params: ClientRequests["sluice/objectText"][0],
    token: CancellationToken,
  ): Promise<ClientRequests["sluice/objectText"][1]> {
    const client = await this.#client;
    return (await client?.sendRequest("sluice/objectText", params, token)) ?? {};
  }

  async lineOrigin(
    params: ClientRequests["sluice/lineOrigin"][0],
    token: CancellationToken,
  ): Promise<ClientRequests["sluice/lineOrigin"][1]> {
    const client = await this.#client;
    return (await client?.sendRequest("sluice/lineOrigin", params, token)) ?? {};
  }

  async valueEffects(
    params: ClientRequests["sluice/valueEffects"][0],
    token: CancellationToken,
  ): Promise<ClientRequests["sluice/valueEffects"][1]> {
    const client = await this.#client;
    return (await client?.sendRequest("sluice/valueEffects", params, token)) ?? {};
  }

  async outlook(
    params: ClientRequests["sluice/outlook"][0],
    token: CancellationToken,
  ): Promise<ClientRequests["sluice/outlook"][1]> {
    const client = await this.#client;
    return (await client?.sendRequest("sluice/outlook", params, token)) ?? {};
  }

  async planRevisions(
    params: ClientRequests["sluice/planRevisions"][0],
    token: CancellationToken,
  ): Promise<ClientRequests["sluice/planRevisions"][1]> {
    const client = await this.#client;
    return (await client?.sendRequest("sluice/planRevisions", params, token)) ?? {};
  }

  async planPublication(
    params: ClientRequests["sluice/planPublication"][0],
    token: CancellationToken,
  ): Promise<ClientRequests["sluice/planPublication"][1]> {
    const client = await this.#client;
    return (await client?.sendRequest("sluice/planPublication", params, token)) ?? {};
  }

  /** What the appliers of a cluster have applied is another state now: plans against it are out of date. */
  clusterMoved(context: string): Promise<void> {
    return this.#notify("sluice/clusterMoved", { context });
  }

  /** Resolves when the new plan is there. */
  async refresh(): Promise<void> {
    this.start();
    const client = await this.#client;
    await client?.sendRequest("sluice/refresh", {}, new CancellationTokenSource().token);
  }

  async #start(): Promise<BaseLanguageClient> {
    const initializationOptions: InitializationOptions = {
      ...this.#initialization,
      trusted: workspace.isTrusted,
    };
    const client = await this.#create({
      documentSelector: [...folderSchemes()].map((scheme) => ({ scheme })),
      initializationOptions,
      outputChannel: this.#log,
      traceOutputChannel: discreetChannel(this.#log),
      diagnosticCollectionName: "Sluice",
      middleware: {
        provideDiagnostics: this.#redHatYaml.provideDiagnostics,
        workspace: {
          configuration: (params, token, next) => this.#configuration(params, token, next),
        },
      },
    });
    // A server that was started again counts its revisions from one.
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) this.#stopped.fire();
    });
    client.onNotification("sluice/plan" satisfies keyof ServerNotifications, (params: PlanParams) =>
      this.#plan.fire(params),
    );
    client.onRequest(
      "sluice/askCluster" satisfies keyof ServerRequests,
      (params: AskClusterParams, token: CancellationToken) => this.#askCluster(params, token),
    );
    client.onRequest<OpenRemoteResult, unknown>(
      "sluice/openRemote" satisfies keyof ServerRequests,
      (params: OpenRemoteParams, token: CancellationToken) => this.#openRemote(params, token),
    );
    await client.start();
    return client;
  }

  async #askCluster(params: AskClusterParams, token: CancellationToken): Promise<LiveResponse> {
    const answer = await cancellable(token, async (signal) => this.#answers?.ask(params, signal));
    return answer ?? { status: 0, body: `${noClusters}.` };
  }

  async #openRemote(params: OpenRemoteParams, token: CancellationToken): Promise<OpenRemoteResult> {
    const open = async (signal: AbortSignal) => this.#answers?.openRemote(params, signal);
    return (await cancellable(token, open)) ?? { outcome: "refused", why: noClusters };
  }

  /**
   * Puts the base that was chosen with "Compare With…" over the setting. A setting may come from the repository, so it can't name
   * a cluster, nor let keys of one be read.
   */
  async #configuration(
    params: { readonly items: readonly { readonly section?: string }[] },
    token: CancellationToken,
    next: (params: never, token: CancellationToken) => unknown,
  ): Promise<unknown[]> {
    const answers = (await next(params as never, token)) as unknown[];
    const { chosenBase, configuredBase, clusterKeys } = this.#settings;
    const base = chosenBase ?? (configuredBase.startsWith(clusterBase) ? "HEAD" : undefined);
    return answers.map((answer, index) =>
      params.items[index]?.section === "sluice"
        ? { ...(answer as object), clusterKeys, ...(base !== undefined && { base }) }
        : answer,
    ) as never[];
  }

  #onSettings(): void {
    if (!this.#settings.enabled) fireAndForget(this.stop(), this.#log);
    else if (!this.#client) this.start();
    else
      fireAndForget(
        this.#notify("workspace/didChangeConfiguration", { settings: null }),
        this.#log,
      );
  }

  async #notify(method: string, params: object): Promise<void> {
    const client = await this.#client;
    await client?.sendNotification(method, params);
  }
}

const noClusters = "there are no clusters in VS Code for the Web";

async function cancellable<T>(
  token: CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancelled = token.onCancellationRequested(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    cancelled.dispose();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function folderSchemes(): ReadonlySet<string> {
  return new Set((workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme));
}

/** The same channel, whose traces hold nothing of clusters. */
function discreetChannel(log: LogOutputChannel): LogOutputChannel {
  const trace = (entry: string): void => log.trace(discreetTrace(entry));
  return Object.create(log, { trace: { value: trace } }) as LogOutputChannel;
}

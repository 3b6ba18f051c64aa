/** Read-only documents about live objects; open ones follow the object. Values of Secrets never get here. */
import type { CancellationToken, TextDocumentContentProvider } from "vscode";
import { EventEmitter, Uri, workspace } from "vscode";

import { isObject, listAt, objectId, refTitle, sourceChain } from "#simulator";
import type { JsonObject, ObjectRef } from "#simulator";

import type * as actions from "../../cluster/actions.ts";
import type { Clusters } from "../../cluster/clusters.ts";
import type { ClusterSession } from "../../cluster/session.ts";
import type { LiveDocument } from "../../model/cluster/live-address.ts";
import {
  livePath,
  liveQuery,
  liveScheme,
  parseLiveQuery,
} from "../../model/cluster/live-address.ts";
import {
  eventsText,
  historyText,
  inventoryListing,
  traceText,
  yamlText,
} from "../../model/cluster/live-texts.ts";
import { WithDisposables } from "../../platform/disposables.ts";
import { Paced } from "./paced.ts";

/** Milliseconds between two readings of open documents whose objects change. */
const pace = 1000;

export class LiveDocuments extends WithDisposables implements TextDocumentContentProvider {
  readonly #clusters: Clusters;
  readonly #actions: typeof actions;
  readonly #fired = this.own(new EventEmitter<Uri>());
  readonly onDidChange = this.#fired.event;
  /** Open documents that are to be read again. */
  readonly #old = new Map<string, Uri>();
  readonly #paced = this.own(new Paced(pace, () => this.#fireOld()));

  constructor(clusters: Clusters, liveActions: typeof actions) {
    super();
    this.#clusters = clusters;
    this.#actions = liveActions;
    this.own(workspace.registerTextDocumentContentProvider(liveScheme, this));
    this.own({
      dispose: clusters.onDidChange((change) => {
        if (change.kind === "objects") this.#refresh(change.context, change.ids);
      }),
    });
  }

  async provideTextDocumentContent(uri: Uri, token: CancellationToken): Promise<string> {
    const document = parseLiveQuery(uri.query);
    if (document === undefined) return "";
    const abort = new AbortController();
    const stop = token.onCancellationRequested(() => abort.abort());
    try {
      return await this.text(document, abort.signal);
    } catch (error) {
      return `# ${error instanceof Error ? error.message : String(error)}\n`;
    } finally {
      stop.dispose();
    }
  }

  async text(document: LiveDocument, signal: AbortSignal): Promise<string> {
    const session = this.#clusters.session(document.context);
    if (session === undefined) return `# Sluice is not connected to ${document.context}.\n`;
    return this.#text(session, document, signal);
  }

  async #text(
    session: ClusterSession,
    { kind, context, ref }: LiveDocument,
    signal: AbortSignal,
  ): Promise<string> {
    const index = this.#clusters.index(context);
    const live = session.store.get(objectId(ref));
    const title = refTitle(ref);
    switch (kind) {
      case "yaml":
        return yamlText(await this.#actions.readObject(session, ref, signal));
      case "events":
        return eventsText(title, await this.#events(session, ref, signal));
      case "inventory":
        return inventoryListing(title, live?.inventory ?? "");
      case "history":
        return historyText(title, live?.object ?? {});
      case "trace": {
        const object = live?.object ?? (await this.#actions.readObject(session, ref, signal));
        return traceText(object, (one) => index.get(objectId(one))?.live.object, index);
      }
    }
  }

  /** Those of the object and of everything that it reads from. */
  async #events(
    session: ClusterSession,
    ref: ObjectRef,
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const object = session.store.get(objectId(ref))?.object;
    const find = (one: ObjectRef): JsonObject | undefined =>
      session.store.get(objectId(one))?.object;
    const refs = [ref, ...(object === undefined ? [] : sourceChain(object, find))];
    const lists = await Promise.all(
      refs.map(({ kind, namespace, name }) =>
        session.api.json(
          {
            path: `/api/v1/namespaces/${encodeURIComponent(namespace || "default")}/events`,
            query: {
              fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
              limit: "200",
            },
          },
          AbortSignal.any([signal, session.signal]),
        ),
      ),
    );
    return lists.flatMap((list) => listAt(list, "items").filter(isObject));
  }

  #refresh(context: string, ids: ReadonlySet<string>): void {
    for (const { uri } of workspace.textDocuments) {
      if (uri.scheme !== liveScheme) continue;
      const document = parseLiveQuery(uri.query);
      if (document?.context !== context || !ids.has(objectId(document.ref))) continue;
      this.#old.set(uri.toString(), uri);
      this.#paced.soon();
    }
  }

  #fireOld(): void {
    for (const uri of this.#old.values()) this.#fired.fire(uri);
    this.#old.clear();
  }
}

export function liveDocumentUri(document: LiveDocument): Uri {
  return Uri.from({ scheme: liveScheme, path: livePath(document), query: liveQuery(document) });
}

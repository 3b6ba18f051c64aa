/** Rendered objects as read-only documents; open ones follow the plan, and each line leads to where it is written. */
import type {
  CancellationToken,
  DefinitionProvider,
  Location,
  Position,
  TextDocument,
  TextDocumentContentProvider,
} from "vscode";
import {
  EventEmitter,
  Location as Locations,
  Position as Positions,
  Uri,
  languages,
  workspace,
} from "vscode";

import type { PlanStore } from "../client/plan-store.ts";
import type { ServerLink } from "../client/server-link.ts";
import type { FolderViews } from "../model/folder-view.ts";
import type { DocumentAddress } from "../model/object-address.ts";
import { objectScheme, parseQuery } from "../model/object-address.ts";
import { WithDisposables } from "../platform/disposables.ts";

export class ObjectDocuments
  extends WithDisposables
  implements TextDocumentContentProvider, DefinitionProvider
{
  readonly #link: ServerLink;
  readonly #fired = this.own(new EventEmitter<Uri>());
  readonly onDidChange = this.#fired.event;
  /** Revision of each folder when its documents were last asked to read again. */
  #revisions: ReadonlyMap<string, number> = new Map();

  constructor(link: ServerLink, store: PlanStore) {
    super();
    this.#link = link;
    this.own(workspace.registerTextDocumentContentProvider(objectScheme, this));
    this.own(languages.registerDefinitionProvider({ scheme: objectScheme }, this));
    this.own(store.onDidChange((views) => this.#refresh(views)));
  }

  /** An object that this side doesn't have is an empty document. */
  async provideTextDocumentContent(uri: Uri, token: CancellationToken): Promise<string> {
    const params = parseQuery(uri.query);
    if (!params) return "";
    return (await this.#link.objectText(params, token)).text ?? "";
  }

  /** "Go to Definition" on a rendered line opens the manifest at the field that it comes from. */
  async provideDefinition(
    { uri }: TextDocument,
    { line }: Position,
    token: CancellationToken,
  ): Promise<Location | undefined> {
    const params = parseQuery(uri.query);
    if (!params || params.part !== undefined) return undefined;
    const { place } = await this.#link.lineOrigin({ ...params, line: line + 1 }, token);
    if (!place) return undefined;
    const file = Uri.joinPath(Uri.parse(params.folder, true), place.path);
    return new Locations(file, new Positions((place.line ?? 1) - 1, (place.column ?? 1) - 1));
  }

  #refresh(views: FolderViews): void {
    const ready = [...views.values()].filter(({ running, plan }) => !running && plan !== undefined);
    const revisions = new Map(ready.map(({ folder, revision }) => [folder, revision]));
    for (const { uri } of workspace.textDocuments) {
      if (uri.scheme !== objectScheme) continue;
      const folder = parseQuery(uri.query)?.folder;
      const revision = folder === undefined ? undefined : revisions.get(folder);
      if (revision !== undefined && this.#revisions.get(folder ?? "") !== revision)
        this.#fired.fire(uri);
    }
    if (revisions.size > 0) this.#revisions = new Map([...this.#revisions, ...revisions]);
  }
}

export function toDocumentUri({ scheme, path, query }: DocumentAddress): Uri {
  return Uri.from({ scheme, path, query });
}

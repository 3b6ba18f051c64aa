/** Rendered objects as read-only documents; open ones follow the plan, and each line says what decides it. */
import type {
  CancellationToken,
  DefinitionProvider,
  HoverProvider,
  Position,
  TextDocument,
  TextDocumentContentProvider,
} from "vscode";
import {
  EventEmitter,
  Hover,
  Location,
  MarkdownString,
  Position as Positions,
  Uri,
  languages,
  workspace,
} from "vscode";

import type { LineOriginResult, LineOriginSpot, ObjectTextParams } from "#protocol";

import type { PlanStore } from "../client/plan-store.ts";
import type { ServerLink } from "../client/server-link.ts";
import type { FolderViews } from "../model/folder-view.ts";
import { originsMarkdown, targetsOf } from "../model/line-origins.ts";
import type { DocumentAddress } from "../model/object-address.ts";
import { chartFileAddress, objectScheme, parseQuery } from "../model/object-address.ts";
import { WithDisposables } from "../platform/disposables.ts";

export class ObjectDocuments
  extends WithDisposables
  implements TextDocumentContentProvider, DefinitionProvider, HoverProvider
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
    this.own(languages.registerHoverProvider({ scheme: objectScheme }, this));
    this.own(store.onDidChange((views) => this.#refresh(views)));
  }

  /** An object that this side doesn't have is an empty document. */
  async provideTextDocumentContent(uri: Uri, token: CancellationToken): Promise<string> {
    const params = parseQuery(uri.query);
    if (!params) return "";
    return (await this.#link.objectText(params, token)).text ?? "";
  }

  /** "Go to Definition" on a rendered line leads to what decides it. */
  async provideDefinition(
    { uri }: TextDocument,
    { line }: Position,
    token: CancellationToken,
  ): Promise<Location[]> {
    const asked = await this.#origins(uri, line, token);
    return asked ? targetsOf(asked.answer).map((spot) => toLocation(spot, asked.params)) : [];
  }

  async provideHover(
    document: TextDocument,
    { line }: Position,
    token: CancellationToken,
  ): Promise<Hover | undefined> {
    const asked = await this.#origins(document.uri, line, token);
    const text = asked && originsMarkdown(asked.answer, (spot) => linkOf(spot, asked.params));
    return text ? new Hover(new MarkdownString(text), document.lineAt(line).range) : undefined;
  }

  async #origins(
    uri: Uri,
    line: number,
    token: CancellationToken,
  ): Promise<{ readonly params: ObjectTextParams; readonly answer: LineOriginResult } | undefined> {
    const params = parseQuery(uri.query);
    if (!params || params.part === "values" || params.part === "chart") return undefined;
    return { params, answer: await this.#link.lineOrigin({ ...params, line: line + 1 }, token) };
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

/** Places are 1-based. */
export function toLocation(spot: LineOriginSpot, params: ObjectTextParams): Location {
  const { line = 1, column = 1 } = spot.place ?? { line: spot.chartFile?.line ?? 1 };
  return new Location(uriOf(spot, params), new Positions(line - 1, column - 1));
}

function uriOf({ place, chartFile }: LineOriginSpot, params: ObjectTextParams): Uri {
  return place
    ? Uri.joinPath(Uri.parse(params.folder, true), place.path)
    : toDocumentUri(chartFileAddress(params, chartFile?.path ?? ""));
}

function linkOf(spot: LineOriginSpot, params: ObjectTextParams): string {
  const { range } = toLocation(spot, params);
  return uriOf(spot, params)
    .with({ fragment: `L${range.start.line + 1}` })
    .toString();
}

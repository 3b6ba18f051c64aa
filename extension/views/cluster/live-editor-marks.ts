/** Live status where an object is written: a code lens, a hover, and failures among the problems. */
import type { CodeLensProvider, HoverProvider, Position, TextDocument } from "vscode";
import {
  CodeLens,
  Diagnostic,
  DiagnosticSeverity,
  EventEmitter,
  Hover,
  languages,
  MarkdownString,
  Range,
  workspace,
} from "vscode";

import type { Clusters } from "../../cluster/clusters.ts";
import type { LiveMark } from "../../model/cluster/live-marks.ts";
import { isProblem, marksOf } from "../../model/cluster/live-marks.ts";
import { nodeIds } from "../../model/cluster/live-node.ts";
import { countsBelow, liveName, liveTooltip } from "../../model/cluster/live-words.ts";
import type { ClusterSettings } from "../../platform/cluster-settings.ts";
import { WithDisposables } from "../../platform/disposables.ts";

const selector = { language: "yaml", scheme: "file" };
/** Milliseconds between two looks at the open editors. */
const interval = 1000;

export class LiveEditorMarks extends WithDisposables implements CodeLensProvider, HoverProvider {
  readonly #clusters: Clusters;
  readonly #settings: ClusterSettings;
  readonly #fired = this.own(new EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#fired.event;
  readonly #problems = this.own(languages.createDiagnosticCollection("sluice-cluster"));
  #timer: NodeJS.Timeout | undefined;
  #shown = "";

  constructor(clusters: Clusters, settings: ClusterSettings) {
    super();
    this.#clusters = clusters;
    this.#settings = settings;
    this.own(languages.registerCodeLensProvider(selector, this));
    this.own(languages.registerHoverProvider(selector, this));
    this.own({ dispose: clusters.onDidChange(() => this.#soon()) });
    this.own(workspace.onDidOpenTextDocument(() => this.#soon()));
    this.own(workspace.onDidChangeTextDocument(() => this.#soon()));
    this.own(workspace.onDidCloseTextDocument(({ uri }) => this.#problems.delete(uri)));
    this.own(settings.onDidChange(() => this.#soon()));
    this.own({ dispose: () => clearTimeout(this.#timer) });
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (!this.#settings.codeLens) return [];
    return this.#marks(document).map((mark) => {
      const { line, context, entry, title } = mark;
      const id = nodeIds.object(context, entry.live.id);
      return new CodeLens(new Range(line - 1, 0, line - 1, 0), {
        title,
        tooltip: `Open the live ${liveName(entry.live.ref)}`,
        command: "sluice.openLive",
        arguments: [id],
      });
    });
  }

  provideHover(document: TextDocument, position: Position): Hover | undefined {
    const mark = this.#marks(document).find(({ line }) => line === position.line + 1);
    if (mark === undefined) return undefined;
    const { live, status } = mark.entry;
    const below = countsBelow(this.#clusters.index(mark.context).aggregate(live.id));
    return new Hover(new MarkdownString(liveTooltip(live, status, below)));
  }

  #marks(document: TextDocument): readonly LiveMark[] {
    return marksOf(document.getText(), this.#clusters.views());
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, interval);
  }

  #draw(): void {
    const documents = workspace.textDocuments.filter((one) => languages.match(selector, one) > 0);
    const all = documents.map((document) => ({ document, marks: this.#marks(document) }));
    for (const { document, marks } of all)
      this.#problems.set(
        document.uri,
        marks
          .filter((mark) => isProblem(mark, this.#settings.diagnostics))
          .map(toDiagnostic(document)),
      );
    const shown = all
      .flatMap(({ document, marks }) =>
        marks.map(({ line, title }) => `${document.uri.path} ${line} ${title}`),
      )
      .join("\n");
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#fired.fire();
  }
}

function toDiagnostic(document: TextDocument): (mark: LiveMark) => Diagnostic {
  return ({ line, context, entry, title }) => {
    const at = Math.min(line, document.lineCount) - 1;
    const { message } = entry.status;
    const text = `In ${context}: ${title}${message === "" ? "" : `: ${message}`}`;
    const { firstNonWhitespaceCharacterIndex: start, text: content } = document.lineAt(at);
    const range = new Range(at, start, at, content.length);
    const diagnostic = new Diagnostic(range, text, DiagnosticSeverity.Warning);
    diagnostic.source = "Sluice (cluster)";
    diagnostic.code = entry.status.reason;
    return diagnostic;
  };
}

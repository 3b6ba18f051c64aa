/**
 * Stands in for the module `vscode` where the live side runs in a plain process (open-handles.ts): an editor in which nobody does
 * anything. Only what is called there is here.
 */
const disposable = { dispose: (): void => {} };
const never = (): typeof disposable => disposable;
const settings = new Map<string, unknown>();

/** What the user's own settings say, by key without `sluice.`. */
export function setSetting(key: string, value: unknown): void {
  settings.set(key, value);
}

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void): typeof disposable => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export const workspace = {
  isTrusted: true,
  textDocuments: [],
  getConfiguration: () => ({
    get: (key: string, otherwise: unknown) => settings.get(key) ?? otherwise,
    inspect: (key: string) => ({ globalValue: settings.get(key) }),
  }),
  registerTextDocumentContentProvider: never,
  onDidChangeConfiguration: never,
  onDidGrantWorkspaceTrust: never,
  onDidOpenTextDocument: never,
  onDidChangeTextDocument: never,
  onDidCloseTextDocument: never,
};

export const window = {
  createTreeView: () => ({
    visible: true,
    onDidChangeVisibility: never,
    onDidCollapseElement: never,
    onDidExpandElement: never,
    ...disposable,
  }),
  createStatusBarItem: () => ({ show: () => {}, hide: () => {}, ...disposable }),
};

export const commands = { executeCommand: () => Promise.resolve() };
export const languages = {
  registerCodeLensProvider: never,
  registerHoverProvider: never,
  createDiagnosticCollection: () => ({ set: () => {}, delete: () => {}, ...disposable }),
};
export const lm = { registerTool: never };

/** Of what is drawn nothing is asked back. */
class Plain {
  readonly isDrawn = false;
}
export {
  Plain as CodeLens,
  Plain as Diagnostic,
  Plain as Hover,
  Plain as LanguageModelTextPart,
  Plain as LanguageModelToolResult,
  Plain as MarkdownString,
  Plain as Range,
  Plain as ThemeColor,
  Plain as ThemeIcon,
  Plain as TreeItem,
  Plain as Uri,
};
export const DiagnosticSeverity = {};
export const StatusBarAlignment = {};
export const TreeItemCollapsibleState = {};

/** "Show what this value decides" among the actions that somebody asks for on a value; no bulb is lit for it. */
import type { CodeActionContext, CodeActionProvider, Range, TextDocument } from "vscode";
import { CodeAction, CodeActionKind, CodeActionTriggerKind, languages } from "vscode";

import type { PlanStore } from "../client/plan-store.ts";
import { isValueLine } from "../model/value-line.ts";
import { WithDisposables } from "../platform/disposables.ts";

export class ValueActions extends WithDisposables implements CodeActionProvider {
  readonly #store: PlanStore;

  constructor(store: PlanStore) {
    super();
    this.#store = store;
    this.own(languages.registerCodeActionsProvider({ language: "yaml" }, this));
  }

  provideCodeActions(
    document: TextDocument,
    { start }: Range,
    { triggerKind, only }: CodeActionContext,
  ): CodeAction[] {
    const uri = document.uri.toString();
    const isOurs = [...this.#store.views.keys()].some((folder) => uri.startsWith(`${folder}/`));
    if (triggerKind !== CodeActionTriggerKind.Invoke || only || !isOurs) return [];
    if (!isValueLine((line) => document.lineAt(line).text, start.line)) return [];
    const title = "Show what this value decides";
    const action = new CodeAction(title, CodeActionKind.Empty);
    action.command = { command: "sluice.showValueEffects", title };
    return [action];
  }
}

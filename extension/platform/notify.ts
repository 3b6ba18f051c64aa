/** Notifications with actions, as few as possible. */
import { window } from "vscode";

export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

export async function showError(message: string, ...actions: readonly Action[]): Promise<void> {
  const chosen = await window.showErrorMessage(message, ...actions.map(({ title }) => title));
  await actions.find(({ title }) => title === chosen)?.run();
}

export async function showInformation(message: string): Promise<void> {
  await window.showInformationMessage(message);
}

/** An operation that can't be done, in the user's words. */
export class UserError extends Error {
  readonly action: Action | undefined;
  constructor(message: string, action?: Action) {
    super(message);
    this.action = action;
  }
}

/** Answers VS Code's dialogs in place of a person, and remembers what they said. For tests in the extension host. */
import * as vscode from "vscode";

export type DialogKind = "information" | "warning" | "error" | "input";

export interface Asked {
  readonly kind: DialogKind;
  readonly message: string;
  readonly detail: string;
  readonly items: readonly string[];
}

/** What `vscode.window` has; the test and the extension see the same object. */
type Window = Record<string, unknown>;

const names = {
  information: "showInformationMessage",
  warning: "showWarningMessage",
  error: "showErrorMessage",
  input: "showInputBox",
} as const satisfies Record<DialogKind, string>;

export class Dialogs {
  readonly #answers = new Map<DialogKind, (string | undefined)[]>();
  #asked: Asked[] = [];
  readonly #real = new Map<string, unknown>();

  open(): void {
    const window = vscode.window as unknown as Window;
    for (const kind of Object.keys(names) as DialogKind[]) {
      this.#real.set(names[kind], window[names[kind]]);
      window[names[kind]] = async (...given: readonly unknown[]) => this.#ask(kind, given);
    }
  }

  close(): void {
    for (const [name, real] of this.#real) (vscode.window as unknown as Window)[name] = real;
  }

  clear(): void {
    this.#asked = [];
    this.#answers.clear();
  }

  /** The next dialog of this kind is answered so; those without an answer are closed. */
  answer(kind: DialogKind, answer: string | undefined): void {
    this.#answers.set(kind, [...(this.#answers.get(kind) ?? []), answer]);
  }

  all(): readonly Asked[] {
    return this.#asked;
  }

  asked(kind: DialogKind): readonly Asked[] {
    return this.#asked.filter((one) => one.kind === kind);
  }

  #ask(kind: DialogKind, [first, ...rest]: readonly unknown[]): string | undefined {
    const options = [first, ...rest].find((one) => typeof one === "object" && one !== null);
    const { detail = "", title = "" } = (options ?? {}) as { detail?: string; title?: string };
    const items = rest.filter((one) => typeof one === "string");
    const message = typeof first === "string" ? first : title;
    this.#asked.push({ kind, message, detail, items });
    return this.#answers.get(kind)?.shift();
  }
}

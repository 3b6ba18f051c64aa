/** A context key of the workbench that is set only when its value changes. */
import { commands } from "vscode";

export class ContextKey<T extends string | boolean> {
  readonly #name: string;
  #value: T | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    void commands.executeCommand("setContext", this.#name, value);
  }
}

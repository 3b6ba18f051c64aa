/** Collects what has to be disposed together. */
import type { Disposable } from "vscode";

export abstract class WithDisposables implements Disposable {
  readonly #items: Disposable[] = [];

  dispose(): void {
    for (const item of this.#items.splice(0).reverse()) item.dispose();
  }

  protected own<T extends Disposable>(item: T): T {
    this.#items.push(item);
    return item;
  }
}

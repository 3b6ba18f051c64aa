/** The settings of the live views, and what a person chose in this workspace: contexts, arrangement. */
import type { Event, Memento } from "vscode";
import { EventEmitter, workspace } from "vscode";

import type { LiveMode } from "../model/cluster/live-tree.ts";
import { WithDisposables } from "./disposables.ts";

/** What counts on the activity bar. */
export type BadgeSetting = "off" | "failed" | "attention";

const contextsKey = "sluice.cluster.contexts";
const modeKey = "sluice.cluster.arrangement";

export class ClusterSettings extends WithDisposables {
  readonly #memento: Memento;
  readonly #changed = this.own(new EventEmitter<void>());
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(memento: Memento) {
    super();
    this.#memento = memento;
    this.own(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("sluice.cluster")) this.#changed.fire();
      }),
    );
  }

  /** Only the user's own settings count here, whatever scope the manifest says: a repository must not choose a kubeconfig. */
  get kubeconfig(): string {
    return own("cluster.kubeconfig", "");
  }

  get namespaces(): readonly string[] {
    return workspace.getConfiguration("sluice").get<string[]>("cluster.namespaces", []);
  }

  /** A workspace may forbid changes, and may not allow what the user forbade. */
  get readOnly(): boolean {
    return (
      own("cluster.readOnly", false) ||
      workspace.getConfiguration("sluice").get<boolean>("cluster.readOnly", false)
    );
  }

  get protectedContexts(): readonly string[] {
    return own<readonly string[]>("cluster.protectedContexts", []);
  }

  get badge(): BadgeSetting {
    return workspace.getConfiguration("sluice").get<BadgeSetting>("cluster.badge", "failed");
  }

  get codeLens(): boolean {
    return workspace.getConfiguration("sluice").get<boolean>("cluster.codeLens", true);
  }

  /** Which live states become problems at the line that defines the object. */
  get diagnostics(): "off" | "failed" | "all" {
    return workspace
      .getConfiguration("sluice")
      .get<"off" | "failed" | "all">("cluster.diagnostics", "failed");
  }

  /** The contexts that were connected in this workspace. */
  get chosenContexts(): readonly string[] {
    return this.#memento.get<string[]>(contextsKey, []);
  }

  async choose(contexts: readonly string[]): Promise<void> {
    await this.#memento.update(contextsKey, contexts);
  }

  get mode(): LiveMode {
    return this.#memento.get<LiveMode>(modeKey, "owner");
  }

  async chooseMode(mode: LiveMode): Promise<void> {
    await this.#memento.update(modeKey, mode);
    this.#changed.fire();
  }
}

/** The value of the user's own settings; what a workspace says is not asked. */
function own<T>(key: string, otherwise: T): T {
  return workspace.getConfiguration("sluice").inspect<T>(key)?.globalValue ?? otherwise;
}

/** Reminds of suspensions whose noted end has passed, once for each, and offers to resume. */
import { commands, window } from "vscode";

import type { Clusters } from "../../cluster/clusters.ts";
import { nodeIds } from "../../model/cluster/live-node.ts";
import type { Overdue } from "../../model/cluster/overdue.ts";
import { newlyOverdue, reminderText } from "../../model/cluster/overdue.ts";
import type { Log } from "../../platform/log.ts";
import { fireAndForget } from "../../platform/log.ts";
import { WithDisposables } from "../../platform/disposables.ts";

export class SuspendReminders extends WithDisposables {
  readonly #log: Log;
  readonly #reminded = new Set<string>();

  constructor(clusters: Clusters, log: Log) {
    super();
    this.#log = log;
    this.own({
      dispose: clusters.onDidChange((change) => {
        if (change.kind !== "objects") return;
        const { context, ids } = change;
        const found = newlyOverdue(context, ids, clusters.index(context), this.#reminded);
        if (found.length > 0) fireAndForget(this.#remind(found), this.#log);
      }),
    });
  }

  async #remind(found: readonly Overdue[]): Promise<void> {
    const [resume, show] = ["Resume", "Show"];
    const chosen = await window.showInformationMessage(reminderText(found), resume, show);
    if (chosen === show) await commands.executeCommand("sluice.attention.focus");
    if (chosen !== resume) return;
    const nodes = found.map(({ context, id }) => nodeIds.object(context, id));
    await commands.executeCommand("sluice.resume", nodes[0], nodes);
  }
}

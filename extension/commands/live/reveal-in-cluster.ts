/** From the YAML under the cursor to its object in the Clusters view. */
import { window } from "vscode";

import { headlines } from "#simulator";

import { UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";
import { liveOf } from "./targets.ts";

export function revealInCluster(services: Services) {
  return async (): Promise<void> => {
    const live = liveOf(services);
    const editor = window.activeTextEditor;
    if (editor === undefined) throw new UserError("Open a manifest first.");
    const line = editor.selection.active.line + 1;
    const here = headlines(editor.document.getText()).find(
      (one) => one.line <= line && line <= one.endLine,
    );
    if (here === undefined) throw new UserError("There is no manifest at the cursor.");
    const found = live.clusters
      .sessions()
      .flatMap(({ context }) =>
        [...live.clusters.index(context).all()]
          .filter(
            ({ live: { ref } }) =>
              ref.kind === here.kind &&
              ref.name === here.name &&
              (here.namespace === "" || ref.namespace === here.namespace),
          )
          .map((entry) => ({ context, entry })),
      );
    const [first] = found;
    if (first === undefined)
      throw new UserError(`No connected cluster has ${here.kind} ${here.name}.`);
    await live.views.reveal(first.context, first.entry.live.id);
  };
}

/** Opens every change, or those of one applier or cluster, in the multi-diff editor. */
import type { Uri } from "vscode";
import { commands } from "vscode";

import { changeAddresses } from "../model/object-address.ts";
import type { ScopedChange } from "../model/scoped-changes.ts";
import { scopedChanges } from "../model/scoped-changes.ts";
import { sidesText } from "../model/words.ts";
import { UserError } from "../platform/notify.ts";
import { toDocumentUri } from "../views/object-documents.ts";
import type { CommandTypes } from "./index.ts";
import type { Services } from "./services.ts";

type Resource = readonly [label: Uri, original: Uri | undefined, modified: Uri | undefined];

export function openAllChanges({
  store,
  preview,
}: Services): CommandTypes["sluice.openAllChanges"] {
  return async (id) => {
    const changes = scopedChanges(store.views, preview.node(id)?.target);
    if (changes.length === 0) throw new UserError("There are no changes to open.");
    const plan = [...store.views.values()].find((view) => view.plan)?.plan;
    const title = `Sluice: ${plan ? sidesText(plan) : "changes"}`;
    await commands.executeCommand("vscode.changes", title, changes.map(toResource));
  };
}

function toResource({ folder, change }: ScopedChange): Resource {
  const addresses = changeAddresses(folder, change);
  const [base, target] = [toDocumentUri(addresses.base), toDocumentUri(addresses.target)];
  switch (change.kind) {
    case "created":
      return [target, undefined, target];
    case "deleted":
    case "orphaned":
      return [base, base, undefined];
    case "changed":
    case "recreated":
    case "moved":
      return [target, base, target];
  }
}

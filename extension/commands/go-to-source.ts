/** Opens what an object, an applier or a problem comes from, at its line: of what a chart made, the values that decide its changes. */
import type { CancellationToken } from "vscode";
import { ProgressLocation, Range, Uri as Uris, window } from "vscode";

import type { LineOriginSpot, ObjectTextParams } from "#protocol";
import type { Change } from "#simulator";

import { targetsOf, whereOf } from "../model/line-origins.ts";
import { changeAddresses, parseQuery } from "../model/object-address.ts";
import { UserError } from "../platform/notify.ts";
import { toLocation } from "../views/object-documents.ts";
import type { CommandTypes } from "./index.ts";
import { pickNode } from "./pick-node.ts";
import type { Services } from "./services.ts";

export function goToSource(services: Services): CommandTypes["sluice.goToSource"] {
  return async (id) => {
    const node = await pickNode(
      services,
      id,
      "Open the manifest of what?",
      (target) => "place" in target,
    );
    if (!node) return;
    const { target } = node;
    if (!("place" in target) || !target.place) {
      throw new UserError(`Sluice doesn't know where ${node.label} is written.`);
    }
    const { folder, place } = target;
    if (target.kind === "change" && isMade(services, folder, target.change)) {
      const found = await decidersOf(services, folder, target.change);
      if (found === "cancelled") return;
      if (found.length > 0) return open(found);
    }
    const { line = 1, column = 1 } = place;
    await window.showTextDocument(Uris.joinPath(Uris.parse(folder, true), place.path), {
      selection: new Range(line - 1, column - 1, line - 1, column - 1),
      preview: true,
    });
  };
}

/** A chart made it. */
function isMade({ store }: Services, folder: string, { applier, kind }: Change): boolean {
  const appliers = store.views.get(folder)?.plan?.clusters.flatMap((one) => one.appliers) ?? [];
  const owner = appliers.find((one) => one.applier.id === applier);
  return owner?.applier.release !== undefined && kind !== "deleted" && kind !== "orphaned";
}

interface Deciding {
  readonly spot: LineOriginSpot;
  readonly params: ObjectTextParams;
}

/** More fields than these are not asked about: the first say enough. */
const mostFields = 8;

async function decidersOf(
  { link }: Services,
  folder: string,
  change: Change,
): Promise<readonly Deciding[] | "cancelled"> {
  const params = parseQuery(changeAddresses(folder, change).target.query);
  if (!params) return [];
  const ask = async (token: CancellationToken): Promise<readonly Deciding[] | "cancelled"> => {
    const found = new Map<string, Deciding>();
    for (const { path } of change.fields.slice(0, mostFields)) {
      const answer = await link.lineOrigin({ ...params, line: 1, pointer: path }, token);
      if (token.isCancellationRequested) return "cancelled";
      for (const spot of answer.origins === undefined ? [] : targetsOf(answer))
        found.set(whereOf(spot), { spot, params });
    }
    return [...found.values()];
  };
  const title = "Looking for what decides the change";
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    (_, token) => ask(token),
  );
}

async function open(found: readonly Deciding[]): Promise<void> {
  const items = found.map((one) => ({
    label: one.spot.title,
    description: whereOf(one.spot),
    one,
  }));
  const picked =
    items.length === 1
      ? items[0]
      : await window.showQuickPick(items, {
          placeHolder: "Several values decide the change",
          matchOnDescription: true,
        });
  if (!picked) return;
  const { uri, range } = toLocation(picked.one.spot, picked.one.params);
  await window.showTextDocument(uri, { selection: range, preview: true });
}

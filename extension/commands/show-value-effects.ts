/** Shows the rendered lines that the value at the cursor decides, in a peek view. */
import type { CancellationToken, TextEditor } from "vscode";
import { Location, Position, ProgressLocation, commands, window } from "vscode";

import type { ValueEffectsResult } from "#protocol";

import { objectAddress } from "../model/object-address.ts";
import { UserError, showInformation } from "../platform/notify.ts";
import { toDocumentUri } from "../views/object-documents.ts";
import type { CommandTypes } from "./index.ts";
import type { Services } from "./services.ts";

export function showValueEffects(services: Services): CommandTypes["sluice.showValueEffects"] {
  return async () => {
    const editor = window.activeTextEditor;
    const place = editor && placeOf(services, editor);
    if (!editor || !place) throw new UserError("Put the cursor on a value of a HelmRelease first.");
    const position = editor.selection.active;
    const title = "Trying other values";
    const answer = await window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (_, token) => effectsOf(services, { ...place, position }, token),
    );
    // Cancelled.
    if (!answer) return;
    const locations = locationsOf(place.folder, answer);
    if (locations.length === 0) return showInformation(nothing(answer));
    await commands.executeCommand(
      "editor.action.peekLocations",
      editor.document.uri,
      position,
      locations,
      "peek",
    );
  };
}

interface PlaceInFolder {
  readonly folder: string;
  readonly path: string;
}

function placeOf({ store }: Services, { document }: TextEditor): PlaceInFolder | undefined {
  const uri = document.uri.toString();
  const folder = [...store.views.keys()].find((one) => uri.startsWith(`${one}/`));
  return folder === undefined
    ? undefined
    : { folder, path: decodeURIComponent(uri.slice(folder.length + 1)) };
}

async function effectsOf(
  { link }: Services,
  params: PlaceInFolder & { readonly position: Position },
  token: CancellationToken,
): Promise<ValueEffectsResult | undefined> {
  const { folder, path } = params;
  const { line, character } = params.position;
  const answer = await link.valueEffects({ folder, path, position: { line, character } }, token);
  return token.isCancellationRequested ? undefined : answer;
}

/** An object that is there only because of the value is shown from its first line. */
function locationsOf(folder: string, { objects = [] }: ValueEffectsResult): readonly Location[] {
  return objects.flatMap(({ applier, ref, lines }) => {
    const uri = toDocumentUri(objectAddress(folder, applier, ref));
    const shown = lines.length === 0 ? [1] : lines;
    return shown.map((line) => new Location(uri, new Position(line - 1, 0)));
  });
}

function nothing({ title, isRefused, isPartial }: ValueEffectsResult): string {
  if (title === undefined) return "There is no value here that a release or Kustomization takes.";
  if (isRefused === true)
    return `Nothing can be said about ${title}: nobody takes it, or the chart refuses every other value.`;
  return isPartial === true
    ? `Nothing was found that ${title} decides; not everything could be tried in time.`
    : `${title} decides nothing that is rendered.`;
}

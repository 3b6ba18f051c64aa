/** Opens a read-only document about a live object: its YAML, events, inventory, trace or history. */
import { window, workspace } from "vscode";

import type { LiveDocumentKind } from "../../model/cluster/live-address.ts";
import { exportText } from "../../model/cluster/live-texts.ts";
import type { Services } from "../services.ts";
import { liveOf, pickRef } from "./targets.ts";

type Command = (node?: string, selection?: readonly string[]) => Promise<void>;

export const openLive = (services: Services): Command => open(services, "yaml");
export const openEvents = (services: Services): Command => open(services, "events");
export const openInventory = (services: Services): Command => open(services, "inventory");
export const openTrace = (services: Services): Command => open(services, "trace");
export const openHistory = (services: Services): Command => open(services, "history");

function open(services: Services, kind: LiveDocumentKind): Command {
  return async (node) => {
    const live = liveOf(services);
    const target = await pickRef(live, { node }, "Open what?");
    if (target === undefined) return;
    const uri = live.documentUri({ kind, context: target.session.context, ref: target.ref });
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, { preview: true });
  };
}

/** A manifest that could be committed, as a new file. */
export function exportManifest(services: Services): Command {
  return async (node) => {
    const live = liveOf(services);
    const target = await pickRef(live, { node }, "Export what?");
    if (target === undefined) return;
    const raw = await live.actions.readObject(target.session, target.ref, target.session.signal);
    const document = await workspace.openTextDocument({
      language: "yaml",
      content: exportText(raw),
    });
    await window.showTextDocument(document);
  };
}

/** The lines of Flux's controllers about one object, as they come. */
export function followControllerLogs(services: Services): Command {
  return async (node) => {
    const live = liveOf(services);
    const target = await pickRef(live, { node }, "Follow the controller logs of what?");
    if (target !== undefined) live.followLogs(target.session.context, target.ref);
  };
}

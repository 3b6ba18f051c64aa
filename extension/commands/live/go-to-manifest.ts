/** From a live object to the file and line of the workspace that defines it. */
import { Range, Uri, window, workspace } from "vscode";

import { headlines, objectId, textAt } from "#simulator";
import type { ObjectRef } from "#simulator";

import type { Found } from "../../model/cluster/manifest-search.ts";
import { bestMatch } from "../../model/cluster/manifest-search.ts";
import { liveName } from "../../model/cluster/live-words.ts";
import { UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";
import { liveOf, pickRef } from "./targets.ts";

const mostFiles = 20_000;

export function goToManifest(services: Services) {
  return async (node?: string): Promise<void> => {
    const live = liveOf(services);
    const target = await pickRef(live, { node }, "Go to the manifest of what?");
    if (target === undefined) return;
    const index = live.clusters.index(target.session.context);
    const parent = index.get(index.parent(objectId(target.ref)) ?? target.owner ?? "");
    const folder = textAt(parent?.live.object, "spec", "path") ?? "";
    const found = await search(target.ref);
    const best = bestMatch(found, target.ref, folder);
    if (best === undefined)
      throw new UserError(`No file of this workspace defines ${liveName(target.ref)}.`);
    const line = Math.max(0, best.line - 1);
    await window.showTextDocument(Uri.parse(best.uri, true), {
      selection: new Range(line, 0, line, 0),
      preview: true,
    });
  };
}

async function search(ref: ObjectRef): Promise<readonly Found[]> {
  const files = await workspace.findFiles("**/*.{yaml,yml}", "**/node_modules/**", mostFiles);
  const open = new Map(workspace.textDocuments.map((one) => [one.uri.toString(), one.getText()]));
  const found: Found[] = [];
  for (const uri of files) {
    const text =
      open.get(uri.toString()) ??
      new TextDecoder().decode(
        await workspace.fs.readFile(uri).then(undefined, () => new Uint8Array()),
      );
    if (!text.includes(ref.name)) continue;
    for (const { kind, name, namespace, nameLine } of headlines(text))
      if (kind === ref.kind && name === ref.name)
        found.push({ uri: uri.toString(), path: uri.path, line: nameLine, namespace });
  }
  return found;
}

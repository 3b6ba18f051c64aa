/** Opens the manifest that an object, an applier or a problem comes from, at its line. */
import type { Uri } from "vscode";
import { Range, Uri as Uris, window } from "vscode";

import type { Place } from "#simulator";

import { UserError } from "../platform/notify.ts";
import type { CommandTypes } from "./index.ts";
import { pickNode } from "./pick-node.ts";
import type { Services } from "./services.ts";

export function goToSource(services: Services): CommandTypes["sluice.goToSource"] {
  return async (id) => {
    const node = await pickNode(
      services,
      id,
      "Go to the source of what?",
      (target) => "place" in target,
    );
    if (!node) return;
    if (!("place" in node.target) || !node.target.place) {
      throw new UserError(`Sluice doesn't know where ${node.label} is written.`);
    }
    const { folder, place } = node.target;
    await window.showTextDocument(toUri(folder, place), {
      selection: toRange(place),
      preview: true,
    });
  };
}

function toUri(folder: string, { path }: Place): Uri {
  return Uris.joinPath(Uris.parse(folder, true), path);
}

/** Places are 1-based. */
function toRange({ line = 1, column = 1 }: Place): Range {
  return new Range(line - 1, column - 1, line - 1, column - 1);
}

/** What a command may use; given to each factory by the composition root. */
import type { Uri } from "vscode";

import type { PlanStore } from "../client/plan-store.ts";
import type { ServerLink } from "../client/server-link.ts";
import type { Log } from "../platform/log.ts";
import type { Settings } from "../platform/settings.ts";
import type { GraphPanels } from "../views/graph/graph-panels.ts";
import type { PreviewView } from "../views/preview.ts";
import type { PushPlanDocument } from "../views/push-plan-document.ts";
import type { Live } from "./live/live.ts";

export interface Services {
  readonly link: ServerLink;
  readonly store: PlanStore;
  readonly preview: PreviewView;
  readonly graphs: GraphPanels;
  readonly pushPlan: PushPlanDocument;
  readonly settings: Settings;
  readonly log: Log;
  /** Where the extension is installed. */
  readonly extensionUri: Uri;
  /** A file of the extension itself, by its path. */
  readonly readAsset: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  /** The clusters; absent in VS Code for the Web. */
  readonly live: Live | undefined;
}

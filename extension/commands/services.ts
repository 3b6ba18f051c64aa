/** What a command may use; given to each factory by the composition root. */
import type { PlanStore } from "../client/plan-store.ts";
import type { ServerLink } from "../client/server-link.ts";
import type { Log } from "../platform/log.ts";
import type { Settings } from "../platform/settings.ts";
import type { PreviewView } from "../views/preview.ts";

export interface Services {
  readonly link: ServerLink;
  readonly store: PlanStore;
  readonly preview: PreviewView;
  readonly settings: Settings;
  readonly log: Log;
}

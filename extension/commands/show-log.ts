/** Opens the log channel. */
import type { CommandTypes } from "./index.ts";
import type { Services } from "./services.ts";

export function showLog({ log }: Services): CommandTypes["sluice.showLog"] {
  return async () => log.show();
}

/** Reads everything again, also what no watcher reports. */
import type { CommandTypes } from "./index.ts";
import type { Services } from "./services.ts";

export function refresh({ link }: Services): CommandTypes["sluice.refresh"] {
  return () => link.refresh();
}

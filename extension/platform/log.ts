/** The one log channel, and how failures get into it. */
import type { LogOutputChannel } from "vscode";
import { window } from "vscode";

export type Log = LogOutputChannel;

export function createLog(): Log {
  return window.createOutputChannel("Sluice", { log: true });
}

/** For work nobody waits for: a failure is a line in the log. */
export function fireAndForget(promise: Thenable<unknown>, log: Log): void {
  promise.then(undefined, (error: unknown) =>
    log.error(error instanceof Error ? error : String(error)),
  );
}

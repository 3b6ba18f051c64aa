/** Wraps every handler: a bug in one feature is logged and answered with a fallback, never the end of the process. */
import type { CancellationToken } from "vscode-languageserver";
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";

import type { Log } from "#simulator";

export async function guard<T>(
  log: ErrorLog,
  name: string,
  fallback: T,
  run: () => Promise<T> | T,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isAbort(error))
      throw new ResponseError(LSPErrorCodes.RequestCancelled, `${name} was cancelled`);
    log.error(`${name} failed: ${describeError(error)}`);
    return fallback;
  }
}

export interface ErrorLog extends Log {
  error(message: string): void;
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** The same promise, but an `AbortError` as soon as nobody waits for it any more. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      try {
        signal.throwIfAborted();
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener("abort", stop, { once: true });
    stop();
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** With its stack: for the log only. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** An LSP token as the signal that the simulator takes. */
export function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/** For work nobody waits for: a failure is a line in the log. */
export function fireAndForget(promise: Promise<unknown>, log: ErrorLog): void {
  promise.catch((error: unknown) => {
    if (!isAbort(error)) log.error(describeError(error));
  });
}

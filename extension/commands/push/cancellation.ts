/** Work that a person can cancel: it is left at once, and however its end is heard of, it is a cancellation and no failure. */
import type { CancellationToken } from "vscode";
import { CancellationError } from "vscode";

/** Rejects with a `CancellationError` as soon as the token is cancelled; work that does not listen to its signal goes on unheard. */
export async function unlessCancelled<T>(
  token: CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (token.isCancellationRequested) throw new CancellationError();
  const abort = new AbortController();
  const { promise: cancelled, reject } = promiseToReject();
  const listener = token.onCancellationRequested(() => {
    abort.abort();
    reject(new CancellationError());
  });
  try {
    return await Promise.race([work(abort.signal), cancelled]);
  } finally {
    listener.dispose();
  }
}

function promiseToReject(): {
  readonly promise: Promise<never>;
  readonly reject: (error: Error) => void;
} {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, rejectIt) => {
    reject = rejectIt;
  });
  return { promise, reject };
}

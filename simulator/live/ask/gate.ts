/**
 * The one way to a cluster: at most 20 requests of all askers are in flight on one `Live`, refusals that are about load are
 * asked again a few times, and cancelling ends waiting at once.
 */
import { onAbort } from "../../on-abort.ts";
import type { Live, LiveRequest, LiveResponse } from "../../ports.ts";

/** Milliseconds to a promise; a test gives one that does not wait. */
export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

export const inFlightLimit = 20;
const attempts = 4;
const longestPause = 10_000;

interface Gate {
  free: number;
  readonly waiting: Set<() => void>;
}

const gates = new WeakMap<Live, Gate>();

/** Rejects with the reason of `signal` when cancelled, and never otherwise. */
export async function send(
  live: Live,
  request: LiveRequest,
  signal: AbortSignal | undefined,
  wait: Wait = pause,
): Promise<LiveResponse> {
  for (let attempt = 1; ; attempt++) {
    const response = await sendOnce(live, request, signal);
    if (attempt === attempts || !isWorthAnotherTry(response, attempt)) return response;
    const seconds = response.retryAfter ?? 0.2 * 2 ** attempt;
    await wait(Math.min(seconds * 1000, longestPause), signal);
  }
}

/** A connection that breaks once may have been idle too long; what is not there twice is not there. */
function isWorthAnotherTry({ status, body }: LiveResponse, attempt: number): boolean {
  if (status === 0) return attempt === 1;
  if (status === 429 || (status >= 502 && status <= 504)) return true;
  return status === 500 && /etcdserver|leader changed|request timed out/.test(body);
}

async function sendOnce(
  live: Live,
  request: LiveRequest,
  signal: AbortSignal | undefined,
): Promise<LiveResponse> {
  const gate = gateOf(live);
  await enter(gate, signal);
  const running = live
    .request(request, signal)
    .catch((error: unknown): LiveResponse => ({ status: 0, body: messageOf(error) }))
    .finally(() => leave(gate));
  return untilAborted(running, signal);
}

function gateOf(live: Live): Gate {
  const known = gates.get(live);
  if (known !== undefined) return known;
  const gate: Gate = { free: inFlightLimit, waiting: new Set() };
  gates.set(live, gate);
  return gate;
}

async function enter(gate: Gate, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (gate.free > 0) {
    gate.free--;
    return;
  }
  let turn: (() => void) | undefined;
  const next = new Promise<void>((resolve) => {
    turn = resolve;
    gate.waiting.add(resolve);
  });
  try {
    await untilAborted(next, signal);
  } catch (error) {
    // The turn may have come in the same moment: it is passed on.
    if (turn !== undefined && !gate.waiting.delete(turn)) leave(gate);
    throw error;
  }
}

function leave(gate: Gate): void {
  const [next] = gate.waiting;
  if (next === undefined) {
    gate.free++;
    return;
  }
  gate.waiting.delete(next);
  next();
}

/** Does not wait for what listens to no signal. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reasonOf(signal));
    const forget = onAbort(signal, stop);
    promise.then(resolve, reject).finally(forget);
    if (signal.aborted) stop();
  });
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await untilAborted(
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
      }),
      signal,
    );
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new DOMException("Cancelled.", "AbortError");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "The connection failed.";
}

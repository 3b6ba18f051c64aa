/** One HTTP exchange of a fetcher: the whole answer within its limits, asked for again when the failure may be passing. */
import type { IncomingHttpHeaders } from "node:http";

import type { FetchContext, FetchHttpRequest } from "./fetcher.ts";
import { FetchFailure, TooLargeError } from "./fetch-failure.ts";
import { withoutCredentials } from "./source-url.ts";

export interface Exchange {
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

const attempts = 4;
const firstPauseMs = 250;
/** A server that wants to be left alone for longer is not waited for. */
const longestPauseMs = 10_000;
/** What is read of an answer that says no. */
const maxErrorBytes = 64 * 1024;

const passingStatus = new Set([408, 429, 500, 502, 503, 504]);
const passingCode = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ECONNABORTED"]);

/** `maxBytes` is the limit for an answer of success; any status is an answer, except one that stays passing. */
export async function exchange(
  context: FetchContext,
  request: FetchHttpRequest,
  maxBytes: number = context.limits.maxBytes,
): Promise<Exchange> {
  for (let attempt = 1; ; attempt++) {
    context.signal.throwIfAborted();
    const isLast = attempt === attempts;
    const outcome = await attemptOnce(context, request, maxBytes).catch((error: unknown) => {
      if (isLast || !isPassing(error)) throw inWords(error, request.url);
      return undefined;
    });
    if (outcome !== undefined && !passingStatus.has(outcome.status)) return outcome;
    const wait = pauseAfter(outcome, attempt);
    if (outcome !== undefined && (isLast || wait > longestPauseMs))
      throw stayedBusy(request.url, outcome.status);
    await context.pause(wait, context.signal);
  }
}

async function attemptOnce(
  { http, signal, onProgress }: FetchContext,
  request: FetchHttpRequest,
  maxBytes: number,
): Promise<Exchange> {
  const answer = await http(request, { maxBytes, signal });
  const isGood = answer.status >= 200 && answer.status < 300;
  const declared = Number(answer.headers["content-length"] ?? Number.NaN);
  if (isGood && request.method !== "HEAD" && declared > maxBytes)
    throw new TooLargeError(
      `${withoutCredentials(request.url)} has ${declared} bytes; the limit is ${maxBytes}.`,
    );
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (!isGood && bytes > maxErrorBytes) break;
    // The address it was asked at: the one it came from may hold a signature.
    onProgress?.({
      url: withoutCredentials(request.url),
      bytes,
      ...(declared > 0 ? { total: declared } : {}),
    });
  }
  const { url, status, headers } = answer;
  return { url, status, headers, body: new Uint8Array(Buffer.concat(chunks)) };
}

function pauseAfter(outcome: Exchange | undefined, attempt: number): number {
  const asked = Number(outcome?.headers["retry-after"] ?? Number.NaN) * 1000;
  return asked >= 0 ? asked : firstPauseMs * 2 ** (attempt - 1);
}

function isPassing(error: unknown): boolean {
  return error instanceof Error && passingCode.has((error as NodeJS.ErrnoException).code ?? "");
}

/** What a person can do something about; anything else stays as Node.js says it. */
function inWords(error: unknown, url: string): unknown {
  const { code = "" } = error as NodeJS.ErrnoException;
  const isUntrusted = code.includes("CERT") || code === "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
  if (!isUntrusted) return error;
  const text = `The certificate of ${new URL(url).host} is not trusted (${code}). If its authority is your own, name it in certSecretRef.`;
  return new FetchFailure("failed", text);
}

function stayedBusy(url: string, status: number): FetchFailure {
  const text =
    status === 429
      ? `${new URL(url).host} limits how often it may be asked (status 429). Try again later, or sign in to it.`
      : `${withoutCredentials(url)} answered with status ${status}, also when asked again.`;
  return new FetchFailure("failed", text);
}

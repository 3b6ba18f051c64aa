/** What all questions of one plan share, and how one request of them is made. */
import type { Live, LiveRequest } from "../../ports.ts";
import type { Arrivals } from "../question.ts";
import { send } from "./gate.ts";
import type { Wait } from "./gate.ts";
import { readReplyOf, replyOf } from "./status.ts";
import type { Reply } from "./status.ts";

export interface Asker {
  readonly live: Live;
  readonly arrivals: Arrivals;
  readonly signal: AbortSignal | undefined;
  readonly wait: Wait | undefined;
  /** Discovery is asked again at most once for all the questions of a plan. */
  readonly refreshed: { done: boolean };
  /** Called after each request, with why there was no answer, if there was none. */
  readonly heard: (loss: string | undefined) => void;
}

/** Rejects only when cancelled. */
export async function ask(asker: Asker, request: LiveRequest): Promise<Reply> {
  const response = await send(asker.live, request, asker.signal, asker.wait);
  const reply = request.verb === "get" ? readReplyOf(response) : replyOf(response);
  asker.heard(!reply.ok && reply.refusal === "lost" ? reply.message : undefined);
  return reply;
}

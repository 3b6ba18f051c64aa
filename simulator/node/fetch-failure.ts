/** A fetch that did not succeed, with the reason in the words of the `Sources` port. */
import type { SourceAnswer } from "#simulator";

export type FetchFailureReason = Extract<SourceAnswer, { outcome: "unavailable" }>["reason"];

export class FetchFailure extends Error {
  override readonly name = "FetchFailure";
  readonly reason: FetchFailureReason;

  constructor(reason: FetchFailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

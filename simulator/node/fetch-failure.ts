/** Why a fetch did not succeed. */
import type { SourceAnswer } from "#simulator";

export type FetchFailureReason = Extract<SourceAnswer, { outcome: "unavailable" }>["reason"];

/** With the reason in the words of the `Sources` port. */
export class FetchFailure extends Error {
  override readonly name = "FetchFailure";
  readonly reason: FetchFailureReason;
  /** The same may succeed a moment later. */
  readonly isTransient: boolean;

  constructor(
    reason: FetchFailureReason,
    message: string,
    options: { readonly isTransient?: boolean } = {},
  ) {
    super(message);
    this.reason = reason;
    this.isTransient = options.isTransient ?? false;
  }
}

/** More came than was allowed. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

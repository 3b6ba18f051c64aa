/** Pushing a commit: the door for those who ask a person first. */
export { pushCommit, type PushContext, type PushRequest } from "./push.ts";
export type { PushFailure, PushFailureReason, PushOutcome } from "./push-outcome.ts";
export type { PushRoute } from "./push-route.ts";

/** Pushing a commit, and git's own hook before a push: the door for those who ask a person first. */
export { pushCommit, type PushContext, type PushRequest } from "./push.ts";
export type { PushFailure, PushFailureReason, PushOutcome } from "./push-outcome.ts";
export type { PushRoute } from "./push-route.ts";
export {
  hookState,
  installHook,
  isSluiceInPath,
  removeHook,
  type HookOptions,
  type HookState,
} from "./hook-file.ts";
export { readPushedRefs, type PushedRef } from "./pushed-refs.ts";

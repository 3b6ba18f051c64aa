/** Follows a pushed commit on the clusters that are connected, until everything it changes is ready or has failed. */
import type { Plan } from "#simulator";

import type { PushFacts } from "../../model/push/push-facts.ts";
import type { Live } from "../live/live.ts";

export async function followPush(_live: Live, _facts: PushFacts, _plan: Plan): Promise<void> {}

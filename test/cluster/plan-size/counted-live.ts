/** A `Live` that counts what goes through it, and that can be cut in the middle. */
import type { Live, LiveRequest } from "#simulator";

export interface Traffic {
  readonly gets: number;
  readonly dryRuns: number;
  /** The most that were in flight at the same moment. */
  readonly widest: number;
  /** Paths of the dry runs, in order. */
  readonly tried: readonly string[];
}

export interface CountedLive extends Live {
  readonly traffic: Traffic;
  reset(): void;
  /** After so many more requests every one ends without an answer; `undefined` mends it. */
  cutAfter(requests: number | undefined): void;
}

export function countedLive(live: Live): CountedLive {
  let [gets, inFlight, widest] = [0, 0, 0];
  let tried: string[] = [];
  let left: number | undefined;
  const count = ({ verb, path }: LiveRequest): void => {
    if (verb === "get") gets++;
    else tried.push(path);
    widest = Math.max(widest, ++inFlight);
  };
  return {
    name: live.name,
    get traffic() {
      return { gets, dryRuns: tried.length, widest, tried };
    },
    reset() {
      [gets, widest, tried] = [0, inFlight, []];
    },
    cutAfter: (requests) => (left = requests),
    async request(request, signal) {
      count(request);
      try {
        if (left !== undefined && --left < 0)
          return { status: 0, body: "The connection to the API server broke." };
        return await live.request(request, signal);
      } finally {
        inFlight--;
      }
    },
  };
}

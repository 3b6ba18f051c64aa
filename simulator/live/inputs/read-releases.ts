/**
 * Stored releases as facts. For a few of them each is looked for by itself; for many, one list of the whole cluster says which
 * revisions are the newest, and only those that are new are read.
 */
import type { Live } from "../../ports.ts";
import type { LackingFact, StoredRelease } from "../facts.ts";
import { listReleases, readNewest } from "../releases.ts";
import type { ReleaseAnswer, ReleaseList } from "../releases.ts";
import type { Read } from "./read-facts.ts";

type ReleaseFact = Extract<LackingFact, { readonly kind: "release" }>;

export interface ReleaseReader {
  /** What is going to be read now. */
  begin(facts: readonly LackingFact[]): void;
  /** `before` is what it was the last time. */
  read(
    fact: ReleaseFact,
    before: Read<unknown> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Read<StoredRelease>>;
}

const few = 3;

export function readReleases(live: Live): ReleaseReader {
  let isMany = false;
  let all: Promise<ReleaseList> | undefined;
  const listFor = async (
    { storageNamespace, name }: ReleaseFact,
    signal: AbortSignal | undefined,
  ): Promise<ReleaseList> => {
    if (isMany) {
      const list = await (all ??= listReleases(live, undefined, signal));
      if (list.outcome === "found") return list;
    }
    return listReleases(live, { namespace: storageNamespace, name }, signal);
  };
  return {
    begin(facts) {
      isMany = facts.filter(({ kind }) => kind === "release").length > few;
      all = undefined;
    },
    async read(fact, before, signal) {
      const list = await listFor(fact, signal);
      if (list.outcome !== "found") return told(list);
      const newest = list.newest.get(fact.key);
      if (newest === undefined) return { outcome: "told", value: null };
      const known = before?.outcome === "told" ? (before.source as ReleaseAnswer) : undefined;
      return told(await readNewest(live, newest, signal, known));
    },
  };
}

function told(
  answer: ReleaseAnswer | Exclude<ReleaseList, { readonly outcome: "found" }>,
): Read<StoredRelease> {
  switch (answer.outcome) {
    case "found":
      return { outcome: "told", value: answer.release, source: answer };
    case "absent":
      return { outcome: "told", value: null };
    case "forbidden":
    case "lost":
    case "unreadable":
      return { outcome: "refused", reason: answer.message, isLost: answer.outcome === "lost" };
  }
}

/** What the plan asks of a cluster, in four verbs, so that how it is asked (requests, memory, retries) is of no concern here. */
import type { JsonObject } from "../../manifest/json.ts";
import type { ObjectRef } from "../../records.ts";
import type { StoredRelease } from "../facts.ts";
import type { Arrivals, LiveAnswer, LiveQuestion } from "../question.ts";

/** Why something can't be had: the same for objects, lists and releases. */
export type Missing = "absent" | "forbidden" | "unknown-kind" | "lost";

export type FoundObject =
  { readonly outcome: "found"; readonly object: JsonObject } | { readonly outcome: Missing };

export type FoundObjects =
  | { readonly outcome: "found"; readonly objects: readonly JsonObject[] }
  | { readonly outcome: Missing };

/** One cluster. Nothing here rejects but for cancelling. */
export interface Asker {
  /** What a person calls the cluster. */
  readonly name: string;
  ask(
    questions: readonly LiveQuestion[],
    arrivals: Arrivals,
  ): Promise<ReadonlyMap<string, LiveAnswer>>;
  read(ref: ObjectRef): Promise<FoundObject>;
  list(kind: { readonly group: string; readonly kind: string }): Promise<FoundObjects>;
  /** The newest revision of a release; `undefined` when there is none or it can't be read. */
  release(storageNamespace: string, name: string): Promise<StoredRelease | undefined>;
}

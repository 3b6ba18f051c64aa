/**
 * What the user may do to the objects that are looked at: SelfSubjectAccessReviews, asked for once and remembered for a while.
 * The whole cluster is asked about first, then the namespace, then single objects, because a role may name them.
 */
import { groupOf } from "#simulator";
import type { ObjectRef } from "#simulator";

import type { ActionVerb, Verdict } from "../model/cluster/permission.ts";
import { mayDo } from "./actions.ts";
import type { ClusterSession } from "./session.ts";

interface Known {
  readonly verdict: Verdict;
  readonly at: number;
}

/** Milliseconds after which an answer is asked for again; until the new one is there the old one counts. */
const validity = 300_000;
const sideBySide = 4;
/** So many objects of a kind and namespace are asked about by name; for more, the answer of the namespace counts. */
const mostNamed = 20;

export class Permissions {
  readonly #session: ClusterSession;
  readonly #answered: () => void;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Set<string>();
  readonly #named = new Map<string, number>();
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;

  /** `answered` is called when answers may look different now. */
  constructor(session: ClusterSession, answered: () => void) {
    this.#session = session;
    this.#answered = answered;
  }

  /** What is known at this moment; what is not is asked for. */
  may(verb: ActionVerb, ref: ObjectRef): Verdict {
    const { apiVersion, kind, namespace } = ref;
    const everywhere = this.#verdict(verb, { apiVersion, kind, namespace: "", name: "" });
    if (everywhere !== "no" || namespace === "") return everywhere;
    const here = this.#verdict(verb, { apiVersion, kind, namespace, name: "" });
    if (here !== "no") return here;
    return this.#countNamed(verb, ref) ? this.#verdict(verb, ref) : here;
  }

  /** Asks again for what is looked at. */
  forget(): void {
    this.#known.clear();
    this.#named.clear();
  }

  #countNamed(verb: ActionVerb, ref: ObjectRef): boolean {
    const key = keyOf(verb, ref);
    if (this.#known.has(key) || this.#asking.has(key)) return true;
    const group = keyOf(verb, { ...ref, name: "" });
    const count = this.#named.get(group) ?? 0;
    if (count >= mostNamed) return false;
    this.#named.set(group, count + 1);
    return true;
  }

  #verdict(verb: ActionVerb, ref: ObjectRef): Verdict {
    const key = keyOf(verb, ref);
    const known = this.#known.get(key);
    const isOld = known === undefined || performance.now() - known.at > validity;
    if (isOld && !this.#asking.has(key)) this.#ask(key, verb, ref);
    return known?.verdict ?? "asking";
  }

  #ask(key: string, verb: ActionVerb, ref: ObjectRef): void {
    this.#asking.add(key);
    this.#waiting.push(async () => {
      // Who can't be asked is not held against the user: the action itself will tell.
      const allowed = await mayDo(this.#session, verb, ref, this.#session.signal).catch(() => true);
      this.#asking.delete(key);
      const before = this.#known.get(key)?.verdict;
      const verdict = allowed ? "yes" : "no";
      this.#known.set(key, { verdict, at: performance.now() });
      if (before !== verdict && !this.#session.signal.aborted) this.#answered();
    });
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#running >= sideBySide) return;
    this.#running++;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift())
      await job();
    this.#running--;
  }
}

function keyOf(verb: ActionVerb, { apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${verb} ${groupOf(apiVersion)}/${kind} ${namespace}/${name}`;
}

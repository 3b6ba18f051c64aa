/** Tells when the appliers of a connected cluster have moved on, in bundles: a push reaches many of them within seconds. */
import { AppliedStates } from "../model/cluster/applied-states.ts";
import type { Clusters } from "./clusters.ts";

/** Milliseconds without a move after which it is told. */
const usualSettle = 1500;

/** Returns what ends the watch. */
export function watchApplied(
  clusters: Pick<Clusters, "onDidChange" | "session">,
  onMoved: (context: string) => void,
  settle = usualSettle,
): () => void {
  const states = new Map<string, AppliedStates>();
  const timers = new Map<string, NodeJS.Timeout>();
  const end = clusters.onDidChange((change) => {
    if (change.kind !== "objects") return;
    const { context, ids } = change;
    const session = clusters.session(context);
    if (session === undefined) {
      states.delete(context);
      return;
    }
    const known = states.get(context) ?? new AppliedStates();
    states.set(context, known);
    if (!known.update(ids, (id) => session.store.get(id))) return;
    clearTimeout(timers.get(context));
    timers.set(
      context,
      setTimeout(() => onMoved(context), settle),
    );
  });
  return () => {
    end();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}

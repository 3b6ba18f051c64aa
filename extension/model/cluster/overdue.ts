/** Which suspensions a person is to be reminded of, and in which words. Pure, but for the memory that the caller keeps. */
import type { LiveIndex } from "./live-index.ts";
import { liveName } from "./live-words.ts";

export interface Overdue {
  readonly context: string;
  readonly id: string;
  /** `Kustomization flux-system/apps`. */
  readonly name: string;
  readonly reason: string;
}

/** Those among `ids` that are overdue and not in `reminded`, which takes them in: the same end is mentioned once. */
export function newlyOverdue(
  context: string,
  ids: Iterable<string>,
  index: LiveIndex,
  reminded: Set<string>,
): readonly Overdue[] {
  const found: Overdue[] = [];
  for (const id of ids) {
    const entry = index.get(id);
    if (entry?.suspension?.overdue !== true) continue;
    const { until, reason } = entry.suspension;
    const key = `${context} ${id} ${until}`;
    if (reminded.has(key)) continue;
    reminded.add(key);
    found.push({ context, id, name: liveName(entry.live.ref), reason });
  }
  return found;
}

export function reminderText(found: readonly Overdue[]): string {
  const [first] = found;
  if (found.length !== 1 || first === undefined)
    return `${found.length} objects are suspended longer than was meant: ${found.map(({ name }) => name).join(", ")}.`;
  const { name, context, reason } = first;
  const why = reason === "" ? "" : ` (${reason})`;
  return `${name} in ${context} is suspended longer than was meant${why}.`;
}

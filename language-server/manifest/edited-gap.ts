/** An edit of what stands between two keys of a mapping: comments and empty lines. No value is another then, only places are. */
import type { Node, Pair } from "yaml";
import { isScalar, Scalar } from "yaml";

import type { TextEdit } from "./text-edit.ts";

/** Up to the second key. What follows the first value on its line begins with a space. */
const gap = /^(?: *| +#[^\r\n]*)(?:\r?\n *(?:#[^\r\n]*)?)*\r?\n *$/;

/** Whether the whole edit lies between the value of one pair and the key of the next, and leaves both what they are. */
export function isInGap(
  { before, text }: { readonly before: string; readonly text: string },
  [above, below]: readonly [Pair | undefined, Pair | undefined],
  edit: TextEdit,
): boolean {
  const value = above?.value;
  const from = isScalar(value) && ended.has(value.type) ? value.range?.[1] : undefined;
  const to = (below?.key as Node | null | undefined)?.range?.[0];
  if (from === undefined || to === undefined || edit.start < from || edit.end > to) return false;
  const [old, now] = [before.slice(from, to), text.slice(from, to + edit.shift)];
  return gap.test(old) && gap.test(now) && columnIn(old) === columnIn(now);
}

/** Scalars whose ends don't depend on what follows. */
const ended = new Set<unknown>([Scalar.PLAIN, Scalar.QUOTE_DOUBLE, Scalar.QUOTE_SINGLE]);

function columnIn(text: string): number {
  return text.length - text.lastIndexOf("\n");
}

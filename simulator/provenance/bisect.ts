/**
 * Finds those of many that matter, by trying groups: a group that makes no difference is done with one question, another is cut in
 * half. Halves are always the same, so that the answer about a group serves every later question as well.
 */

/** `unknown`: nobody may ask any more. */
export type Verdict = "same" | "changed" | "failed" | "unknown";

export interface Found<Item> {
  /** Those that make a difference alone, in their order. */
  readonly deciding: readonly Item[];
  /** False when not every group could be asked about. */
  readonly isComplete: boolean;
}

type Ask<Item> = (group: readonly Item[]) => Promise<Verdict>;

/** One question at a time, so that whoever answers has time for others as well. */
export async function bisect<Item>(items: readonly Item[], ask: Ask<Item>): Promise<Found<Item>> {
  if (items.length === 0) return { deciding: [], isComplete: true };
  return settle(items, await ask(items), ask);
}

async function settle<Item>(
  items: readonly Item[],
  verdict: Verdict,
  ask: Ask<Item>,
): Promise<Found<Item>> {
  switch (verdict) {
    case "same":
      return { deciding: [], isComplete: true };
    case "unknown":
      return { deciding: [], isComplete: false };
    case "changed":
    case "failed":
      if (items.length > 1) return split(items, verdict, ask);
      return { deciding: verdict === "changed" ? items : [], isComplete: true };
  }
}

async function split<Item>(
  items: readonly Item[],
  verdict: Verdict,
  ask: Ask<Item>,
): Promise<Found<Item>> {
  const middle = Math.ceil(items.length / 2);
  const [left, right] = [items.slice(0, middle), items.slice(middle)];
  const first = await ask(left);
  const found = await settle(left, first, ask);
  // What the one half did not do was the other; what one alone does is always looked at.
  const isSure = first === "same" && right.length > 1;
  const others = await settle(right, isSure ? verdict : await ask(right), ask);
  return {
    deciding: [...found.deciding, ...others.deciding],
    isComplete: found.isComplete && others.isComplete,
  };
}

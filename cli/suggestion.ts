/** Finds the word that someone most likely meant, for "did you mean" in messages about the command line. */

/** ` Did you mean X?` or an empty string, ready to be put after a sentence. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = nearest(word, known);
  return best === undefined ? "" : ` Did you mean ${best}?`;
}

function nearest(word: string, known: readonly string[]): string | undefined {
  const bare = word.replace(/^-+/, "").toLowerCase();
  const ranked = known
    .map((candidate) => ({
      candidate,
      distance: distance(bare, candidate.replace(/^-+/, "").toLowerCase()),
    }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(bare.length / 3))
    ? best.candidate
    : undefined;
}

/** Edits to get from `a` to `b`; swapping two neighbours counts as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** Minor versions such as `2.9` and `1.34`: their order, and the nearest of those that are known. */

export function compareMinors(a: string, b: string): number {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  return x[0] === y[0] ? x[1] - y[1] : x[0] - y[0];
}

/** The newest known one that is not newer than `wanted`, else the oldest; `known` is sorted. Empty when nothing is known. */
export function nearestMinor(wanted: string, known: readonly string[]): string {
  const older = known.filter((one) => wanted === "" || compareMinors(one, wanted) <= 0);
  return older.at(-1) ?? known[0] ?? "";
}

function numbersOf(version: string): readonly [number, number] {
  const match = /^v?(\d+)(?:\.(\d+))?/.exec(version);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}

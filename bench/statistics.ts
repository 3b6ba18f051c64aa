/** The few figures that stand for a series of measurements. */

export interface Series {
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  readonly count: number;
}

export function series(values: readonly number[]): Series {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
  return { min: at(0.000001), median: at(0.5), p95: at(0.95), max: at(1), count: sorted.length };
}

function round(value: number): number {
  return value < 100 ? Math.round(value * 100) / 100 : Math.round(value);
}

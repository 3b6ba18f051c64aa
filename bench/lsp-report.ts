/** The figures of the language server, as a table for people and as JSON for the record. */
import type { Series } from "./statistics.ts";

export interface Row {
  readonly what: string;
  readonly wallMs?: Series;
  /** Series where each run has its own, a mean where only the sum is known. */
  readonly cpuMs?: Series | number;
  readonly megabytes?: number;
  readonly note?: string;
  /** What was said to the user; only in the record. */
  readonly message?: string;
  readonly target?: Target;
}

/** Which figure has to stay below what. */
export interface Target {
  readonly figure: "median" | "p95" | "megabytes";
  readonly below: number;
}

const columns = ["", "runs", "min", "median", "p95", "max", "CPU", "MB", "target"];

export function lspTable(rows: readonly Row[]): string {
  const cells = rows.map(cellsOf);
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return [columns, ...cells].map(line).join("\n");
}

function cellsOf({ what, wallMs, cpuMs, megabytes, target, note }: Row): readonly string[] {
  const cpu = typeof cpuMs === "number" ? cpuMs : cpuMs?.median;
  const values = [wallMs?.min, wallMs?.median, wallMs?.p95, wallMs?.max, cpu];
  return [
    note === undefined ? what : `${what} (${note})`,
    wallMs === undefined ? "" : String(wallMs.count),
    ...values.map((value) => (value === undefined ? "" : `${round(value)} ms`)),
    megabytes === undefined ? "" : String(megabytes),
    target === undefined ? "" : verdict(target, wallMs, megabytes),
  ];
}

function verdict(
  { figure, below }: Target,
  wallMs: Series | undefined,
  megabytes: number | undefined,
): string {
  const value = figure === "megabytes" ? megabytes : wallMs?.[figure];
  const isMet = value !== undefined && value < below;
  const unit = figure === "megabytes" ? "MB" : `ms ${figure}`;
  return `${isMet ? "met" : "MISSED"}: < ${below} ${unit}`;
}

export function round(value: number): number {
  return value < 10 ? Math.round(value * 100) / 100 : Math.round(value);
}

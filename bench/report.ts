/** The results as a table for people. */
import type { Figures, Result } from "./scenarios.ts";

const columns = [
  "corpus",
  "scenario",
  "tool",
  "runs",
  "wall min",
  "median",
  "p95",
  "CPU min",
  "median",
  "peak MiB",
  "faster",
];

export function table(results: readonly Result[]): string {
  const rows = results.flatMap((result) => [
    row(result.corpus, result.scenario, "sluice", result.sluice, ratio(result)),
    ...(result.flate === undefined ? [] : [row("", "", "flate", result.flate, "")]),
  ]);
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((cells) => cells[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(columns), ...rows.map(line)].join("\n");
}

function row(
  corpus: string,
  scenario: string,
  tool: string,
  figures: Figures,
  faster: string,
): readonly string[] {
  const { wallMs, cpuMs, peakMB } = figures;
  const times = [wallMs.min, wallMs.median, wallMs.p95, cpuMs.min, cpuMs.median].map(milliseconds);
  return [
    corpus,
    scenario,
    tool,
    String(wallMs.count),
    ...times,
    peakMB === undefined ? "" : String(Math.round(peakMB.max)),
    faster,
  ];
}

function milliseconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

/** How many times faster by the shortest wall time, and by the least CPU time. */
function ratio({ sluice, flate }: Result): string {
  if (flate === undefined) return "";
  const by = (what: "wallMs" | "cpuMs"): string =>
    `${(flate[what].min / sluice[what].min).toFixed(1)}×`;
  return `${by("wallMs")} (CPU ${by("cpuMs")})`;
}

/** Durations as Go writes and reads them (`time.ParseDuration`, `Duration.String`): `1h30m`, `500ms`. */

const units: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Milliseconds; `undefined` when the text is no duration. */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$|^0$/.test(text))
    return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g))
    total += Number(number) * (units[unit ?? ""] ?? 0);
  return text.startsWith("-") ? -total : total;
}

/** How Go prints a duration of whole milliseconds: `1h0m0s`, `1m30s`, `500ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  if (Math.abs(milliseconds) < 1000) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  const hours = Math.trunc(seconds / 3600);
  const minutes = Math.trunc((seconds % 3600) / 60);
  const rest = Math.round((seconds % 60) * 1000) / 1000;
  if (hours !== 0) return `${hours}h${minutes}m${rest}s`;
  return minutes === 0 ? `${rest}s` : `${minutes}m${rest}s`;
}

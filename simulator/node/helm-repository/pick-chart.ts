/** Which of a chart's versions a HelmChart means (source-controller `internal/helm/repository`, `GetChartVersion`). */
import type { FetchContext } from "../fetcher.ts";
import { FetchFailure, TooLargeError } from "../fetch-failure.ts";

/** A version that is none of a range: three numbers, as `fluxcd/pkg version.ParseVersion` wants them. */
export function isExactVersion(version: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/.test(version);
}

/** `helm.MaxChartSize` of source-controller. */
export const maxChartBytes = 10 * 1024 * 1024;

export function requireChartSize(bytes: number, chart: string): void {
  if (bytes <= maxChartBytes) return;
  const text = `${chart} has ${bytes} bytes; source-controller takes charts up to ${maxChartBytes}.`;
  throw new TooLargeError(text);
}

/** `versions` with the oldest first: of equal ones the last is taken. Throws a `FetchFailure` when none fits. */
export async function pickChartVersion(
  versions: readonly string[],
  wanted: string,
  { pickVersion, signal }: FetchContext,
  chart: string,
): Promise<string> {
  if (wanted !== "" && versions.includes(wanted)) return wanted;
  if (pickVersion === undefined) {
    const text = `${chart} ${wanted || "in its newest version"} is asked for, and there is nothing here that understands ranges.`;
    throw new FetchFailure("unsupported", text);
  }
  const picked = await pickVersion({ versions, constraint: wanted, rule: "helm" }, signal);
  if (picked !== undefined) return picked;
  const which =
    wanted === "" || wanted === "*" ? "no stable version" : `no version that fits ${wanted}`;
  throw new FetchFailure("not-found", `${chart} has ${which} among its ${versions.length}.`);
}

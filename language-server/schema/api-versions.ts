/** The order of API versions in the API server's discovery: stable first, then beta, then alpha, newest first. */

interface Versioned {
  readonly apiVersion: string;
  readonly version: string;
}

export function preferredVersions(kinds: readonly Versioned[]): readonly string[] {
  return [...kinds]
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ apiVersion }) => apiVersion);
}

/** `k8s.io/apimachinery/pkg/version/helpers.go`, CompareKubeAwareVersionStrings. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)];
  const index = x.findIndex((value, at) => value !== y[at]);
  return index < 0 ? 0 : (x[index] ?? 0) - (y[index] ?? 0);
}

function rank(version: string): readonly number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return [0, 0, 0];
  const stability = { alpha: 1, beta: 2 }[match[2] ?? ""] ?? 3;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
}

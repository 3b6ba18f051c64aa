/** Quantities of Kubernetes as numbers, to tell more from less (`k8s.io/apimachinery pkg/api/resource/quantity.go`). */

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `undefined` for what is no quantity. Exact enough to compare sizes. */
export function quantityOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/.exec(
    value,
  );
  if (match === null) return undefined;
  const exponent = match[3] === undefined ? 1 : 10 ** Number(match[3]);
  return Number(match[1]) * (factors[match[2] ?? ""] ?? 1) * exponent;
}

/** The steps of a Canary's analysis when every check passes (`pkg/controller/scheduler.go` of fluxcd/flagger). */
import { isObject, listAt, objectAt, type JsonObject } from "../manifest/json.ts";

export type CanaryStrategy = "canary" | "a/b" | "blue/green" | "none";

export interface CanaryStep {
  /** Seconds after the first check. */
  readonly at: number;
  readonly phase: "mirroring" | "analysis" | "promotion" | "done";
  /** Share of the traffic that the new version has, in percent. */
  readonly weight: number;
  /** The number of the iteration, where they are counted. */
  readonly iteration?: number;
}

/** No real analysis is longer; a broken one must not fill the memory. */
const mostSteps = 1000;

export function analysisSteps(
  spec: JsonObject,
  provider: string,
  interval: number,
): { readonly strategy: CanaryStrategy; readonly steps: readonly CanaryStep[] } {
  const analysis = objectAt(spec, "analysis");
  if (spec["skipAnalysis"] === true || !isObject(spec["analysis"])) {
    return { strategy: "none", steps: [promotion(0), done(interval)] };
  }
  const iterations = Math.min(numberAt(analysis, "iterations"), mostSteps);
  if (iterations > 0) {
    return iterated(analysis, provider, interval, iterations);
  }
  return { strategy: "canary", steps: shifted(analysis, interval) };
}

function iterated(
  analysis: JsonObject,
  provider: string,
  interval: number,
  iterations: number,
): { readonly strategy: CanaryStrategy; readonly steps: readonly CanaryStep[] } {
  const matched = listAt(analysis, "match").length > 0;
  const mirror = analysis["mirror"] === true;
  const steps = Array.from({ length: iterations }, (_, at): CanaryStep => ({
    at: at * interval,
    phase: mirror && !matched ? "mirroring" : "analysis",
    // With conditions those who match get the new version at once; without, nobody does before the end.
    weight: matched ? 100 : 0,
    iteration: at + 1,
  }));
  const end = iterations * interval;
  const switched: CanaryStep[] =
    matched || provider === "kubernetes" ? [] : [{ at: end, phase: "analysis", weight: 100 }];
  return {
    strategy: matched ? "a/b" : "blue/green",
    steps: [...steps, ...switched, promotion(end), done(end + interval)],
  };
}

/** Traffic in steps up to the greatest weight, and back to the promoted primary. */
function shifted(analysis: JsonObject, interval: number): readonly CanaryStep[] {
  const steps: CanaryStep[] = [];
  let at = 0;
  if (analysis["mirror"] === true) {
    steps.push({ at, phase: "mirroring", weight: 0 });
    at += interval;
  }
  for (const weight of weightsOf(analysis)) {
    steps.push({ at, phase: "analysis", weight });
    at += interval;
  }
  const last = steps.at(-1)?.weight ?? 0;
  steps.push({ ...promotion(at), weight: last });
  for (const weight of returning(last, numberAt(analysis, "stepWeightPromotion"))) {
    at += interval;
    steps.push({ at, phase: "promotion", weight });
  }
  return [...steps, done(at + interval)];
}

/** The weights as `nextStepWeight` and `maxWeight` make them. */
function weightsOf(analysis: JsonObject): readonly number[] {
  const listed = listAt(analysis, "stepWeights").filter((weight) => typeof weight === "number");
  const step = numberAt(analysis, "stepWeight");
  if (step <= 0) {
    return listed.slice(0, mostSteps).map((weight) => Math.min(100, weight));
  }
  const most = Math.min(100, numberAt(analysis, "maxWeight") || 100);
  const count = Math.min(Math.ceil(most / step), mostSteps);
  return Array.from({ length: count }, (_, at) => Math.min(100, (at + 1) * step));
}

function returning(from: number, step: number): readonly number[] {
  if (step <= 0 || step >= 100) {
    return [];
  }
  const count = Math.min(Math.ceil(from / step), mostSteps);
  return Array.from({ length: count }, (_, at) => Math.max(0, from - (at + 1) * step));
}

function promotion(at: number): CanaryStep {
  return { at, phase: "promotion", weight: 100 };
}

function done(at: number): CanaryStep {
  return { at, phase: "done", weight: 0 };
}

function numberAt(value: JsonObject, key: string): number {
  const found = value[key];
  return typeof found === "number" && Number.isFinite(found) ? found : 0;
}

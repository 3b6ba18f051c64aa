/** The order of risks: the worst first. */
import type { Risk, RiskSeverity } from "../../records.ts";

const riskSeverities = ["high", "medium", "low"] as const satisfies readonly RiskSeverity[];

/** For stable sorts: equals stay in the order of the rules and of the plan. */
export function bySeverity(a: Risk, b: Risk): number {
  return riskSeverities.indexOf(a.severity) - riskSeverities.indexOf(b.severity);
}

/** What lets `sluice diff` end with exit code 1: any change, an error, or a risk of some severity. */
import type { Plan, RiskCode, RiskSeverity, RiskSettings } from "#simulator";

import { didYouMean } from "./suggestion.ts";
import { UserError } from "./user-error.ts";

export type Gate =
  | { readonly on: "change" }
  | { readonly on: "error" }
  | { readonly on: "risk"; readonly least: RiskSeverity };

// The simulator has the same list; importing it here would load the simulator for `--help`.
const severities = ["high", "medium", "low"] as const satisfies readonly RiskSeverity[];

type RiskName = RiskCode extends `risk/${infer Name}` ? Name : never;

/** The codes of risks without `risk/`; one that is missing does not compile. */
const risks: Readonly<Record<RiskName, true>> = {
  "data-loss": true,
  "release-replaced": true,
  "prune-by-move": true,
  "immutable-field": true,
  "secret-plaintext": true,
  "rbac-widened": true,
  "webhook-fail": true,
  "api-removed": true,
  "replicas-zero": true,
  "version-backwards": true,
  "not-applied": true,
  "chart-values": true,
  "two-owners": true,
  "force-deletes": true,
};
export const riskNames = Object.keys(risks);

/** The words that `--fail-on` of `sluice diff` takes. */
export const gateWords = [
  "change",
  "error",
  "risk",
  ...severities.map((severity) => `risk=${severity}` as const),
] as const;

/** Throws a `UserError` for a word that it does not know. `risk` alone means medium. */
export function readGate(text: string): Gate {
  if (text === "change" || text === "error") return { on: text };
  const match = /^risk(?:=(.*))?$/.exec(text);
  const least = severities.find((one) => one === (match?.[1] ?? "medium"));
  if (match !== null && least !== undefined) return { on: "risk", least };
  throw new UserError(
    `--fail-on can't be "${text}".${didYouMean(text, gateWords)} It can be ${gateWords.join(", ")}.`,
  );
}

/** `--risk CODE=SEVERITY`; the code may be written without `risk/`. Throws a `UserError`. */
export function readRiskSettings(texts: readonly string[]): RiskSettings {
  return Object.fromEntries(texts.map(readRiskSetting));
}

function readRiskSetting(text: string): readonly [string, RiskSeverity | "off"] {
  const [, code, wish = ""] = /^(?:risk\/)?([a-z-]+|\*)=(.*)$/.exec(text) ?? [];
  if (code === undefined)
    throw new UserError(`--risk can't be "${text}". It looks like replicas-zero=off.`);
  if (code !== "*" && !riskNames.includes(code))
    throw new UserError(
      `--risk: there is no risk ${code}.${didYouMean(code, riskNames)} They are ${riskNames.join(", ")}.`,
    );
  const choices = [...severities, "off"] as const;
  const choice = choices.find((one) => one === wish);
  if (choice !== undefined) return [`risk/${code}`, choice];
  throw new UserError(
    `--risk can't make ${code} "${wish}".${didYouMean(wish, choices)} It can be ${choices.join(", ")}.`,
  );
}

/** Whether the plan is to stop a pipeline. Errors that the old state has as well are nobody's doing here. */
export function isStopped(plan: Plan, newErrors: number, gate: Gate): boolean {
  const { created, changed, deleted, moved, orphaned, recreated = 0, errors } = plan.counts;
  // What could not be asked about may be anything.
  if (plan.live?.partial !== undefined) return true;
  switch (gate.on) {
    case "change":
      return created + changed + recreated + deleted + moved + orphaned + errors > 0;
    case "error":
      return newErrors > 0;
    case "risk":
      return newErrors > 0 || hasRisk(plan, gate.least);
  }
}

function hasRisk({ risks = [] }: Plan, least: RiskSeverity): boolean {
  const limit = severities.indexOf(least);
  return risks.some(
    ({ severity, suppressed }) => suppressed === undefined && severities.indexOf(severity) <= limit,
  );
}

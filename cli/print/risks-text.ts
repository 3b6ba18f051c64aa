/** Risks one a line, as `severity: cluster: message [code]  file:line`; many alike are counted. What is silenced is only counted. */
import type { Plan, Problem, Risk, RiskSeverity } from "#simulator";

import { grouped } from "./grouped.ts";
import { clusterOf, counted, placeText } from "./names.ts";
import type { Style } from "./style.ts";

/** Risks of one kind below one applier that are printed; a fold of a hundred objects is one matter. */
const shownAlike = 5;

/** The risks that count for something. */
export function loudRisks({ risks = [] }: Plan): readonly Risk[] {
  return risks.filter(({ suppressed }) => suppressed === undefined);
}

/** The plan must be printable. One text for each risk; nothing when there are none. */
export function* riskLines(plan: Plan, style: Style): Generator<string> {
  const many = plan.clusters.length > 1;
  const alike = grouped(
    loudRisks(plan),
    ({ severity, code, applier }) => `${severity} ${code} ${applier}`,
  );
  for (const risks of alike.values()) {
    for (const risk of risks.slice(0, shownAlike)) yield riskLine(risk, many, style);
    const more = risks.length - shownAlike;
    const [first] = risks;
    if (more > 0 && first !== undefined)
      yield `${severityText(first.severity, style)}: ${more} more like these ${style.faint(`[${first.code}]`)}\n`;
  }
  const silenced = plan.risks?.filter(({ suppressed }) => suppressed !== undefined).length ?? 0;
  if (silenced > 0) yield `${style.faint(`${counted(silenced, "risk")} silenced`)}\n`;
}

function riskLine(risk: Risk, withCluster: boolean, style: Style): string {
  const cluster = withCluster ? `${clusterOf(risk.applier)}: ` : "";
  const place = risk.place === undefined ? "" : style.faint(`  ${placeText(risk.place)}`);
  const message = risk.message.trimEnd().split("\n").join("\n    | ");
  return `${severityText(risk.severity, style)}: ${cluster}${message} ${style.faint(`[${risk.code}]`)}${place}\n`;
}

function severityText(severity: RiskSeverity, style: Style): string {
  switch (severity) {
    case "high":
      return style.bad("high");
    case "medium":
      return style.attention("medium");
    case "low":
      return style.accent("low");
  }
}

/** `2 high risks, 1 low risk`, or an empty string. */
export function riskCountsText(plan: Plan, style: Style): string {
  const risks = loudRisks(plan);
  return (["high", "medium", "low"] as const)
    .map((severity) => {
      const count = risks.filter((risk) => risk.severity === severity).length;
      const word = severityText(severity, style);
      return count === 0 ? "" : `${count} ${word} ${count === 1 ? "risk" : "risks"}`;
    })
    .filter((text) => text !== "")
    .join(", ");
}

/** A risk says the same: a release that is replaced, a second owner. It is not printed twice. */
export function isSaidByRisk(problem: Problem, { risks = [] }: Plan): boolean {
  return risks.some(
    ({ message, applier }) => message === problem.message && applier === problem.applier,
  );
}

/** Problems and risks as nodes of the Preview. */
import { groupBy } from "#simulator";
import type { Problem, Risk } from "#simulator";

import { contextValue } from "./context-value.ts";
import { problemIcon, riskIcon } from "./icons.ts";
import type { Nodes, PreviewNode } from "./preview-node.ts";
import { placeText, problemTooltip, riskTooltip } from "./tooltips.ts";
import { applierName, riskText, severityText } from "./words.ts";

export function addProblems(
  nodes: Nodes,
  folder: string,
  scope: string,
  problems: readonly Problem[],
  parent: string | undefined,
): readonly string[] {
  return problems.map((problem, index) => {
    const id = `${scope}|problem|${problem.code}|${index}`;
    const where = problem.place ? placeText(problem.place) : "";
    nodes.set(id, {
      id,
      ...(parent ? { parent } : {}),
      label: shortMessage(problem),
      description: where,
      tooltip: problemTooltip(problem),
      icon: problemIcon(problem.severity),
      accessibleLabel: [`${severityText(problem.severity)}: ${problem.message}`, where]
        .filter(Boolean)
        .join(", "),
      contextValue: contextValue("problem", problem.place ? ["source"] : []),
      expand: "leaf",
      children: [],
      target: {
        kind: "problem",
        folder,
        problem,
        ...(problem.place ? { place: problem.place } : {}),
      },
    });
    return id;
  });
}

/** Without the name of the applier at its start: the node stands below it. */
function shortMessage({ message, applier }: Pick<Problem, "message" | "applier">): string {
  const flat = message.replace(/\s+/g, " ");
  const prefix = applier === undefined ? "" : `${applierName(applier)}: `;
  return prefix && flat.startsWith(prefix) ? flat.slice(prefix.length) : flat;
}

/** A release that is replaced, a second owner: the risk says it, so the problem is not shown beside it. */
export function isSaidByRisk(problem: Problem, risks: readonly Risk[]): boolean {
  return risks.some(
    ({ message, applier }) => message === problem.message && applier === problem.applier,
  );
}

/** Risks of one kind below one applier that are shown; a hundred of them are one matter. */
const shownAlike = 5;

export function addRisks(
  nodes: Nodes,
  folder: string,
  scope: string,
  risks: readonly Risk[],
): readonly string[] {
  const alike = groupBy(risks, ({ severity, code }) => `${severity} ${code}`);
  return [...alike.values()].flatMap((group) =>
    group.slice(0, shownAlike).map((risk, index) => {
      const rest = index === shownAlike - 1 ? group.length - shownAlike : 0;
      const node = riskNode(folder, `${scope}|risk|${risk.code}|${index}`, risk, rest);
      nodes.set(node.id, { ...node, parent: scope });
      return node.id;
    }),
  );
}

/** `more`: how many like it are not shown. */
function riskNode(folder: string, id: string, risk: Risk, more: number): PreviewNode {
  const { severity, message, place, applier } = risk;
  const notes = [
    ...(place ? [placeText(place)] : []),
    ...(more > 0 ? [`and ${more} more like it`] : []),
  ];
  return {
    id,
    label: `${riskText(severity)}: ${shortMessage({ message, applier })}`,
    description: notes.join(" · "),
    tooltip: riskTooltip(risk),
    icon: riskIcon(severity),
    accessibleLabel: [`${riskText(severity)}: ${message}`, ...notes].join(", "),
    contextValue: contextValue("risk", place ? ["source"] : []),
    expand: "leaf",
    children: [],
    target: { kind: "risk", folder, risk, ...(place ? { place } : {}) },
  };
}

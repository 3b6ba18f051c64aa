/** How the graph calls what can be done with an object, and how one object needs another. Pure. */
import type { GraphAction, GraphRelation } from "./graph.ts";
import type { GraphSubject } from "./messages.ts";

const titles: Readonly<Record<GraphSubject["kind"], Readonly<Record<GraphAction, string>>>> = {
  live: {
    open: "Open Live Object",
    file: "Go to Manifest",
    reveal: "Reveal in Clusters",
    trace: "Trace to Source",
  },
  plan: {
    open: "Show Rendered",
    file: "Open Manifest",
    reveal: "Reveal in Preview",
    trace: "Trace to Source",
  },
};

export function actionTitle(subject: GraphSubject["kind"], action: GraphAction): string {
  return titles[subject][action];
}

/** Read from what needs to what is needed, and the other way round. */
const needs: Readonly<Record<GraphRelation, string>> = {
  dependsOn: "waits for",
  source: "reads",
  owner: "is applied by",
};
const neededBy: Readonly<Record<GraphRelation, string>> = {
  dependsOn: "is waited for by",
  source: "is read by",
  owner: "applies",
};

export function needWords(relation: GraphRelation): string {
  return needs[relation];
}

export function neededByWords(relation: GraphRelation): string {
  return neededBy[relation];
}

/** In the choice of what is drawn. */
export const relationTitles: Readonly<Record<GraphRelation, string>> = {
  dependsOn: "Dependencies",
  source: "Sources",
  owner: "Owners",
};

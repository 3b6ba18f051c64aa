/** The object that a name leads to: where it is written, and what the last simulation says of it. */
import type { ApplierRecord } from "#simulator";

import { lookup } from "../model/lookup.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Cursor } from "./definition-locations.ts";
import type { HoverText } from "./hover-markdown.ts";
import { code, escaped, link } from "./hover-markdown.ts";
import { nameAt } from "./references-names.ts";
import { holds, namespacesOfSite } from "./references-site.ts";
import type { Found } from "./references-targets.ts";
import { declarationsOf } from "./references-targets.ts";

const maxPlaces = 5;

export function hoverName(root: string, cursor: Cursor): HoverText | undefined {
  const site = nameAt(cursor, cursor.offset);
  // On a kind or a namespace the field has more to say.
  if (!site || !holds(site.span, cursor.offset)) return undefined;
  const { model, file, part } = cursor;
  const found = declarationsOf({ model, file, part, site });
  const kind = found[0]?.site.kinds[0] ?? site.kinds.join(" or ");
  const at = found[0] ?? { model, file, part, site };
  const namespaces = namespacesOfSite(at, at.site);
  const full = namespaces?.length === 1 ? `${namespaces[0]}/${site.name}` : site.name;
  const lines = [`**${escaped(kind)} ${escaped(full)}**`, ""];
  const states = statesOf(model, kind, site.name, namespaces);
  lines.push(...states.map(toLine));
  if (site.role === "declaration") {
    if (states.length === 0) return undefined;
  } else lines.push(...placesOf(root, { model, file, part, site }, found));
  return { span: site.span, text: lines.join("\n") };
}

function placesOf(root: string, subject: Found, found: readonly Found[]): readonly string[] {
  if (found.length > 0)
    return found
      .slice(0, maxPlaces)
      .map((one) => `- ${link(root, { ...one, span: one.site.span })}`);
  const { model, site } = subject;
  const namespace = namespacesOfSite(subject, site)?.[0];
  const answers = site.kinds.map((kind) => lookup(model, { kind, name: site.name, namespace }));
  for (const answer of answers) {
    if (answer.outcome === "found") return ["Rendered, but not written in this repository."];
    if (answer.outcome === "elsewhere")
      return [`Only in namespace ${answer.namespaces.map(escaped).join(", ")}.`];
  }
  return answers.length > 0 && answers.every(({ outcome }) => outcome === "missing")
    ? ["Nothing in this repository makes it."]
    : ["Not written in this repository; something else may make it."];
}

function statesOf(
  { truth }: WorkspaceModel,
  kind: string,
  name: string,
  namespaces: readonly string[] | undefined,
): readonly ApplierRecord[] {
  if (!truth) return [];
  return [...truth.appliers.values()].filter(
    ({ ref }) =>
      ref.kind === kind && ref.name === name && (namespaces?.includes(ref.namespace) ?? true),
  );
}

function toLine({ cluster, state, message, objects, chart }: ApplierRecord): string {
  const details = [
    ...(chart ? [`chart ${escaped(chart.name)} ${escaped(chart.version)}`] : []),
    `${objects} ${objects === 1 ? "object" : "objects"}`,
  ];
  const reason = message === undefined || state === "ready" ? "" : `: ${code(message)}`;
  return `- ${escaped(cluster)}: **${state}** (${details.join(", ")})${reason}`;
}

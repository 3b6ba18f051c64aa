/** The effective values of a HelmRelease as commented YAML: what the chart is rendered with, and where each value comes from. */
import { Document, isScalar, visit } from "yaml";
import type { Node, Pair } from "yaml";

import type { HelmResult } from "../engine/protocol.ts";
import { listAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import { buildInMode } from "../render/build.ts";
import { findNode } from "../simulation.ts";
import type { Simulation } from "../simulator.ts";
import type { PresentContext } from "./present.ts";

/** `undefined` when the applier is no HelmRelease of this simulation, or did not come to values. */
export async function releaseValues(
  simulation: Simulation,
  applier: string,
  context: PresentContext,
): Promise<string | undefined> {
  const found = findNode(simulation, applier)?.node;
  if (found?.built.outcome !== "built" || found.built.question.call !== "helm") return undefined;
  // Values are taken from the masked render, their origins from the other: only pointers and names come from that one.
  const masked = (await buildInMode(found.built, "masked", context)) as HelmResult;
  const traced = (await buildInMode(found.built, "origins", context)) as HelmResult;
  if (masked.values === undefined) return undefined;
  const origins = new Map(
    traced.valueOrigins?.map(({ pointer, from }) => [pointer, from] as const) ?? [],
  );
  const document = new Document(JSON.parse(masked.values), { aliasDuplicateObjects: false });
  comment(document, origins, (from) => originTitle(from, found.object));
  document.commentBefore = heading(masked);
  return document.toString({ lineWidth: 0 });
}

function heading({ chart, release }: HelmResult): string {
  const title = chart === undefined ? "" : ` with chart ${chart.name} ${chart.version}`;
  const name = release === undefined ? "" : ` of release ${release.namespace}/${release.name}`;
  return ` Effective values${name}${title}.\n What has no comment is the chart's own default.`;
}

/** Each leaf that is not the chart's default says where it comes from. */
function comment(
  document: Document,
  origins: ReadonlyMap<string, string>,
  title: (from: string) => string | undefined,
): void {
  visit(document, {
    Pair(_key, pair, path) {
      const value = pair.value as Node | null;
      const pointer = [...path, pair].flatMap(pointerStep).join("");
      const from = origins.get(pointer);
      const text = from === undefined ? undefined : title(from);
      if (text === undefined || value === null) return;
      if (isScalar(value)) value.comment = ` ${text}`;
      else value.commentBefore = ` ${text}`;
    },
  });
}

function pointerStep(node: unknown): readonly string[] {
  const key = (node as Partial<Pair> | null)?.key;
  if (key === undefined || !isScalar(key)) return [];
  return [`/${String(key.value).replaceAll("~", "~0").replaceAll("/", "~1")}`];
}

function originTitle(from: string, release: JsonObject): string | undefined {
  if (from === "chart") return undefined;
  if (from === "values") return "spec.values";
  const index = Number(/^valuesFrom\[(\d+)\]/.exec(from)?.[1]);
  const reference = listAt(release, "spec", "valuesFrom")[index];
  const kind = textAt(reference, "kind");
  return kind === undefined ? from : `${kind} ${textAt(reference, "name") ?? ""}`;
}

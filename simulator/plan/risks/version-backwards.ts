/** An image or a chart that goes back to an earlier version: what the newer one wrote may be unreadable for it. */
import { compareValues, valueAtPointer } from "../../diff/compare.ts";
import { refTitle } from "../../flux/object-ref.ts";
import { isEarlierVersion } from "../../flux/version-order.ts";
import type { Side } from "../fields.ts";
import { about, shown } from "./rule.ts";
import type { ChangedObject, Finding, RiskContext, RiskRule } from "./rule.ts";

export const versionBackwards: RiskRule = {
  code: "risk/version-backwards",
  summary: "An image or a chart goes back to an earlier version.",
  *find(context) {
    for (const changed of context.objects) yield* imagesOf(changed);
    yield* charts(context);
  },
};

interface Image {
  readonly repository: string;
  readonly tag: string;
}

function* imagesOf(changed: ChangedObject): Generator<Finding> {
  const { base, target, change } = changed;
  if (base === undefined || target === undefined) return;
  const said = new Set<string>();
  for (const { path, basePath, before, after } of compareValues(base.exact, target.exact)) {
    if (!/\/image(Name)?$/.test(path)) continue;
    const [old, now] = [imageOf(before), imageOf(after)];
    if (old === undefined || now === undefined || old.repository !== now.repository) continue;
    if (isEarlierVersion(now.tag, old.tag) !== true) continue;
    const message = `${refTitle(change.ref)} goes back from ${textAt(base, basePath ?? path)} to ${textAt(target, path)}. Make sure that the older version can read what the newer one wrote.`;
    if (!said.has(message)) yield about(changed, "medium", message);
    said.add(message);
  }
}

/** The image as it may be shown. */
function textAt(side: Side, pointer: string): string {
  const text = valueAtPointer(shown(side), pointer);
  return typeof text === "string" ? text : "(secret)";
}

/** Name and tag; an image that only has a digest has no version. */
function imageOf(value: unknown): Image | undefined {
  if (typeof value !== "string") return undefined;
  const [name = ""] = value.split("@");
  const colon = name.lastIndexOf(":");
  return colon <= name.lastIndexOf("/")
    ? undefined
    : { repository: name.slice(0, colon), tag: name.slice(colon + 1) };
}

function* charts({ appliers }: RiskContext): Generator<Finding> {
  for (const { applier, chart } of appliers) {
    if (chart === undefined || chart.before.name !== chart.after.name) continue;
    if (isEarlierVersion(chart.after.version, chart.before.version) !== true) continue;
    yield {
      severity: "medium",
      message: `${refTitle(applier.ref)} goes back from chart ${chart.before.name} ${chart.before.version} to ${chart.after.version}. CustomResourceDefinitions and data of the newer one stay as they are.`,
      applier: applier.id,
      object: applier.ref,
    };
  }
}

/** What decides a line of a rendered object, in words. */
import type { LineOriginResult, LineOriginSpot } from "#protocol";

import { codeSpan, escapeMarkdown } from "./markdown.ts";

/** What "Go to Definition" leads to. */
export function targetsOf({ place, origins }: LineOriginResult): readonly LineOriginSpot[] {
  const targets = (origins ?? []).filter(({ isTarget }) => isTarget);
  if (targets.length > 0 || !place) return targets;
  return [{ title: "", effect: "text", place, isTarget: true }];
}

export function whereOf({ place, chartFile }: LineOriginSpot): string {
  const line = place?.line ?? chartFile?.line;
  const file = place?.path ?? `${chartFile?.path ?? ""} of the chart`;
  return line === undefined || !place ? file : `${file}:${line}`;
}

/** Others that only decide whether the line is there are counted. */
const mostLines = 6;

/** Markdown; `link` gives the address that a place opens at. Empty where there is nothing to say beyond the line itself. */
export function originsMarkdown(
  { origins = [], isPartial }: LineOriginResult,
  link: (spot: LineOriginSpot) => string,
): string {
  const shown = origins.slice(0, mostLines);
  const lines = shown.map(
    (spot) => `${sentence(spot)} in [${escapeMarkdown(whereOf(spot))}](${link(spot)})`,
  );
  const more = origins.length - shown.length;
  return [
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(isPartial === true ? ["Not everything could be tried in time."] : []),
  ].join("\n\n");
}

function sentence({ title, effect, isDefault }: LineOriginSpot): string {
  const what = isDefault === true ? `the default of ${codeSpan(title)}` : codeSpan(title);
  switch (effect) {
    case "text":
    case "value":
      return `Decided by ${what}`;
    case "presence":
      return `The line is there because of ${what}`;
    case "object":
      return `The object is there because of ${what}`;
    case "template":
      return `Made by ${what}`;
  }
}

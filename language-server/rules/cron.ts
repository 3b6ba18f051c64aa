/** Schedules of a ResourceSetInputProvider: the expression and the time zone. Grammar: `robfig/cron` v3, standard parser. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { isTemplated } from "../model/object-index.ts";
import type { Rule } from "./rule.ts";

export const cron: Rule = {
  meta: {
    code: "flux/cron",
    severity: "error",
    summary: "A schedule or a time zone that can't be read.",
    roles: ["manifest", "patch"],
    needs: "document",
    embedded: true,
    fixable: false,
  },
  *check({ document, root }) {
    if (!isFluxKind(document, flux.ResourceSetInputProvider)) return;
    for (const item of root.at("spec", "schedule")?.items ?? []) {
      const expression = item.get("cron");
      const zone = item.get("timeZone");
      if (expression?.text !== undefined && !isTemplated(expression.text)) {
        const problem = problemOf(expression.text);
        if (problem !== undefined)
          yield {
            span: expression.span,
            message: `${problem} A schedule looks like "0 8 * * 1-5" (minute, hour, day, month, day of the week) or @daily.`,
          };
      }
      if (zone?.text !== undefined && !isTemplated(zone.text) && !isTimeZone(zone.text))
        yield {
          span: zone.span,
          message: `There is no time zone ${zone.text}. Time zones look like Europe/Berlin.`,
        };
    }
  },
};

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const layout: readonly Field[] = [
  { name: "minute", low: 0, high: 59 },
  { name: "hour", low: 0, high: 23 },
  { name: "day", low: 1, high: 31 },
  { name: "month", low: 1, high: 12, names: months },
  { name: "day of the week", low: 0, high: 6, names: days },
];

function problemOf(text: string): string | undefined {
  const [first = ""] = text.trim().split(/\s+/);
  const zone = /^(?:CRON_)?TZ=(.*)$/.exec(first)?.[1];
  if (zone !== undefined && !isTimeZone(zone)) return `There is no time zone ${zone}.`;
  const rest = zone === undefined ? text.trim() : text.trim().slice(first.length).trim();
  if (rest.startsWith("@")) {
    const known = /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$/.test(
      rest,
    );
    return known ? undefined : `${rest} is no schedule.`;
  }
  const parts = rest.split(/\s+/);
  if (parts.length !== layout.length)
    return `A schedule has 5 fields, and this has ${parts.length}.`;
  for (const [at, field] of layout.entries()) {
    const wrong = (parts[at] ?? "").split(",").find((one) => !isPart(one, field));
    if (wrong !== undefined) return `${wrong} is no ${field.name} (${field.low} to ${field.high}).`;
  }
  return undefined;
}

/** `*`, `?`, `5`, `1-5`, each with `/step`. */
function isPart(text: string, field: Field): boolean {
  const [range = "", step, ...more] = text.split("/");
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === "*" || range === "?") return true;
  const ends = range.split("-").map((one) => numberOf(one, field));
  const [from, to = from, ...beyond] = ends;
  if (beyond.length > 0 || from === undefined || to === undefined) return false;
  return from >= field.low && to <= field.high && from <= to;
}

function numberOf(text: string, { names, low }: Field): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + low;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function isTimeZone(name: string): boolean {
  try {
    return (
      name !== "" && Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
    );
  } catch {
    return false;
  }
}

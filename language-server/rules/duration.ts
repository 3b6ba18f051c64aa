/** Durations: what can't be read, what is longer than the interval it belongs to, and what asks too often. */
import { fluxKindOf } from "#simulator";

import { replaceValue } from "../manifest/edits.ts";
import type { Value } from "../manifest/value.ts";
import { isTemplated } from "../model/object-index.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

const fields: readonly (readonly string[])[] = [
  ["spec", "interval"],
  ["spec", "timeout"],
  ["spec", "retryInterval"],
  ["spec", "chart", "spec", "interval"],
  ...["install", "upgrade", "test", "rollback", "uninstall"].map((phase) => [
    "spec",
    phase,
    "timeout",
  ]),
  ["spec", "verify", "interval"],
];

export const duration: Rule = {
  meta: {
    code: "flux/duration",
    severity: "error",
    summary: "A duration that can't be read, or that makes no sense.",
    roles: ["manifest", "patch"],
    needs: "document",
    embedded: true,
    fixable: true,
  },
  *check({ document, root }) {
    const row = fluxKindOf(document);
    if (!row || document.group === "") return;
    for (const path of fields) {
      const value = root.at(...path);
      const text = value?.scalar;
      if (!value || text === undefined || value.isNull || isTemplated(text)) continue;
      if (secondsOf(text) === undefined) yield unreadable(value, text);
    }
    yield* remarks(root);
  },
};

function unreadable(value: Value, text: string): Finding {
  const better = betterOf(text);
  const fix: readonly Fix[] =
    better === undefined
      ? []
      : [{ title: `Change to ${better}`, edits: [replaceValue(value, better)], preferred: true }];
  const reason = /\d\s*d/i.test(text)
    ? `${text} is no duration: the largest unit is h`
    : `${text} is no duration`;
  return {
    span: value.span,
    message: `${reason}. The API server refuses it. Durations look like 30s, 5m, 1h30m or 24h.`,
    fixes: fix,
  };
}

function* remarks(root: Value): Generator<Finding> {
  const [interval, timeout] = [root.at("spec", "interval"), root.at("spec", "timeout")];
  const [every, most] = [secondsOf(interval?.scalar), secondsOf(timeout?.scalar)];
  if (interval && every !== undefined && every > 0 && every < 30) {
    yield {
      span: interval.span,
      severity: "warning",
      message: `Every ${interval.scalar ?? ""} is very often: it keeps the controller and the source's server busy. 30s or more is enough; a webhook is faster than any interval.`,
    };
  }
  if (timeout && every !== undefined && most !== undefined && every > 0 && most > every) {
    yield {
      span: timeout.span,
      severity: "warning",
      message: `The timeout of ${timeout.scalar ?? ""} is longer than the interval of ${interval?.scalar ?? ""}: a run that hangs delays the next ones.`,
    };
  }
}

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** The pattern of the CRDs: `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`. */
function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(ms|s|m|h)/g))
    total += Number(amount) * (units[unit ?? ""] ?? 0);
  return total;
}

function betterOf(text: string): string | undefined {
  const days = /^(\d+)\s*d(?:ays?)?$/i.exec(text)?.[1];
  if (days !== undefined) return `${Number(days) * 24}h`;
  const weeks = /^(\d+)\s*w(?:eeks?)?$/i.exec(text)?.[1];
  if (weeks !== undefined) return `${Number(weeks) * 168}h`;
  const [, amount, unit] = /^(\d+)\s*(s|m|h)[a-z]*$/i.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return `${amount}${unit.toLowerCase()}`;
  return /^\d+$/.test(text) ? `${text}s` : undefined;
}

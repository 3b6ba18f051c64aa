/** What is asked before an action and reported after it. Pure. */
import { count } from "../words.ts";

export interface ActionOutcome {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

const mostNamed = 10;

export function confirmation(
  verb: string,
  names: readonly string[],
  contexts: readonly string[],
  detail: string,
): { readonly message: string; readonly detail: string } {
  const [first = ""] = names;
  const what = names.length === 1 ? first : count(names.length, "object");
  const where = contexts.join(", ");
  const list = names.length === 1 ? [] : names.slice(0, mostNamed);
  const rest = names.length > mostNamed ? [`and ${names.length - mostNamed} more`] : [];
  return {
    message: `${verb} ${what} in ${where}?`,
    detail: [detail, [...list, ...rest].join("\n")].filter(Boolean).join("\n\n"),
  };
}

/** One report for all. */
export function reportText(
  verb: string,
  outcomes: readonly ActionOutcome[],
): { readonly text: string; readonly failed: number } {
  const failures = outcomes.filter(({ ok }) => !ok);
  const [only] = outcomes;
  if (outcomes.length === 1 && only !== undefined)
    return {
      text: only.ok
        ? `${verb} ${only.name}: ${only.message}`
        : `${verb} ${only.name} failed: ${only.message}`,
      failed: failures.length,
    };
  if (failures.length === 0)
    return { text: `${verb}: ${count(outcomes.length, "object")} done.`, failed: 0 };
  const first = failures
    .slice(0, 3)
    .map(({ name, message }) => `${name}: ${message}`)
    .join(" · ");
  return {
    text: `${verb}: ${failures.length} of ${count(outcomes.length, "object")} failed. ${first}`,
    failed: failures.length,
  };
}

/** Patterns are names of contexts in which `*` stands for anything. */
export function isProtected(context: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(context);
  });
}

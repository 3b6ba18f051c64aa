/** Compares the engine's answer about a release with what Helm stored: chart, install order, and what its hooks are. */
import type { HelmResult } from "#simulator/engine";
import type { Outcome, PushExpected, StoredRelease } from "./expected.ts";

/** Nothing is said about a release that Helm stored no version of. */
export function compareRelease(
  outcome: Outcome,
  push: PushExpected,
  answer: HelmResult | undefined,
): readonly string[] {
  const stored = storedOf(outcome, push);
  if (stored === undefined || outcome.ready?.status !== "True") return [];
  if (answer === undefined) return ["the engine was not asked"];
  const chart = `${answer.chart?.name ?? ""}@${answer.chart?.version ?? ""}`;
  return [
    ...differs("chart", stored.chart, chart),
    ...differs("order", stored.order.join(", "), orderOf(answer).join(", ")),
    ...compareHooks(stored, answer),
  ];
}

function storedOf(
  { history = [] }: Outcome,
  { releases }: PushExpected,
): StoredRelease | undefined {
  const [latest] = history;
  return releases.find(
    (one) =>
      one.namespace === latest?.namespace &&
      one.name === latest.name &&
      one.version === latest.version,
  );
}

function orderOf({ objects }: HelmResult): readonly string[] {
  return objects
    .filter(({ helm }) => helm?.part === "template")
    .map(({ kind, name }) => `${kind} ${name}`);
}

/** Helm stores hooks that are not run as well: tests that are off, events of other actions. */
function compareHooks(stored: StoredRelease, { objects }: HelmResult): readonly string[] {
  return objects.flatMap(({ kind, name, helm }) => {
    if (helm?.hook === undefined) return [];
    const { events, weight, deletePolicies } = helm.hook;
    const found = stored.hooks.find((hook) => hook.kind === kind && hook.name === name);
    const expected = found && [found.events, found.weight, found.deletePolicies];
    return differs(`hook ${kind} ${name}`, text(expected), text([events, weight, deletePolicies]));
  });
}

function differs(what: string, expected: string, actual: string): readonly string[] {
  return expected === actual ? [] : [`${what}: expected ${expected}, got ${actual}`];
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

/**
 * Renders of an applier with some of its inputs changed, and what became of its objects. They are remembered with the answer that
 * they vary, so that later questions about the same render cost little.
 */
import type { EngineObject, RenderResult } from "../engine/protocol.ts";
import type { Json } from "../manifest/json.ts";
import type { RenderContext } from "../render/context.ts";
import type { Built } from "../render/node.ts";
import type { SimulatorPorts } from "../simulator.ts";
import { alter } from "./alter.ts";
import type { Alteration } from "./alter.ts";
import type { Examined } from "./candidates.ts";
import { siteKey } from "./site.ts";
import type { Candidate, Way } from "./site.ts";

/** What differs from the render as it is. */
export interface Outcome {
  readonly failed: boolean;
  /** JSON by object, of those that are there in another form. */
  readonly changed: ReadonlyMap<string, string>;
  readonly removed: readonly EngineObject[];
  readonly added: readonly EngineObject[];
}

/** What one question may cost. */
export interface Budget {
  renders: number;
  /** On the clock of `performance.now()`. */
  readonly until: number;
}

const mostRenders = 200;
const mostMilliseconds = 5000;

export function newBudget({ experimentTime = mostMilliseconds }: BudgetOptions): Budget {
  return { renders: mostRenders, until: performance.now() + experimentTime };
}

type BudgetOptions = Pick<SimulatorPorts, "experimentTime">;

export interface Experiments {
  /** `undefined` when the budget is used up. */
  try(candidates: readonly Candidate[], access: Access): Promise<Outcome | undefined>;
  /** After a failure: whether there is another way to change this one. It is used from then on. */
  another(candidate: Candidate): boolean;
  /** The chart refuses every other value of it, so that nothing can be tried with it, nor with others beside it. */
  isFixed(candidate: Candidate): boolean;
}

export interface Access extends Pick<RenderContext, "memory" | "signal"> {
  readonly budget: Budget;
  /** As of `alter`. */
  readonly defaults?: Json;
}

const known = new WeakMap<RenderResult, Experiments>();

export function experimentsOn(built: Built, question: Examined): Experiments {
  const answer = built.helm ?? built.result;
  let experiments = known.get(answer);
  if (experiments === undefined) known.set(answer, (experiments = create(built, question)));
  return experiments;
}

function create(built: Built, question: Examined): Experiments {
  const before = new Map(
    built.result.objects
      .filter(({ helm }) => helm?.part !== "chart")
      .map((object) => [idOf(object), object] as const),
  );
  const outcomes = new Map<string, Promise<Outcome>>();
  let size = 0;
  const ways = new Map<string, number>();
  const wayOf = ({ site, ways: all }: Candidate): Way =>
    all[ways.get(siteKey(site)) ?? 0] ?? "other";
  const experiments: Experiments = {
    async try(candidates, access) {
      const alterations = candidates.map((one): Alteration => ({
        site: one.site,
        way: wayOf(one),
      }));
      const key = alterations.map(({ site, way }) => siteKey(site) + way).join("\n");
      const remembered = outcomes.get(key);
      if (remembered !== undefined)
        return unlessLost(remembered, () => experiments.try(candidates, access), access.signal);
      const { budget } = access;
      if (budget.renders <= 0 || performance.now() > budget.until) return undefined;
      budget.renders--;
      const altered = alter(question, alterations, access.defaults);
      const running = render(altered, built, access).then((result) => compare(before, result));
      outcomes.set(key, running);
      running.then(
        (outcome) => {
          size += sizeOf(outcome);
          if (size > mostKept) outcomes.clear();
          if (outcomes.size === 0) size = 0;
        },
        () => outcomes.delete(key),
      );
      return running;
    },
    another({ site, ways: all }) {
      const next = (ways.get(siteKey(site)) ?? 0) + 1;
      ways.set(siteKey(site), next);
      return next < all.length;
    },
    isFixed: ({ site, ways: all }) => (ways.get(siteKey(site)) ?? 0) >= all.length,
  };
  return experiments;
}

/** Characters of objects that are kept for later questions about one render. */
const mostKept = 32_000_000;

function sizeOf({ changed, added }: Outcome): number {
  let size = 0;
  for (const json of changed.values()) size += json.length;
  for (const { json } of added) size += json.length;
  return size;
}

/** Somebody else may have asked, and gone away. */
async function unlessLost<Value>(
  running: Promise<Value>,
  again: () => Promise<Value | undefined>,
  signal: AbortSignal | undefined,
): Promise<Value | undefined> {
  try {
    return await running;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return again();
  }
}

function render(
  question: Examined,
  { trees }: Built,
  { memory: { engine }, signal }: Access,
): Promise<RenderResult> {
  switch (question.call) {
    case "helm":
      return engine.call("helm", question.request, trees, signal);
    case "kustomize":
      return engine.call("kustomize", question.request, trees, signal);
  }
}

function compare(before: ReadonlyMap<string, EngineObject>, result: RenderResult): Outcome {
  const changed = new Map<string, string>();
  const added: EngineObject[] = [];
  const left = new Map(before);
  for (const object of result.objects) {
    const id = idOf(object);
    const same = left.get(id);
    if (same === undefined) added.push(object);
    else if (same.json !== object.json) changed.set(id, object.json);
    left.delete(id);
  }
  const failed = result.failure !== undefined;
  return failed
    ? { failed, changed: new Map(), removed: [], added: [] }
    : { failed, changed, removed: [...left.values()], added };
}

export function idOf({ apiVersion, kind, namespace, name }: EngineObject): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`;
}

/** What became of an object: its JSON, or the object that has taken its place under another name. */
export function fateOf(outcome: Outcome, object: EngineObject): string | undefined {
  const changed = outcome.changed.get(idOf(object));
  if (changed !== undefined) return changed;
  const isAlike = (other: EngineObject): boolean =>
    other.kind === object.kind &&
    other.apiVersion === object.apiVersion &&
    other.helm?.template === object.helm?.template;
  const removed = outcome.removed.filter(isAlike);
  const position = removed.findIndex((one) => idOf(one) === idOf(object));
  if (position < 0) return object.json;
  const added = outcome.added.filter(isAlike);
  return added.length === removed.length ? added[position]?.json : undefined;
}

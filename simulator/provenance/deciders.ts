/**
 * What decides a line of a rendered object, found by experiment: the inputs are changed in groups, the applier is rendered again,
 * and the line is compared. First what the user wrote, then the names that the user chose, then the chart's own defaults.
 */
import type { EngineObject, HelmResult } from "../engine/protocol.ts";
import type { Json } from "../manifest/json.ts";
import { buildInMode } from "../render/build.ts";
import type { Built } from "../render/node.ts";
import { parsed } from "../render/objects.ts";
import { bisect } from "./bisect.ts";
import type { Verdict } from "./bisect.ts";
import {
  at,
  defaultCandidates,
  givenCandidates,
  holdsText,
  keyCandidates,
  namingCandidates,
} from "./candidates.ts";
import type { Examined } from "./candidates.ts";
import { experimentsOn, fateOf } from "./experiments.ts";
import type { Access, Experiments, Outcome } from "./experiments.ts";
import { lineState } from "./line-state.ts";
import type { LinePath } from "./line-state.ts";
import type { Candidate, Site } from "./site.ts";

/**
 * `text`: what stands on the line comes from there; `value`: it decides what stands there; `presence`: whether the line is there;
 * `object`: whether the object is.
 */
export type Effect = "text" | "value" | "presence" | "object";

export interface Decider {
  readonly site: Site;
  readonly effect: Effect;
}

export interface LineAnswer {
  /** The most direct first. */
  readonly deciders: readonly Decider[];
  /** False when the limit was reached before everything had been tried. */
  readonly isComplete: boolean;
}

interface Inquiry {
  readonly built: Built;
  readonly question: Examined;
  readonly object: EngineObject;
  readonly line: LinePath;
  /** What stands on the line. */
  readonly text: string;
  /** The line is the key of a mapping or list, and no value. */
  readonly isHeading: boolean;
  readonly context: Access;
}

export async function decidersOf(
  built: Built,
  object: EngineObject,
  line: LinePath,
  context: Access,
): Promise<LineAnswer> {
  const { question } = built;
  if (question.call !== "helm" && question.call !== "kustomize")
    return { deciders: [], isComplete: true };
  const value = at(parsed(object), line.path);
  // What a cluster adds to an object is nobody's here.
  if (value === undefined) return { deciders: [], isComplete: true };
  const isHeading = typeof value === "object" && value !== null;
  const text = textOn(value, line);
  const inquiry = { built, question, object, line, text, isHeading, context };
  const found: Decider[] = [];
  let isComplete = true;
  for (const stage of stages) {
    context.signal?.throwIfAborted();
    const answer = await stage(inquiry);
    found.push(...answer.deciders);
    isComplete &&= answer.isComplete;
    if (found.some(({ effect }) => effect === "text" || effect === "value")) break;
  }
  return { deciders: inOrder(found), isComplete };
}

const stages: readonly ((inquiry: Inquiry) => Promise<LineAnswer>)[] = [
  async (inquiry) => {
    const given = await among(givenCandidates(inquiry.question), inquiry);
    const names = await Promise.all(
      namingCandidates(inquiry.question).map((one) => among([one], inquiry)),
    );
    return join([given, ...names]);
  },
  (inquiry) => among(keyCandidates(inquiry.question, inquiry.text), inquiry),
  async (inquiry) => {
    const { built, question, context } = inquiry;
    if (question.call !== "helm") return { deciders: [], isComplete: true };
    if (inquiry.isHeading) return { deciders: [], isComplete: true };
    const traced = (await buildInMode(built, "origins", context)) as HelmResult;
    return among(
      defaultCandidates(traced, inquiry.text),
      inquiry,
      JSON.parse(traced.values ?? "{}") as Json,
    );
  },
];

function join(answers: readonly LineAnswer[]): LineAnswer {
  return {
    deciders: answers.flatMap(({ deciders }) => deciders),
    isComplete: answers.every(({ isComplete }) => isComplete),
  };
}

async function among(
  candidates: readonly Candidate[],
  inquiry: Inquiry,
  defaults?: Json,
): Promise<LineAnswer> {
  const { built, question, text, context } = inquiry;
  const experiments = experimentsOn(built, question);
  const access = { ...context, ...(defaults !== undefined && { defaults }) };
  const effects = new Map<Candidate, Effect>();
  const { deciding, isComplete } = await bisect(candidates, (group) =>
    ask(group, experiments, { ...inquiry, context: access }, effects),
  );
  const deciders = deciding.map((candidate): Decider => {
    const effect = effects.get(candidate) ?? "value";
    const isText = effect === "value" && holdsText(text, candidate.text);
    return { site: candidate.site, effect: isText ? "text" : effect };
  });
  return { deciders, isComplete };
}

async function ask(
  group: readonly Candidate[],
  experiments: Experiments,
  inquiry: Inquiry,
  effects: Map<Candidate, Effect>,
): Promise<Verdict> {
  const { context, object, line } = inquiry;
  const tried = group.filter((one) => !experiments.isFixed(one));
  const [only, ...others] = tried;
  if (only === undefined) return "same";
  const outcome = await experiments.try(tried, context);
  if (outcome === undefined) return "unknown";
  const isOne = others.length === 0 && group.length === 1;
  if (outcome.failed)
    return isOne && experiments.another(only)
      ? ask(group, experiments, inquiry, effects)
      : "failed";
  const effect = effectOf(outcome, object, line);
  if (effect === undefined) return "same";
  if (isOne) effects.set(only, effect);
  return "changed";
}

function effectOf(outcome: Outcome, object: EngineObject, line: LinePath): Effect | undefined {
  const fate = fateOf(outcome, object);
  if (fate === undefined) return "object";
  if (fate === object.json) return undefined;
  const state = lineState(parsed(object), JSON.parse(fate) as ReturnType<typeof parsed>, line);
  switch (state) {
    case "same":
      return undefined;
    case "differs":
      return "value";
    case "gone":
      return "presence";
  }
}

function textOn(value: Json, { path, row }: LinePath): string {
  if (typeof value === "string" && row !== undefined) return value.split("\n")[row] ?? "";
  if (typeof value !== "object" && value !== "") return String(value);
  // What a mapping or list begins with is its key.
  const key = path.at(-1);
  return typeof key === "string" ? key : "";
}

const order: Readonly<Record<Effect, number>> = { text: 0, value: 1, presence: 2, object: 3 };

function inOrder(deciders: readonly Decider[]): readonly Decider[] {
  return deciders.toSorted((a, b) => order[a.effect] - order[b.effect]);
}

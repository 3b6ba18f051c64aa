/**
 * A model that remembers what was asked of it, so that findings which come from many files can be kept until one of these answers is
 * another. Whoever asks for the files themselves depends on all of them.
 */
import type { ManifestFile } from "../manifest/manifest-file.ts";
import type { Memory } from "../manifest/memory.ts";
import { Slot } from "../manifest/memory.ts";
import type { Truth } from "../model/truth.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import { traceGraph } from "./traced-graph.ts";
import type { TracedGraph } from "./traced-graph.ts";

export interface TracedModel {
  readonly model: WorkspaceModel;
  /** Whether another model would have answered the same. */
  readonly holdsFor: (other: WorkspaceModel) => boolean;
  /** Whether files were asked for, the own one included. */
  readonly asksFiles: () => boolean;
}

/** Everything but files. Every finding depends on the first ones. */
export interface Answers extends Pick<
  WorkspaceModel,
  "catalog" | "flux" | "fluxIsKnown" | "strictVariables" | "truth" | "graph" | "index" | "lockdown"
> {}

const always = [
  "catalog",
  "flux",
  "fluxIsKnown",
  "strictVariables",
] as const satisfies readonly (keyof Answers)[];

const answered = new Slot<WorkspaceModel, Answers>();
/** By graph, because an edit mostly leaves it as it is. */
const lastOf = new WeakMap<WorkspaceModel["graph"], Answers>();

/** The same object for models that answer the same as the one before. */
export function answersOf(model: WorkspaceModel): Answers {
  const known = answered.get(model);
  if (known) return known;
  const { catalog, flux, fluxIsKnown, strictVariables, truth, graph, index, lockdown } = model;
  const own = { catalog, flux, fluxIsKnown, strictVariables, truth, graph, index, lockdown };
  const last = lastOf.get(graph);
  const answers = last && saysTheSame(last, own) ? last : own;
  lastOf.set(graph, answers);
  answered.set(model, answers);
  return answers;
}

function saysTheSame(last: Answers, own: Answers): boolean {
  const { truth, index, lockdown } = own;
  const isOld = last.truth !== truth || last.index !== index || last.lockdown !== lockdown;
  return !isOld && haveSame(last, own);
}

type Same = Pick<Answers, (typeof always)[number]>;

function haveSame(one: Same, other: Same): boolean {
  return always.every((key) => one[key] === other[key]);
}

type Asked = "index" | "files" | "lockdown";

interface Trace {
  readonly asked: Map<Asked, unknown>;
  readonly manifests: Map<string, ManifestFile | undefined>;
  readonly truths: AskedOfTruth[];
  readonly graph: TracedGraph;
}

/** A new simulation mostly says the same of one document as the last. Plain, so that it does not keep the truth that was asked. */
interface AskedOfTruth {
  readonly question: Question;
  readonly answer: unknown;
}

type Question =
  | { readonly about: "existence" | "plan" | "problems" | "appliers" | "rendered" | "charts" }
  | { readonly about: "chart" | "problemsOf" | "deletedBy"; readonly applier: string }
  | { readonly about: "isRenderedFrom"; readonly path: string }
  | { readonly about: "appliersOf" | "rendersOf"; readonly object: Named }
  | { readonly about: "isRendered"; readonly object: Named }
  | { readonly about: "problemsAbout"; readonly object: Parameters<Truth["problemsAbout"]> };

type Named = readonly [string, string, string];

/** Lists are compared by what they say. */
function answerOf(truth: Truth | undefined, question: Question): unknown {
  if (!truth) return undefined;
  switch (question.about) {
    case "existence":
      return true;
    case "plan":
    case "problems":
    case "appliers":
    case "rendered":
    case "charts":
      return truth[question.about];
    case "chart":
      return truth.charts?.get(question.applier);
    case "problemsOf":
    case "deletedBy":
      return JSON.stringify(truth[question.about](question.applier));
    case "isRenderedFrom":
      return truth.isRenderedFrom(question.path);
    case "appliersOf":
    case "rendersOf":
      return JSON.stringify(truth[question.about](...question.object));
    case "isRendered":
      return truth.isRendered(...question.object);
    case "problemsAbout":
      return JSON.stringify(truth.problemsAbout(...question.object));
  }
}

export function traceModel(model: WorkspaceModel): TracedModel {
  const graph = traceGraph(model.graph);
  const trace: Trace = { asked: new Map(), manifests: new Map(), truths: [], graph };
  return {
    model: new Tracing(model, trace),
    holdsFor: comparison(answersOf(model), trace),
    asksFiles: () => trace.manifests.size > 0 || trace.asked.has("files"),
  };
}

class Tracing implements WorkspaceModel {
  readonly catalog: WorkspaceModel["catalog"];
  readonly flux: string;
  readonly fluxIsKnown: boolean;
  readonly strictVariables: boolean;
  readonly graph: WorkspaceModel["graph"];
  readonly memory: Memory = [];
  readonly #model: WorkspaceModel;
  readonly #trace: Trace;
  readonly #truth: Truth | undefined;

  constructor(model: WorkspaceModel, trace: Trace) {
    this.catalog = model.catalog;
    this.flux = model.flux;
    this.fluxIsKnown = model.fluxIsKnown;
    this.strictVariables = model.strictVariables;
    this.graph = trace.graph.graph;
    this.#model = model;
    this.#trace = trace;
    this.#truth = model.truth && new TracingTruth(model.truth, trace.truths);
  }

  get truth(): Truth | undefined {
    const { truths } = this.#trace;
    const question = { about: "existence" } as const;
    if (truths.length === 0) truths.push({ question, answer: answerOf(this.#truth, question) });
    return this.#truth;
  }

  get index(): WorkspaceModel["index"] {
    return this.#ask("index");
  }

  get files(): WorkspaceModel["files"] {
    return this.#ask("files");
  }

  get lockdown(): WorkspaceModel["lockdown"] {
    return this.#ask("lockdown");
  }

  manifest(path: string): ManifestFile | undefined {
    const found = this.#model.manifest(path);
    this.#trace.manifests.set(path, found);
    return found;
  }

  #ask<Key extends Asked>(key: Key): WorkspaceModel[Key] {
    const answer = this.#model[key];
    this.#trace.asked.set(key, answer);
    return answer;
  }
}

class TracingTruth implements Truth {
  readonly #truth: Truth;
  readonly #asked: AskedOfTruth[];

  constructor(truth: Truth, asked: AskedOfTruth[]) {
    this.#truth = truth;
    this.#asked = asked;
  }

  get plan(): Truth["plan"] {
    return this.#noted({ about: "plan" }).plan;
  }

  get problems(): Truth["problems"] {
    return this.#noted({ about: "problems" }).problems;
  }

  get appliers(): Truth["appliers"] {
    return this.#noted({ about: "appliers" }).appliers;
  }

  get rendered(): Truth["rendered"] {
    return this.#noted({ about: "rendered" }).rendered;
  }

  get charts(): Truth["charts"] {
    const { charts } = this.#truth;
    if (!charts) return this.#noted({ about: "charts" }).charts;
    return {
      load: (...chart) => charts.load(...chart),
      get: (applier) => this.#noted({ about: "chart", applier }).charts?.get(applier),
    };
  }

  appliersOf(...object: Named): ReturnType<Truth["appliersOf"]> {
    return this.#noted({ about: "appliersOf", object }).appliersOf(...object);
  }

  problemsOf(applier: string): ReturnType<Truth["problemsOf"]> {
    return this.#noted({ about: "problemsOf", applier }).problemsOf(applier);
  }

  problemsAbout(...object: Parameters<Truth["problemsAbout"]>): ReturnType<Truth["problemsAbout"]> {
    return this.#noted({ about: "problemsAbout", object }).problemsAbout(...object);
  }

  deletedBy(applier: string): ReturnType<Truth["deletedBy"]> {
    return this.#noted({ about: "deletedBy", applier }).deletedBy(applier);
  }

  isRendered(...object: Named): boolean {
    return this.#noted({ about: "isRendered", object }).isRendered(...object);
  }

  isRenderedFrom(path: string): boolean {
    return this.#noted({ about: "isRenderedFrom", path }).isRenderedFrom(path);
  }

  rendersOf(...object: Named): ReturnType<Truth["rendersOf"]> {
    return this.#noted({ about: "rendersOf", object }).rendersOf(...object);
  }

  #noted(question: Question): Truth {
    this.#asked.push({ question, answer: answerOf(this.#truth, question) });
    return this.#truth;
  }
}

/** Apart from the model, which would be kept with all of its files otherwise. */
function comparison(answers: Answers, trace: Trace): TracedModel["holdsFor"] {
  const { catalog, flux, fluxIsKnown, strictVariables } = answers;
  const same: Same = { catalog, flux, fluxIsKnown, strictVariables };
  const { asked, manifests, truths, graph } = trace;
  return (other) => {
    if (!haveSame(same, answersOf(other))) return false;
    for (const { question, answer } of truths)
      if (answerOf(other.truth, question) !== answer) return false;
    for (const [key, answer] of asked) if (other[key] !== answer) return false;
    for (const [path, found] of manifests) if (other.manifest(path) !== found) return false;
    return graph.holdsFor(other.graph);
  };
}

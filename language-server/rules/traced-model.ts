/**
 * A model that remembers what was asked of it, so that findings which come from many files can be kept until one of these answers is
 * another. Whoever asks for the files themselves depends on all of them.
 */
import type { ManifestFile } from "../manifest/manifest-file.ts";
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

const answered = new WeakMap<WorkspaceModel, Answers>();
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
    model: tracing(model, trace),
    holdsFor: comparison(answersOf(model), trace),
    asksFiles: () => trace.manifests.size > 0 || trace.asked.has("files"),
  };
}

function tracing(
  model: WorkspaceModel,
  { asked, manifests, truths, graph: { graph } }: Trace,
): WorkspaceModel {
  const ask = <Key extends Asked>(key: Key): WorkspaceModel[Key] => {
    const answer = model[key];
    asked.set(key, answer);
    return answer;
  };
  const { catalog, flux, fluxIsKnown, strictVariables } = model;
  const truth = model.truth && tracingTruth(model.truth, truths);
  return {
    catalog,
    flux,
    fluxIsKnown,
    strictVariables,
    graph,
    get truth() {
      const question = { about: "existence" } as const;
      if (truths.length === 0) truths.push({ question, answer: answerOf(truth, question) });
      return truth;
    },
    get index() {
      return ask("index");
    },
    get files() {
      return ask("files");
    },
    get lockdown() {
      return ask("lockdown");
    },
    manifest(path) {
      const found = model.manifest(path);
      manifests.set(path, found);
      return found;
    },
  };
}

function tracingTruth(truth: Truth, truths: AskedOfTruth[]): Truth {
  const note = (question: Question): void => {
    truths.push({ question, answer: answerOf(truth, question) });
  };
  const whole = <Key extends "plan" | "problems" | "appliers" | "rendered">(about: Key) => {
    note({ about });
    return truth[about];
  };
  return {
    get plan() {
      return whole("plan");
    },
    get problems() {
      return whole("problems");
    },
    get appliers() {
      return whole("appliers");
    },
    get rendered() {
      return whole("rendered");
    },
    get charts() {
      return tracingCharts(truth, note);
    },
    appliersOf(...object) {
      note({ about: "appliersOf", object });
      return truth.appliersOf(...object);
    },
    problemsOf(applier) {
      note({ about: "problemsOf", applier });
      return truth.problemsOf(applier);
    },
    problemsAbout(...object) {
      note({ about: "problemsAbout", object });
      return truth.problemsAbout(...object);
    },
    deletedBy(applier) {
      note({ about: "deletedBy", applier });
      return truth.deletedBy(applier);
    },
    isRendered(...object) {
      note({ about: "isRendered", object });
      return truth.isRendered(...object);
    },
    isRenderedFrom(path) {
      note({ about: "isRenderedFrom", path });
      return truth.isRenderedFrom(path);
    },
    rendersOf(...object) {
      note({ about: "rendersOf", object });
      return truth.rendersOf(...object);
    },
  };
}

function tracingCharts(truth: Truth, note: (question: Question) => void): Truth["charts"] {
  const { charts } = truth;
  if (!charts) {
    note({ about: "charts" });
    return undefined;
  }
  return {
    load: (...chart) => charts.load(...chart),
    get(applier) {
      note({ about: "chart", applier });
      return charts.get(applier);
    },
  };
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

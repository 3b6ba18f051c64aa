/**
 * Renders one applier: asks the memory, then the engine, and fetches what the engine needs. The same for every kind of
 * applier; what is asked is put together in the files of the kinds.
 */
import { discreet } from "../diff/discreet.ts";
import type { EngineObject, HelmResult, RemoteInput, RenderResult } from "../engine/protocol.ts";
import { artifactResult } from "./artifact-generator.ts";
import type { GeneratorRender } from "./artifact-generator.ts";
import type { ArtifactTrees } from "./build-memo.ts";
import { throwIfAborted } from "./context.ts";
import type { RenderContext } from "./context.ts";
import type { Built, Question } from "./node.ts";
import { instanceResult } from "./flux-instance.ts";
import { isFetched } from "./remotes.ts";
import type { Remote } from "./remotes.ts";

/** Everything that decides the outcome of a build, besides the content of the files it reads. */
export interface BuildInputs {
  readonly key: string;
  /** The key without what the render itself asks for; under it is remembered what it asked. */
  readonly base?: string;
  /** The inputs again, now that it is known what the render asks for; equal lookups mean an equal answer. */
  readonly settle?: () => BuildInputs;
  readonly question: Question;
  readonly trees: ArtifactTrees;
  readonly treeArtifact?: string;
  /** kustomize-controller runs with `--no-remote-bases`. */
  readonly withoutRemotes?: true;
  /** Objects that the controller applies besides those of the render. */
  readonly extra?: readonly EngineObject[];
}

type Access = Pick<RenderContext, "memory" | "signal">;

/** The remembered outcome of a build, without asking the engine. */
export function remembered(inputs: BuildInputs, context: RenderContext): Built | undefined {
  const remotes = context.memory.needed.get(inputs.key) ?? [];
  const trees = withRemotes(inputs.trees, remotes);
  const result = context.memory.builds.find(inputs.key, trees);
  return result === undefined
    ? undefined
    : built(inputs, trees, answered.get(result) ?? remotes, result);
}

/** The remotes an answer was made with: one that could not be had may be the cause of its failure. */
const answered = new WeakMap<RenderResult, readonly Remote[]>();

/** A build that keeps asking for more remotes is stopped; kustomize reports one missing remote at a time. */
const maxFetches = 50;

export async function build(inputs: BuildInputs, context: RenderContext): Promise<Built> {
  // What could not be had is left out at first: whether the build still asks for it is seen only so.
  let remotes = (context.memory.needed.get(inputs.key) ?? []).filter(
    ({ unavailable }) => unavailable === undefined,
  );
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(context.signal);
    const trees = withRemotes(inputs.trees, remotes);
    const question = withInputs(inputs.question, remotes);
    const result = withDiscretion(await ask(question, trees, context));
    const asked = result.needs
      .filter(isFetched)
      .filter((need) => !remotes.some(({ input }) => input.key === need.key));
    if (asked.length === 0 || attempt >= maxFetches) {
      rememberAsked(inputs, result, context);
      const settled = settledInputs(inputs);
      context.memory.needed.set(settled.key, remotes);
      answered.set(result, remotes);
      if (result.failure?.stage !== "engine")
        context.memory.builds.store(settled.key, trees, result);
      return built(settled, trees, remotes, result);
    }
    remotes = [
      ...remotes,
      ...(await Promise.all(
        asked.map((need) =>
          inputs.withoutRemotes === true
            ? Promise.resolve(forbiddenRemote(need.key))
            : context.memory.remotes.remote(need, context.signal),
        ),
      )),
    ];
  }
}

function forbiddenRemote(key: string): Remote {
  const message = "remote bases are not allowed on the cluster (--no-remote-bases)";
  return { input: { key, unavailable: message }, unavailable: { message, reason: "failed" } };
}

/** A first render is asked for without knowing what it asks; when that is nothing more, it counts as asked for knowingly. */
export function settledInputs(inputs: BuildInputs): BuildInputs {
  const settled = inputs.settle?.();
  return settled !== undefined && lookupsOf(settled) === lookupsOf(inputs) ? settled : inputs;
}

function lookupsOf({ question }: BuildInputs): string {
  return question.call === "helm" ? JSON.stringify(question.request.lookups) : "";
}

async function ask(
  question: Question,
  trees: ArtifactTrees,
  { memory, signal }: Access,
): Promise<RenderResult> {
  const { engine } = memory;
  switch (question.call) {
    case "kustomize":
      return engine.call("kustomize", question.request, trees, signal);
    case "helm":
      return engine.call("helm", question.request, trees, signal);
    case "instance":
      return instanceResult(
        await engine.call("kustomize", question.request, trees, signal),
        question.problems,
      );
    case "resourceSet":
      return engine.call("resourceSet", question.request, trees, signal);
    case "generator":
      return artifactResult(
        question.request,
        await engine.call("generator", question.request, trees, signal),
        trees,
      );
  }
}

function withInputs(question: Question, remotes: readonly Remote[]): Question {
  const inputs: readonly RemoteInput[] = remotes.map(({ input }) => input);
  switch (question.call) {
    case "kustomize":
      return { ...question, request: { ...question.request, remotes: inputs } };
    case "helm":
      return { ...question, request: { ...question.request, remotes: inputs } };
    case "resourceSet":
    case "generator":
    case "instance":
      return question;
  }
}

function withDiscretion<Result extends RenderResult>(result: Result): Result {
  const { failure } = result;
  return failure === undefined
    ? result
    : { ...result, failure: { ...failure, message: discreet(failure.message) } };
}

/** The same build in another mode: `masked` for showing, `origins` for provenance. Remembered like any other. */
export async function buildInMode(
  built: Built,
  mode: "masked" | "origins",
  context: Access,
): Promise<RenderResult> {
  const question = inMode(built.question, mode);
  if (question === undefined) return built.result;
  const key = `${mode}|${built.key}`;
  const known = context.memory.builds.find(key, built.trees);
  if (known !== undefined) return withExtra(known, built.extra);
  const result = await ask(question, built.trees, context);
  if (result.failure?.stage !== "engine") context.memory.builds.store(key, built.trees, result);
  return withExtra(result, built.extra);
}

/** `undefined` for what has no such mode: its render takes no values of Secrets, or has no files. */
function inMode(question: Question, mode: "masked" | "origins"): Question | undefined {
  switch (question.call) {
    case "kustomize":
      return { ...question, request: { ...question.request, mode } };
    case "helm":
      return { ...question, request: { ...question.request, mode } };
    case "resourceSet":
      return mode === "masked"
        ? { ...question, request: { ...question.request, mode } }
        : undefined;
    case "generator":
    case "instance":
      return undefined;
  }
}

function withRemotes(trees: ArtifactTrees, remotes: readonly Remote[]): ArtifactTrees {
  if (remotes.length === 0) return trees;
  const all = new Map(trees);
  for (const { input, tree } of remotes)
    if (input.artifact !== undefined && tree !== undefined) all.set(input.artifact, tree);
  return all;
}

function built(
  inputs: BuildInputs,
  trees: ArtifactTrees,
  remotes: readonly Remote[],
  result: RenderResult,
): Built {
  const question = withInputs(inputs.question, remotes);
  const { artifacts } = result as Partial<GeneratorRender>;
  return {
    outcome: "built",
    key: inputs.key,
    question,
    trees,
    result: withExtra(result, inputs.extra),
    ...(inputs.extra === undefined ? {} : { extra: inputs.extra }),
    ...(question.call === "helm" ? { helm: result } : {}),
    ...(artifacts === undefined ? {} : { artifacts }),
    ...(inputs.treeArtifact === undefined ? {} : { treeArtifact: inputs.treeArtifact }),
    unavailable: remotes.flatMap((remote) => remote.unavailable ?? []),
  };
}

const completed = new WeakMap<RenderResult, RenderResult>();

/** The same result for the same answer, because much is remembered by it. */
function withExtra(result: RenderResult, extra: readonly EngineObject[] | undefined): RenderResult {
  if (extra === undefined || extra.length === 0) return result;
  const known = completed.get(result);
  if (known !== undefined && known.objects[0] === extra[0]) return known;
  const complete = { ...result, objects: [...extra, ...result.objects] };
  completed.set(result, complete);
  return complete;
}

/**
 * Objects that only the cluster's other renders can give (`lookup`, copies), and API versions that templates asked for.
 * They are looked up in the next round, and are then part of the key.
 */
function rememberAsked(
  { base }: BuildInputs,
  result: RenderResult,
  { memory }: RenderContext,
): void {
  if (base === undefined) return;
  const before = memory.asked.get(base);
  const lookups = result.needs.filter((need) => need.kind === "lookup");
  const data = result.needs.flatMap((need) =>
    need.kind === "ConfigMap" || need.kind === "Secret" ? [need.key] : [],
  );
  const apiVersions = (result as Partial<HelmResult>).apiVersionsAsked;
  memory.asked.set(base, {
    lookups: distinct([...(before?.lookups ?? []), ...lookups], ({ key }) => key),
    data: [...new Set([...(before?.data ?? []), ...data])],
    ...(apiVersions === undefined
      ? {}
      : { apiVersions: [...new Set([...(before?.apiVersions ?? []), ...apiVersions])].sort() }),
  });
}

function distinct<Item>(items: readonly Item[], key: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

/** Builds one Kustomization: assembles the request, asks the memory, then the engine, and fetches what the engine needs. */
import { discreet } from "../diff/discreet.ts";
import type { DataObject, KustomizeRequest, KustomizeResult, Need } from "../engine/protocol.ts";
import { buildPart } from "../flux/kustomization.ts";
import { localKey } from "../flux/object-ref.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree } from "../ports.ts";
import type { ArtifactTrees } from "./build-memo.ts";
import { gate, throwIfAborted } from "./context.ts";
import type { RenderContext } from "./context.ts";
import type { Built, RenderNode } from "./node.ts";
import type { Remote } from "./remotes.ts";

/** Everything that decides the outcome of a build, besides the content of the files it reads. */
export interface BuildInputs {
  readonly key: string;
  readonly request: KustomizeRequest;
  readonly trees: ArtifactTrees;
  readonly isTree: boolean;
}

/** Looks up a ConfigMap or Secret by `Kind/namespace/name`. */
export type DataLookup = (key: string) => DataObject | undefined;

/** Keys of the objects whose data this Kustomization reads. */
export function dataKeys(node: RenderNode): readonly string[] {
  const keys = node.spec.substituteFrom.map(({ kind, name }) =>
    localKey(kind, node.spec.namespace, name),
  );
  if (node.spec.decryptionSecret !== undefined)
    keys.push(localKey("Secret", node.spec.namespace, node.spec.decryptionSecret));
  return keys;
}

const partTexts = new WeakMap<JsonObject, { readonly part: JsonObject; readonly text: string }>();

function partOf(object: JsonObject): { readonly part: JsonObject; readonly text: string } {
  const known = partTexts.get(object);
  if (known !== undefined) return known;
  const part = buildPart(object);
  const entry = { part, text: JSON.stringify(part) };
  partTexts.set(object, entry);
  return entry;
}

export function buildInputs(
  node: RenderNode,
  artifact: { readonly id: string; readonly tree: FileTree; readonly isTree: boolean },
  lookup: DataLookup,
  context: RenderContext,
): BuildInputs {
  const { options, live } = context;
  const { part, text } = partOf(node.object);
  const keys = [...new Set(dataKeys(node))];
  const objects = keys.flatMap((key) => lookup(key) ?? []);
  const assumed = live.complete ? [] : keys.filter((key) => lookup(key) === undefined);
  const request: KustomizeRequest = {
    artifact: artifact.id,
    kustomization: part,
    flux: options.flux,
    strict: gate(options, "StrictPostBuildSubstitutions", options.flux === "2.9"),
    objects,
    assumed,
    ageIdentities: node.spec.decryption ? options.ageIdentities : [],
    undecryptable: live.complete ? "fail" : "placeholder",
    remotes: [],
    mode: "exact",
  };
  const key = JSON.stringify([
    text,
    artifact.id,
    request.flux,
    request.strict,
    objects,
    assumed,
    request.ageIdentities,
    request.undecryptable,
  ]);
  return { key, request, trees: new Map([[artifact.id, artifact.tree]]), isTree: artifact.isTree };
}

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
const answered = new WeakMap<KustomizeResult, readonly Remote[]>();

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
    const request = { ...inputs.request, remotes: remotes.map(({ input }) => input) };
    const result = withDiscretion(
      await context.memory.engine.kustomize(request, trees, context.signal),
    );
    const asked = result.needs
      .filter(isRemote)
      .filter((need) => !remotes.some(({ input }) => input.key === need.key));
    if (asked.length === 0 || attempt >= maxFetches) {
      const isLasting = result.failure?.stage !== "engine";
      context.memory.needed.set(inputs.key, remotes);
      answered.set(result, remotes);
      if (isLasting) context.memory.builds.store(inputs.key, trees, result);
      return built(inputs, trees, remotes, result);
    }
    remotes = [
      ...remotes,
      ...(await Promise.all(
        asked.map((need) => context.memory.remotes.remote(need, context.signal)),
      )),
    ];
  }
}

function withDiscretion(result: KustomizeResult): KustomizeResult {
  const { failure } = result;
  return failure === undefined
    ? result
    : { ...result, failure: { ...failure, message: discreet(failure.message) } };
}

/** The same build in another mode: `masked` for showing, `origins` for provenance. Remembered like any other. */
export async function buildInMode(
  built: Built,
  mode: "masked" | "origins",
  context: Pick<RenderContext, "memory" | "signal">,
): Promise<KustomizeResult> {
  const key = `${mode}|${built.key}`;
  const known = context.memory.builds.find(key, built.trees);
  if (known !== undefined) return known;
  const result = await context.memory.engine.kustomize(
    { ...built.request, mode },
    built.trees,
    context.signal,
  );
  if (result.failure?.stage !== "engine") context.memory.builds.store(key, built.trees, result);
  return result;
}

function isRemote(need: Need): need is Need & { readonly kind: "git" | "http" } {
  return need.kind === "git" || need.kind === "http";
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
  result: KustomizeResult,
): Built {
  const request = { ...inputs.request, remotes: remotes.map(({ input }) => input) };
  const unavailable = remotes.flatMap((remote) => remote.unavailable ?? []);
  return {
    outcome: "built",
    key: inputs.key,
    request,
    trees,
    result,
    isTree: inputs.isTree,
    unavailable,
  };
}

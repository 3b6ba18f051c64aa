/**
 * An engine that looks into a store of earlier answers first, so that a fresh process renders only what is new.
 * As in `build-memo.ts`, an answer counts only when everything that it read is the same. What has to do with a Secret's
 * values is neither stored nor looked up, not even as a digest of the question.
 */
import type {
  EngineCall,
  EngineCalls,
  HelmRequest,
  KustomizeRequest,
  RenderResult,
} from "../engine/protocol.ts";
import type { AnswerStore, Engine, FileTree } from "../ports.ts";
import { proofOf, type ArtifactTrees } from "./build-memo.ts";

interface StoredAnswer {
  /** What the answer depends on, as it was; see `proofOf`. */
  readonly proof: string;
  readonly result: RenderResult;
}

/** Answers to one question: the two sides of a plan, and their predecessors. */
const answersPerQuestion = 3;

export function withStoredAnswers(engine: Engine, store: AnswerStore): Engine {
  return {
    async call<Call extends EngineCall>(
      call: Call,
      request: EngineCalls[Call][0],
      artifacts: ReadonlyMap<string, FileTree>,
      signal?: AbortSignal,
    ): Promise<EngineCalls[Call][1]> {
      const question = questionOf(call, request);
      if (question === undefined) return engine.call(call, request, artifacts, signal);
      signal?.throwIfAborted();
      const stored = parseList(store.load(question)).filter(isStoredAnswer);
      const known = stored.find(({ result, proof }) => proofOf(result, artifacts) === proof);
      if (known !== undefined) return known.result;
      const result = await engine.call(call, request, artifacts, signal);
      if (isRender(result) && isLasting(result))
        store.save(question, JSON.stringify(added(stored, result, artifacts)));
      return result;
    },
    async excluded(tree, ignore, signal) {
      const question = `excluded ${JSON.stringify([ignore ?? null, ignoreInputs(tree)])}`;
      const stored = parseList(store.load(question))[0];
      if (Array.isArray(stored)) return stored as readonly string[];
      const paths = await engine.excluded(tree, ignore, signal);
      // An engine that crashed excludes nothing, which is no answer to keep; one that really does is quickly asked again.
      if (paths.length > 0) store.save(question, JSON.stringify([paths]));
      return paths;
    },
    dispose: () => engine.dispose(),
  };
}

function added(
  stored: readonly StoredAnswer[],
  result: RenderResult,
  artifacts: ArtifactTrees,
): readonly StoredAnswer[] {
  return [{ proof: proofOf(result, artifacts), result }, ...stored].slice(0, answersPerQuestion);
}

/**
 * The text under which an answer is stored; `undefined` for what is not stored: quick calls, and renders in whose question or on
 * the way to whose answer there is a Secret's value.
 */
function questionOf<Call extends EngineCall>(
  call: Call,
  request: EngineCalls[Call][0],
): string | undefined {
  switch (call) {
    case "kustomize": {
      const asked = request as KustomizeRequest;
      const { spec } = asked.kustomization as { readonly spec?: { readonly decryption?: unknown } };
      // Identities only decrypt, so they change nothing here and stay out of the question.
      return spec?.decryption === undefined && asked.objects.every(isPublic)
        ? `kustomize ${JSON.stringify({ ...asked, ageIdentities: [] })}`
        : undefined;
    }
    case "helm": {
      const asked = request as HelmRequest;
      const kept = asked.previous?.kept?.objects ?? [];
      const isOpen = [...asked.objects, ...kept].every(isPublic) && asked.lookups.length === 0;
      return isOpen ? `helm ${JSON.stringify(asked)}` : undefined;
    }
    case "chart":
    case "resourceSet":
    case "generator":
    case "imagePolicy":
    case "imageUpdate":
    case "version":
      return undefined;
  }
}

function isPublic({ kind }: { readonly kind: string }): boolean {
  return kind !== "Secret";
}

function isRender(result: object): result is RenderResult {
  return "objects" in result && "reads" in result;
}

function isLasting(result: RenderResult): boolean {
  const holdsSecret = result.objects.some(
    ({ kind, apiVersion }) => kind === "Secret" && apiVersion === "v1",
  );
  return !holdsSecret && result.failure?.stage !== "engine";
}

/** Everything that decides which files of a tree are ignored: the paths, and the ids of the ignore files. */
function ignoreInputs(tree: FileTree): readonly string[] {
  const inputs: string[] = [];
  for (const [path, { id, kind }] of tree.files) {
    inputs.push(path);
    if (path.endsWith(".sourceignore")) inputs.push(`${kind} ${id}`);
  }
  return inputs;
}

function isStoredAnswer(value: unknown): value is StoredAnswer {
  const { proof, result } = (value ?? {}) as Partial<StoredAnswer>;
  return (
    typeof proof === "string" &&
    Array.isArray(result?.objects) &&
    Array.isArray(result.reads?.files)
  );
}

/** What can't be read counts as nothing stored. */
function parseList(text: string | undefined): readonly unknown[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

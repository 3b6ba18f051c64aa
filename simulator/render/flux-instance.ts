/**
 * A FluxInstance as an applier: the controllers and sync objects that flux-operator makes of it, with its kustomize patches
 * applied by the real kustomize.
 */
import type {
  EngineObject,
  EngineWarning,
  KustomizeRequest,
  RenderResult,
} from "../engine/protocol.ts";
import type { Distribution } from "../distribution/distribution.ts";
import { fluxInstanceObjects, patchTree } from "../distribution/flux-instance.ts";
import type { InstanceProblem } from "../distribution/flux-instance.ts";
import { fluxKind } from "../flux/kinds.ts";
import { canonicalJson, isObject, objectAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree } from "../ports.ts";
import type { BuildInputs } from "./build.ts";
import type { RenderContext } from "./context.ts";

interface Made {
  readonly tree: FileTree;
  readonly text: string;
  readonly problems: readonly InstanceProblem[];
}

const made = new WeakMap<JsonObject, Made>();

function makeOf(object: JsonObject, distribution: Distribution): Made {
  const known = made.get(object);
  if (known !== undefined) return known;
  const result = fluxInstanceObjects(object, distribution);
  const text = canonicalJson([object["metadata"], object["spec"]]);
  const entry = { tree: patchTree(result), text, problems: result.problems };
  made.set(object, entry);
  return entry;
}

export function instanceInputs(
  object: JsonObject,
  distribution: Distribution,
  context: RenderContext,
): BuildInputs {
  const { tree, text, problems } = makeOf(object, distribution);
  const id = context.memory.artifactId(`instance|${text}`);
  const { name, namespace } = objectAt(object, "metadata");
  const request: KustomizeRequest = {
    artifact: id,
    kustomization: {
      apiVersion: object["apiVersion"],
      kind: object["kind"],
      metadata: { name, namespace },
      spec: { path: "" },
    },
    flux: context.options.flux,
    strict: false,
    objects: [],
    assumed: [],
    ageIdentities: [],
    undecryptable: "placeholder",
    remotes: [],
    mode: "exact",
  };
  return {
    key: `instance|${text}`,
    question: { call: "instance", request, problems },
    trees: new Map([[id, tree]]),
  };
}

const ownerLabel = `${fluxKind("Kustomization").group}/`;

/** kustomize labels what it builds as a Kustomization's; flux-operator's objects have its own labels already. */
export function instanceResult(
  answer: RenderResult,
  problems: readonly InstanceProblem[],
): RenderResult {
  const errors = problems.filter(({ severity }) => severity === "error");
  const warnings = problems.map(({ message }): EngineWarning => ({ code: "upstream", message }));
  const [first] = errors;
  return {
    ...answer,
    objects: answer.objects.map(withoutOwner),
    warnings: [...answer.warnings, ...warnings],
    ...(first === undefined || answer.failure !== undefined
      ? {}
      : { failure: { stage: "build" as const, reason: "BuildFailed", message: first.message } }),
  };
}

function withoutOwner(object: EngineObject): EngineObject {
  const parsed: unknown = JSON.parse(object.json);
  if (!isObject(parsed)) return object;
  const metadata = objectAt(parsed, "metadata");
  const labels = Object.entries(objectAt(metadata, "labels")).filter(
    ([key]) => !key.startsWith(ownerLabel),
  );
  const { labels: _, ...others } = metadata;
  const kept = labels.length === 0 ? others : { ...others, labels: Object.fromEntries(labels) };
  return { ...object, json: canonicalJson({ ...parsed, metadata: kept }) };
}

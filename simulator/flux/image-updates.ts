/**
 * What the next commits of image automation would change, from a list of tags: ImagePolicies choose
 * (image-reflector-controller), ImageUpdateAutomations write (image-automation-controller). The engine does both; this puts the
 * questions together.
 */
import type { ImageUpdateRequest, ImageUpdateResult } from "../engine/protocol.ts";
import { objectAt, textAt, type JsonObject } from "../manifest/json.ts";
import type { Engine, FileTree } from "../ports.ts";
import type { ObjectRef } from "../records.ts";
import { imageOfPolicy, repositoryOfAutomation, selectsPolicy } from "./image-automation.ts";
import { isFluxKind } from "./kinds.ts";
import { localKey } from "./object-ref.ts";

/** Tags by image (`ghcr.io/org/app`), with their digests where they are known. */
export type ImageTags = ReadonlyMap<
  string,
  readonly { readonly tag: string; readonly digest?: string }[]
>;

export interface ChosenImage {
  readonly policy: ObjectRef;
  /** Absent when its repository is not known. */
  readonly image?: string;
  readonly tag?: string;
  readonly digest?: string;
  /** Why there is no tag, in the controller's words. */
  readonly failure?: string;
}

export interface AutomationUpdate {
  readonly automation: ObjectRef;
  /** `spec.update.path`, as it is written. */
  readonly path: string;
  readonly suspended: boolean;
  readonly files: ImageUpdateResult["files"];
  readonly changes: ImageUpdateResult["changes"];
  /** Why nothing would be written. */
  readonly failure?: string;
}

export interface ImageUpdates {
  readonly images: readonly ChosenImage[];
  readonly updates: readonly AutomationUpdate[];
}

export interface ImageUpdateWorld {
  /** Everything that the cluster holds after the push. */
  readonly objects: readonly JsonObject[];
  readonly tags: ImageTags;
  readonly engine: Pick<Engine, "call">;
  /** The whole tree of a GitRepository: automation clones by itself, so nothing is ignored. */
  readonly treeOf: (repository: ObjectRef) => FileTree | undefined;
}

export async function planImageUpdates(
  world: ImageUpdateWorld,
  signal?: AbortSignal,
): Promise<ImageUpdates> {
  const policies = known(world).filter(({ ref }) => isFluxKind(ref, "ImagePolicy"));
  const images = await Promise.all(policies.map((policy) => choose(policy, world, signal)));
  const automations = known(world).filter(({ ref }) => isFluxKind(ref, "ImageUpdateAutomation"));
  const updates = await Promise.all(
    automations.map((automation) => update(automation, policies, images, world, signal)),
  );
  return { images, updates };
}

interface Known {
  readonly object: JsonObject;
  readonly ref: ObjectRef;
}

function known({ objects }: ImageUpdateWorld): readonly Known[] {
  return objects.map((object) => ({
    object,
    ref: {
      apiVersion: textAt(object, "apiVersion") ?? "",
      kind: textAt(object, "kind") ?? "",
      namespace: textAt(object, "metadata", "namespace") ?? "",
      name: textAt(object, "metadata", "name") ?? "",
    },
  }));
}

async function choose(
  { object, ref }: Known,
  world: ImageUpdateWorld,
  signal: AbortSignal | undefined,
): Promise<ChosenImage> {
  const image = imageOfPolicy(object, ref, known(world));
  if (image === undefined) {
    return { policy: ref, failure: "its ImageRepository is not in the repository" };
  }
  const tags = world.tags.get(image) ?? [];
  const latest = objectAt(object, "status", "latestRef");
  const remembered = textAt(latest, "tag");
  if (tags.length === 0 && remembered !== undefined) {
    return { policy: ref, image, tag: remembered, ...digestOf(object, textAt(latest, "digest")) };
  }
  const request = { policy: object, tags: tags.map(({ tag }) => tag) };
  const answer = await world.engine.call("imagePolicy", request, new Map(), signal);
  if (answer.latest === undefined) {
    return { policy: ref, image, failure: answer.failure?.message ?? "no tag was chosen" };
  }
  const digest = tags.find(({ tag }) => tag === answer.latest)?.digest;
  return { policy: ref, image, tag: answer.latest, ...digestOf(object, digest) };
}

/** The digest is part of the image only where the policy reflects it. */
function digestOf(policy: JsonObject, digest: string | undefined): { readonly digest?: string } {
  const reflection = textAt(policy, "spec", "digestReflectionPolicy") ?? "Never";
  return reflection === "Never" || digest === undefined ? {} : { digest };
}

async function update(
  { object, ref }: Known,
  policies: readonly Known[],
  images: readonly ChosenImage[],
  world: ImageUpdateWorld,
  signal: AbortSignal | undefined,
): Promise<AutomationUpdate> {
  const spec = objectAt(object, "spec");
  const path = textAt(spec, "update", "path") ?? "";
  const nothing = {
    automation: ref,
    path,
    suspended: spec["suspend"] === true,
    files: [],
    changes: [],
  };
  const tree = world.treeOf(repositoryOfAutomation(spec, ref));
  if (tree === undefined) {
    return { ...nothing, failure: "the repository that it writes to is not this one" };
  }
  const selected = images.filter((_, at) => {
    const policy = policies[at];
    return policy !== undefined && selectsPolicy(spec, ref, policy);
  });
  const artifact = `image-update|${localKey(ref.kind, ref.namespace, ref.name)}`;
  const request: ImageUpdateRequest = {
    artifact,
    path: path.replace(/^(?:\.?\/)+/u, ""),
    policies: selected.flatMap(policyImage),
  };
  const trees = new Map([[artifact, tree]]);
  const answer = await world.engine.call("imageUpdate", request, trees, signal);
  const { files, changes, failure } = answer;
  return { ...nothing, files, changes, ...(failure !== undefined && { failure: failure.message }) };
}

/** Policies without a chosen tag are passed over, as policies without a latest image are. */
function policyImage({ policy, image, tag, digest }: ChosenImage): ImageUpdateRequest["policies"] {
  if (image === undefined || tag === undefined) {
    return [];
  }
  const { namespace, name } = policy;
  return [{ namespace, name, image, tag, ...(digest !== undefined && { digest }) }];
}

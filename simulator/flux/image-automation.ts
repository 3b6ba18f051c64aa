/**
 * Image automation as it is configured: which policies choose which image by what rule, and which automations write what they
 * choose to where. What the next commit would change needs tags: image-updates.ts says that.
 */
import { isObject, listAt, objectAt, textAt, type JsonObject } from "../manifest/json.ts";
import type { ObjectRef } from "../records.ts";
import { isFluxKind } from "./kinds.ts";

export interface ImageAutomation {
  readonly policies: readonly ImagePolicyRule[];
  readonly automations: readonly ImageWriter[];
}

export interface ImagePolicyRule {
  readonly policy: ObjectRef;
  /** Absent when its ImageRepository is not in the repository. */
  readonly image?: string;
  readonly order: "semver" | "alphabetical" | "numerical" | "unknown";
  /** The range of versions, or `asc` and `desc`. */
  readonly rule: string;
  /** Regular expression on tags. */
  readonly filter?: string;
}

export interface ImageWriter {
  readonly automation: ObjectRef;
  /** The GitRepository that is written to. */
  readonly repository: ObjectRef;
  /** `spec.update.path`; empty for the whole repository. */
  readonly path: string;
  /** Where commits are pushed to; absent where that is the branch of the GitRepository. */
  readonly branch?: string;
  /** Policies whose choices it writes. */
  readonly policies: readonly ObjectRef[];
  readonly suspended: boolean;
}

interface Known {
  readonly object: JsonObject;
  readonly ref: ObjectRef;
}

/** `objects` is everything that one cluster holds after the push. */
export function describeImageAutomation(objects: readonly JsonObject[]): ImageAutomation {
  const known = objects.map((object) => ({ object, ref: refOf(object) }));
  const policies = known.filter(({ ref }) => isFluxKind(ref, "ImagePolicy"));
  return {
    policies: policies.map((policy) => policyRule(policy, known)),
    automations: known
      .filter(({ ref }) => isFluxKind(ref, "ImageUpdateAutomation"))
      .map((automation) => writer(automation, policies)),
  };
}

function refOf(object: JsonObject): ObjectRef {
  return {
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
    namespace: textAt(object, "metadata", "namespace") ?? "",
    name: textAt(object, "metadata", "name") ?? "",
  };
}

function policyRule({ object, ref }: Known, known: readonly Known[]): ImagePolicyRule {
  const spec = objectAt(object, "spec");
  const image = imageOfPolicy(object, ref, known);
  const filter = textAt(spec, "filterTags", "pattern");
  return {
    policy: ref,
    ...(image !== undefined && { image }),
    ...ruleOf(objectAt(spec, "policy")),
    ...(filter !== undefined && { filter }),
  };
}

function ruleOf(policy: JsonObject): Pick<ImagePolicyRule, "order" | "rule"> {
  const range = textAt(policy, "semver", "range");
  if (range !== undefined) return { order: "semver", rule: range };
  for (const order of ["alphabetical", "numerical"] as const)
    if (isObject(policy[order])) return { order, rule: textAt(policy, order, "order") ?? "asc" };
  return { order: "unknown", rule: "" };
}

/** The image of a policy's ImageRepository. */
export function imageOfPolicy(
  policy: JsonObject,
  { namespace: own }: ObjectRef,
  known: readonly Known[],
): string | undefined {
  const wanted = objectAt(policy, "spec", "imageRepositoryRef");
  const namespace = textAt(wanted, "namespace") ?? own;
  const found = known.find(
    ({ ref }) =>
      isFluxKind(ref, "ImageRepository") &&
      ref.namespace === namespace &&
      ref.name === textAt(wanted, "name"),
  );
  return textAt(found?.object, "spec", "image");
}

function writer({ object, ref }: Known, policies: readonly Known[]): ImageWriter {
  const spec = objectAt(object, "spec");
  const branch = textAt(spec, "git", "push", "branch");
  return {
    automation: ref,
    repository: repositoryOfAutomation(spec, ref),
    path: textAt(spec, "update", "path") ?? "",
    ...(branch !== undefined && { branch }),
    policies: policies
      .filter((policy) => selectsPolicy(spec, ref, policy))
      .map((policy) => policy.ref),
    suspended: spec["suspend"] === true,
  };
}

export function repositoryOfAutomation(spec: JsonObject, automation: ObjectRef): ObjectRef {
  return {
    apiVersion: textAt(spec, "sourceRef", "apiVersion") ?? "",
    kind: textAt(spec, "sourceRef", "kind") ?? "GitRepository",
    namespace: textAt(spec, "sourceRef", "namespace") ?? automation.namespace,
    name: textAt(spec, "sourceRef", "name") ?? "",
  };
}

/** Whether an automation with this spec writes what the policy chooses: policies of its namespace that its selector takes. */
export function selectsPolicy(spec: JsonObject, automation: ObjectRef, policy: Known): boolean {
  const selector = spec["policySelector"];
  const labels = objectAt(policy.object, "metadata", "labels");
  return (
    policy.ref.namespace === automation.namespace &&
    (!isObject(selector) || matches(selector, labels))
  );
}

/** A Kubernetes label selector; an operator that is none matches nothing. */
function matches(selector: JsonObject, labels: JsonObject): boolean {
  const equal = Object.entries(objectAt(selector, "matchLabels")).every(
    ([key, value]) => labels[key] === value,
  );
  return equal && listAt(selector, "matchExpressions").every((each) => holds(each, labels));
}

function holds(expression: unknown, labels: JsonObject): boolean {
  const value = labels[textAt(expression, "key") ?? ""];
  const listed = listAt(expression, "values").includes(value);
  switch (textAt(expression, "operator") ?? "") {
    case "In":
      return value !== undefined && listed;
    case "NotIn":
      return value === undefined || !listed;
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}

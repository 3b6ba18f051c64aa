/**
 * Which events of which objects would go where: Alerts with their Providers, and the objects that a Receiver's webhook wakes.
 * After notification-controller (`internal/server/event_handlers.go`, `receiver_handlers.go`). Nothing is sent or resolved.
 */
import { listAt, objectAt, textAt, type JsonObject } from "../manifest/json.ts";
import type { ObjectRef } from "../records.ts";
import { isFluxKind } from "./kinds.ts";
import { localKey } from "./object-ref.ts";

/** One Alert. */
export interface AlertRoute {
  readonly alert: ObjectRef;
  /** `info` is everything, `error` only failures. */
  readonly severity: "info" | "error";
  /** Objects whose events match, in the order of the render. */
  readonly sources: readonly ObjectRef[];
  /** Where they go; absent when the Provider is missing. */
  readonly target?: AlertTarget;
  /** Regular expressions on messages. */
  readonly only: readonly string[];
  readonly except: readonly string[];
  readonly suspended: boolean;
}

export interface AlertTarget {
  readonly provider: ObjectRef;
  /** `slack`, `github` … */
  readonly type: string;
  readonly channel?: string;
  /** Host of the address only: the rest may hold a token. */
  readonly host?: string;
  /** What is made of an event there. */
  readonly delivery: "message" | "commit status" | "change request comment";
  readonly suspended: boolean;
}

/** One Receiver. */
export interface ReceiverRoute {
  readonly receiver: ObjectRef;
  readonly type: string;
  readonly events: readonly string[];
  /** Objects that are reconciled when the webhook is called. */
  readonly resources: readonly ObjectRef[];
  readonly suspended: boolean;
}

export interface NotificationProblem {
  readonly code:
    | "provider-missing"
    | "nothing-matches"
    | "invalid-expression"
    | "cross-namespace"
    | "incomplete";
  readonly severity: "error" | "warning" | "information";
  readonly message: string;
  readonly object: ObjectRef;
}

export interface Notifications {
  readonly alerts: readonly AlertRoute[];
  readonly receivers: readonly ReceiverRoute[];
  readonly problems: readonly NotificationProblem[];
}

export interface NotificationOptions {
  /** `--no-cross-namespace-refs` of the controller. */
  readonly noCrossNamespaceRefs?: boolean;
}

/** `objects` is everything that one cluster holds after the push. */
export function routeNotifications(
  objects: readonly JsonObject[],
  options: NotificationOptions = {},
): Notifications {
  const known = objects.map((object) => ({ object, ref: refOf(object) }));
  const problems: NotificationProblem[] = [];
  const router: Router = { known, options, report: (problem) => problems.push(problem) };
  const alerts = known.flatMap((each) =>
    isFluxKind(each.ref, "Alert") ? [alertRoute(each, router)] : [],
  );
  const receivers = known.flatMap((each) =>
    isFluxKind(each.ref, "Receiver") ? [receiverRoute(each, router)] : [],
  );
  return { alerts, receivers, problems };
}

interface Known {
  readonly object: JsonObject;
  readonly ref: ObjectRef;
}

interface Router {
  readonly known: readonly Known[];
  readonly options: NotificationOptions;
  readonly report: (problem: NotificationProblem) => void;
}

function refOf(object: JsonObject): ObjectRef {
  return {
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
    namespace: textAt(object, "metadata", "namespace") ?? "",
    name: textAt(object, "metadata", "name") ?? "",
  };
}

function alertRoute({ object, ref }: Known, router: Router): AlertRoute {
  const spec = objectAt(object, "spec");
  const only = listAt(spec, "inclusionList").map(String);
  const except = listAt(spec, "exclusionList").map(String);
  for (const expression of [...only, ...except]) {
    checkExpression(expression, ref, router);
  }
  const target = alertTarget(textAt(spec, "providerRef", "name"), ref, router);
  return {
    alert: ref,
    severity: textAt(spec, "eventSeverity") === "error" ? "error" : "info",
    sources: matches(listAt(spec, "eventSources"), "spec.eventSources", ref, router),
    ...(target !== undefined && { target }),
    only,
    except,
    suspended: spec["suspend"] === true,
  };
}

/** An expression that the controller cannot compile matches nothing. */
function checkExpression(expression: string, object: ObjectRef, { report }: Router): void {
  try {
    // RE2 writes flags in front and named groups with a P.
    void new RegExp(expression.replace(/^\(\?[a-z]+\)/u, "").replaceAll("(?P<", "(?<"), "u");
  } catch {
    report({
      code: "invalid-expression",
      severity: "error",
      message: `"${expression}" is no regular expression, so it matches no message. Correct it.`,
      object,
    });
  }
}

const commitStatus = ["github", "gitlab", "gitea", "bitbucketserver", "bitbucket", "azuredevops"];
const comments = [
  "githubpullrequestcomment",
  "gitlabmergerequestcomment",
  "giteapullrequestcomment",
];

function alertTarget(
  name: string | undefined,
  alert: ObjectRef,
  { known, report }: Router,
): AlertTarget | undefined {
  const found = known.find(
    ({ ref }) =>
      isFluxKind(ref, "Provider") && ref.namespace === alert.namespace && ref.name === name,
  );
  if (found === undefined) {
    report({
      code: "provider-missing",
      severity: "error",
      message: `The Provider ${alert.namespace}/${name ?? ""} is not in the repository, so nothing is sent. Add it, or correct spec.providerRef.`,
      object: alert,
    });
    return undefined;
  }
  const spec = objectAt(found.object, "spec");
  const type = textAt(spec, "type") ?? "";
  const channel = textAt(spec, "channel");
  const host = hostOf(textAt(spec, "address"));
  if (host === undefined && textAt(spec, "secretRef", "name") === undefined && needsAddress(type)) {
    report({
      code: "incomplete",
      severity: "warning",
      message: `The Provider has neither an address nor a secretRef that could hold one, which ${type} needs.`,
      object: found.ref,
    });
  }
  return {
    provider: found.ref,
    type,
    ...(channel !== undefined && { channel }),
    ...(host !== undefined && { host }),
    delivery: deliveryOf(type),
    suspended: spec["suspend"] === true,
  };
}

function deliveryOf(type: string): AlertTarget["delivery"] {
  if (commitStatus.includes(type)) {
    return "commit status";
  }
  return comments.includes(type) ? "change request comment" : "message";
}

/** Types that have an address of their own, or are named by their channel. */
function needsAddress(type: string): boolean {
  return ![
    "googlepubsub",
    "telegram",
    "opsgenie",
    "pagerduty",
    "azureeventhub",
    "nats",
    "zulip",
    "datadog",
  ].includes(type);
}

function hostOf(address: string | undefined): string | undefined {
  return address === undefined
    ? undefined
    : /^[a-z+]+:\/\/(?:[^@/\s]*@)?([^/?#\s]+)/u.exec(address)?.[1];
}

function receiverRoute({ object, ref }: Known, router: Router): ReceiverRoute {
  const spec = objectAt(object, "spec");
  const type = textAt(spec, "type") ?? "";
  if (textAt(spec, "secretRef", "name") === undefined) {
    router.report({
      code: "incomplete",
      severity: "error",
      message: "The Receiver has no spec.secretRef: without the token there is no webhook.",
      object: ref,
    });
  }
  return {
    receiver: ref,
    type,
    events: listAt(spec, "events").map(String),
    resources: matches(listAt(spec, "resources"), "spec.resources", ref, router),
    suspended: spec["suspend"] === true,
  };
}

/** The objects that a list of references means. The namespace is the owner's where none is written. */
function matches(
  references: readonly unknown[],
  field: string,
  owner: ObjectRef,
  router: Router,
): readonly ObjectRef[] {
  const found = new Map<string, ObjectRef>();
  references.forEach((reference, at) => {
    const meant = matchOne(reference, `${field}[${at}]`, owner, router);
    for (const ref of meant) {
      found.set(localKey(ref.kind, ref.namespace, ref.name), ref);
    }
  });
  return [...found.values()];
}

function matchOne(
  reference: unknown,
  field: string,
  owner: ObjectRef,
  { known, options, report }: Router,
): readonly ObjectRef[] {
  const kind = textAt(reference, "kind") ?? "";
  const name = textAt(reference, "name") ?? "";
  const namespace = textAt(reference, "namespace") ?? owner.namespace;
  if (options.noCrossNamespaceRefs === true && namespace !== owner.namespace) {
    report({
      code: "cross-namespace",
      severity: "error",
      message: `${field} names the namespace ${namespace}, but references to other namespaces are switched off.`,
      object: owner,
    });
    return [];
  }
  const labels = Object.entries(objectAt(reference, "matchLabels"));
  const found = known.filter(
    ({ ref, object }) =>
      ref.kind === kind &&
      ref.namespace === namespace &&
      (name === "*" || ref.name === name) &&
      labels.every(([key, value]) => textAt(object, "metadata", "labels", key) === value),
  );
  if (found.length === 0) {
    report({
      code: "nothing-matches",
      severity: "warning",
      message: `${field} matches nothing: there is no ${kind} ${namespace}/${name}${labels.length > 0 ? " with these labels" : ""} in the repository.`,
      object: owner,
    });
  }
  return found.map(({ ref }) => ref);
}

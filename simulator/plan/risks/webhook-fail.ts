/**
 * An admission webhook that refuses everything while it does not answer. What it is asked about decides how bad that is:
 * pods of every namespace stop the cluster, a controller's own kinds stop that controller.
 */
import { refTitle } from "../../flux/object-ref.ts";
import { isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import { inventoryOf } from "../../render/inventory.ts";
import { parsed } from "../../render/objects.ts";
import type { RiskSeverity } from "../../records.ts";
import { about, groupKind, shown } from "./rule.ts";
import type { ChangedObject, Finding, RiskContext, RiskRule } from "./rule.ts";

const configurations =
  /^admissionregistration\.k8s\.io\/(Validating|Mutating)WebhookConfiguration$/;

export const webhookFail: RiskRule = {
  code: "risk/webhook-fail",
  summary: "An admission webhook refuses everything while it does not answer.",
  *find(context) {
    for (const changed of context.objects) {
      if (configurations.test(groupKind(changed.change.ref))) yield* stricter(changed);
    }
    yield* servicesGone(context);
  },
};

/** Webhooks that are new, that become strict, or that get asked about more. */
function* stricter(changed: ChangedObject): Generator<Finding> {
  const before = new Map(webhooks(shown(changed.base)).map((hook) => [nameOf(hook), hook]));
  for (const hook of webhooks(shown(changed.target))) {
    const old = before.get(nameOf(hook));
    if (!isStrict(hook)) continue;
    const severity = reachOf(hook);
    if (old !== undefined && isStrict(old) && rank[reachOf(old)] >= rank[severity]) continue;
    yield about(
      changed,
      severity,
      `Webhook ${nameOf(hook)} of ${refTitle(changed.change.ref)} has failurePolicy Fail: while its service does not answer, the API server refuses ${reachText(severity)}. Exclude the namespaces that have to work without it (namespaceSelector), or set failurePolicy: Ignore.`,
    );
  }
}

const rank: Readonly<Record<RiskSeverity, number>> = { low: 0, medium: 1, high: 2 };

function reachText(severity: RiskSeverity): string {
  switch (severity) {
    case "high":
      return "pods in every namespace, those of the webhook and of Flux included";
    case "medium":
      return "what it is asked about, built-in kinds among it";
    case "low":
      return "the kinds it is asked about";
  }
}

/** The default of `admissionregistration.k8s.io/v1` is Fail. */
function isStrict(hook: JsonObject): boolean {
  return textAt(hook, "failurePolicy") !== "Ignore";
}

const builtIn =
  /^$|^\*$|^(apps|batch|autoscaling|policy)$|^(networking|rbac\.authorization|storage|apiextensions|admissionregistration|coordination|discovery|scheduling|node)\.k8s\.io$/;

/** Rules for pods without any selector are about the whole cluster. */
function reachOf(hook: JsonObject): RiskSeverity {
  const rules = listAt(hook, "rules").filter(isObject);
  const writes = rules.filter((rule) =>
    listAt(rule, "operations").some((one) => one !== "DELETE" && one !== "CONNECT"),
  );
  const common = writes.filter((rule) =>
    listAt(rule, "apiGroups").some((group) => typeof group === "string" && builtIn.test(group)),
  );
  if (common.length === 0) return "low";
  const isLimited =
    Object.keys(objectAt(hook, "namespaceSelector")).length > 0 ||
    Object.keys(objectAt(hook, "objectSelector")).length > 0 ||
    listAt(hook, "matchConditions").length > 0;
  const hasPods = common.some(
    (rule) =>
      listAt(rule, "apiGroups").some((group) => group === "" || group === "*") &&
      listAt(rule, "resources").some((one) => one === "pods" || one === "*" || one === "*/*"),
  );
  return hasPods && !isLimited ? "high" : "medium";
}

/** The Service of a strict webhook goes, and the webhook stays. */
function* servicesGone(context: RiskContext): Generator<Finding> {
  const gone = context.objects.filter(
    ({ change }) => change.kind === "deleted" && groupKind(change.ref) === "/Service",
  );
  if (gone.length === 0) return;
  const asked = new Map(
    [...strictHooks(context)].map((hook) => [serviceOf(hook), nameOf(hook)] as const),
  );
  for (const changed of gone) {
    const { namespace, name } = changed.change.ref;
    const hook = asked.get(`${namespace}/${name}`);
    if (hook === undefined) continue;
    yield about(
      changed,
      "high",
      `${refTitle(changed.change.ref)} is deleted, but webhook ${hook} still asks it and has failurePolicy Fail: the API server will refuse what it is asked about. Remove the webhook first.`,
    );
  }
}

function* strictHooks({ target }: RiskContext): Generator<JsonObject> {
  for (const { built } of target?.nodes ?? []) {
    if (built.outcome !== "built" || target === undefined) continue;
    for (const { ref, object } of inventoryOf(built.result, target.scopes))
      if (configurations.test(groupKind(ref))) yield* webhooks(parsed(object)).filter(isStrict);
  }
}

function webhooks(object: JsonObject): readonly JsonObject[] {
  return listAt(object, "webhooks").filter(isObject);
}

function nameOf(hook: JsonObject): string {
  return textAt(hook, "name") ?? "";
}

function serviceOf(hook: JsonObject): string {
  const service = objectAt(hook, "clientConfig", "service");
  return `${textAt(service, "namespace") ?? ""}/${textAt(service, "name") ?? ""}`;
}

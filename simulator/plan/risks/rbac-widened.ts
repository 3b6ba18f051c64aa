/** Somebody may do more than before: a role with more rules, a binding with more subjects, an applier that gives up its service account. */
import { isFluxKind } from "../../flux/kinds.ts";
import { refTitle } from "../../flux/object-ref.ts";
import { isObject, listAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { RiskSeverity } from "../../records.ts";
import { addedPermissions, isPowerful, permissionText, permissionsOf } from "./rbac-rules.ts";
import type { Permission } from "./rbac-rules.ts";
import { about, groupKind, shown } from "./rule.ts";
import type { ChangedObject, Finding, RiskContext, RiskRule } from "./rule.ts";

export const rbacWidened: RiskRule = {
  code: "risk/rbac-widened",
  summary: "Somebody gets more rights.",
  *find(context) {
    for (const changed of context.objects) {
      if (changed.target === undefined) continue;
      const kind = groupKind(changed.change.ref);
      if (/^rbac\.authorization\.k8s\.io\/(Cluster)?Role$/.test(kind)) yield* role(changed);
      else if (/^rbac\.authorization\.k8s\.io\/(Cluster)?RoleBinding$/.test(kind))
        yield* binding(changed, context);
      else yield* impersonation(changed);
    }
  },
};

/** A new role is worth a word only when it is powerful: by itself it gives nothing to anybody. */
function* role(changed: ChangedObject): Generator<Finding> {
  const { change, base, target } = changed;
  const after = permissionsOf(listAt(shown(target), "rules"));
  const before = permissionsOf(listAt(shown(base), "rules"));
  const added = addedPermissions(before, after);
  const powerful = added.filter(isPowerful);
  if (added.length === 0 || (base === undefined && powerful.length === 0)) return;
  const said = powerful.length > 0 ? powerful : added;
  const verb = base === undefined ? "is a new role that allows" : "allows more than before:";
  yield about(
    changed,
    severityOf(powerful, change.ref.namespace !== ""),
    `${refTitle(change.ref)} ${verb} ${listed(said.map(permissionText))}. Leave out what its users do not need.`,
  );
}

/** Everything, or the whole cluster's secrets, is another matter than a few more verbs. */
function severityOf(powerful: readonly Permission[], isInNamespace: boolean): RiskSeverity {
  return powerful.length > 0 && !isInNamespace ? "high" : "medium";
}

function* binding(changed: ChangedObject, context: RiskContext): Generator<Finding> {
  const { change, base, target } = changed;
  const known = new Set(subjects(shown(base)));
  const added = subjects(shown(target)).filter((subject) => !known.has(subject));
  if (added.length === 0) return;
  const name = textAt(shown(target), "roleRef", "name") ?? "";
  const open = added.filter((subject) => everybody.has(subject));
  const isPower = isPowerfulRole(shown(target), change.ref.namespace, context);
  // Everything that is new has new subjects; what they may do decides.
  if (base === undefined && !isPower && open.length === 0) return;
  const severity = isPower || open.length > 0 ? "high" : "medium";
  const reason = open.length > 0 ? ", which is everybody" : "";
  yield about(
    changed,
    severity,
    `${refTitle(change.ref)} gives the role ${name} to ${listed(added)}${reason}.${isPower ? " With that role one can do almost anything." : ""} Make sure that this is meant.`,
  );
}

/** `kube-apiserver` puts every caller into one of these. */
const everybody: ReadonlySet<string> = new Set([
  "Group system:anonymous",
  "Group system:authenticated",
  "Group system:unauthenticated",
  "User system:anonymous",
]);

function subjects(object: JsonObject): readonly string[] {
  return listAt(object, "subjects")
    .filter(isObject)
    .map((subject) => {
      const namespace = textAt(subject, "namespace");
      const name = textAt(subject, "name") ?? "";
      return `${textAt(subject, "kind") ?? ""} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
    });
}

/** The built-in ones that are, and rendered roles that allow everything. */
function isPowerfulRole(object: JsonObject, namespace: string, context: RiskContext): boolean {
  const kind = textAt(object, "roleRef", "kind");
  const name = textAt(object, "roleRef", "name");
  if (kind === "ClusterRole" && name === "cluster-admin") return true;
  if (kind === "ClusterRole" && name === "admin" && namespace === "") return true;
  const rules = context.objects.flatMap(({ change: { ref }, target }) =>
    ref.kind === kind && ref.name === name && ref.namespace === (kind === "Role" ? namespace : "")
      ? [listAt(shown(target), "rules")]
      : [],
  );
  return permissionsOf(rules.flat()).some(
    ({ verb, group, resource }) => verb === "*" && group === "*" && resource === "*",
  );
}

/** Without a service account an applier acts with the rights of its controller, which are all there are. */
function* impersonation(changed: ChangedObject): Generator<Finding> {
  const { change, base, target } = changed;
  const isApplier =
    isFluxKind(change.ref, "Kustomization") ||
    isFluxKind(change.ref, "HelmRelease") ||
    isFluxKind(change.ref, "ResourceSet");
  if (!isApplier || base === undefined) return;
  const [before, after] = [base, target].map((side) =>
    textAt(shown(side), "spec", "serviceAccountName"),
  );
  if (before === undefined || after !== undefined) return;
  yield about(
    changed,
    "high",
    `${refTitle(change.ref)} no longer acts as ServiceAccount ${before} but with the rights of its controller, which may do anything. Keep spec.serviceAccountName.`,
  );
}

function listed(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  const more = distinct.length - 4;
  return more > 0 ? `${distinct.slice(0, 4).join(", ")} and ${more} more` : distinct.join(", ");
}

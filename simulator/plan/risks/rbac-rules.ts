/**
 * What rules of RBAC allow, and whether others allow that already (`k8s.io/component-helpers auth/rbac/validation/policy_comparator.go`:
 * rules are taken apart, and each part has to be covered by one of the others).
 */
import { isObject } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";

/** One verb on one resource, or on one address outside of the resources. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Empty for all of them. */
  readonly names: readonly string[];
  /** Set instead of group and resource. */
  readonly url?: string;
}

/** More than this is no role that somebody wrote; the rest is not looked at. */
const most = 20_000;

export function permissionsOf(rules: readonly unknown[]): readonly Permission[] {
  const found: Permission[] = [];
  for (const rule of rules) {
    if (!isObject(rule)) continue;
    const names = texts(rule, "resourceNames");
    for (const verb of texts(rule, "verbs")) {
      for (const url of texts(rule, "nonResourceURLs"))
        found.push({ verb, group: "", resource: "", names: [], url });
      for (const group of texts(rule, "apiGroups"))
        found.push(
          ...texts(rule, "resources").map((resource) => ({ verb, group, resource, names })),
        );
      if (found.length > most) return found.slice(0, most);
    }
  }
  return found;
}

/** Those of the second that the first do not cover. */
export function addedPermissions(
  before: readonly Permission[],
  after: readonly Permission[],
): readonly Permission[] {
  const exact = new Set(before.map(key));
  const others = before.filter(
    (one) => one.names.length > 0 || [one.verb, one.group, one.resource, one.url].some(isWide),
  );
  return after.filter(
    (one) =>
      !exact.has(key(one)) &&
      !exact.has(key({ ...one, names: [] })) &&
      !others.some((other) => covers(other, one)),
  );
}

/** `get secrets`, `* deployments.apps`, `get /metrics`. */
export function permissionText({ verb, group, resource, names, url }: Permission): string {
  if (url !== undefined) return `${verb} ${url}`;
  const name = names.length === 0 ? "" : ` named ${names.join(", ")}`;
  return `${verb} ${resource}${group === "" ? "" : `.${group}`}${name}`;
}

/** Why a permission is as good as any: it leads to others, or to secrets. */
export function isPowerful(permission: Permission): boolean {
  return powers.some((power) => {
    const [verbs, group, resources] = power;
    return (
      permission.url === undefined &&
      permission.names.length === 0 &&
      (permission.verb === "*" || verbs.includes(permission.verb)) &&
      (permission.group === "*" || permission.group === group) &&
      (permission.resource === "*" || resources.includes(permission.resource))
    );
  });
}

/** `https://kubernetes.io/docs/concepts/security/rbac-good-practices/`, privilege escalation risks. */
const powers: readonly (readonly [readonly string[], string, readonly string[]])[] = [
  [["get", "list", "watch"], "", ["secrets"]],
  [["create"], "", ["pods/exec", "pods/attach", "serviceaccounts/token"]],
  [["get", "create"], "", ["nodes/proxy"]],
  [["impersonate"], "", ["users", "groups", "serviceaccounts"]],
  [["create", "update", "patch"], rbac(), ["rolebindings", "clusterrolebindings"]],
  [["bind", "escalate"], rbac(), ["roles", "clusterroles"]],
  [["approve"], "certificates.k8s.io", ["signers"]],
];

function rbac(): string {
  return "rbac.authorization.k8s.io";
}

function covers(owner: Permission, one: Permission): boolean {
  if (owner.verb !== "*" && owner.verb !== one.verb) return false;
  if (one.url !== undefined) return owner.url !== undefined && coversUrl(owner.url, one.url);
  if (owner.url !== undefined) return false;
  return (
    (owner.group === "*" || owner.group === one.group) &&
    coversResource(owner.resource, one.resource) &&
    (owner.names.length === 0 ||
      (one.names.length > 0 && one.names.every((name) => owner.names.includes(name))))
  );
}

function coversResource(owner: string, one: string): boolean {
  return owner === "*" || owner === one || (owner.startsWith("*/") && one.endsWith(owner.slice(1)));
}

function coversUrl(owner: string, one: string): boolean {
  return owner === one || (owner.endsWith("*") && one.startsWith(owner.slice(0, -1)));
}

function isWide(text: string | undefined): boolean {
  return text?.includes("*") === true;
}

function key({ verb, group, resource, names, url }: Permission): string {
  return JSON.stringify([verb, group, resource, names, url ?? ""]);
}

function texts(rule: JsonObject, field: string): readonly string[] {
  const list = rule[field];
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === "string") : [];
}

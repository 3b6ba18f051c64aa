/** Who gets more rights, and who only gets other words for the same. */
import { describe, expect, it } from "vitest";

import { risksOf } from "./objects.ts";
import { treeOf, useRisks } from "./check-risks.ts";

const group = "rbac.authorization.k8s.io";

function role(kind: "Role" | "ClusterRole", rules: string): string {
  const namespace = kind === "Role" ? ", namespace: apps" : "";
  return `{ apiVersion: ${group}/v1, kind: ${kind}, metadata: { name: web${namespace} }, rules: [${rules}] }`;
}

function binding(kind: "RoleBinding" | "ClusterRoleBinding", to: string, subjects: string): string {
  const namespace = kind === "RoleBinding" ? ", namespace: apps" : "";
  return `{ apiVersion: ${group}/v1, kind: ${kind}, metadata: { name: web${namespace} }, roleRef: { apiGroup: ${group}, ${to} }, subjects: [${subjects}] }`;
}

const read = '{ apiGroups: [""], resources: [configmaps, services], verbs: [get, list] }';
const secrets = '{ apiGroups: [""], resources: [secrets], verbs: [get] }';
const oneSecret = '{ apiGroups: [""], resources: [secrets], resourceNames: [web], verbs: [get] }';
const everything = '{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }';
const web = "{ kind: ServiceAccount, name: web, namespace: apps }";
const admin = "kind: ClusterRole, name: cluster-admin";
const view = "kind: ClusterRole, name: view";

describe("is a risk", () => {
  it.each([
    [
      "a rule more",
      role("Role", read),
      role("Role", `${read}, ${oneSecret}`),
      "medium rbac-widened Role/web",
    ],
    [
      "a verb more",
      role("ClusterRole", read),
      role("ClusterRole", read.replace("list", "list, delete")),
      "medium rbac-widened ClusterRole/web",
    ],
    [
      "secrets of the whole cluster",
      role("ClusterRole", read),
      role("ClusterRole", secrets),
      "high rbac-widened ClusterRole/web",
    ],
    [
      "secrets of a namespace",
      role("Role", oneSecret),
      role("Role", secrets),
      "medium rbac-widened Role/web",
    ],
    [
      "another address",
      role("ClusterRole", "{ nonResourceURLs: [/metrics], verbs: [get] }"),
      role("ClusterRole", '{ nonResourceURLs: ["*"], verbs: [get] }'),
      "medium rbac-widened ClusterRole/web",
    ],
    [
      "a new role for everything",
      undefined,
      role("ClusterRole", everything),
      "high rbac-widened ClusterRole/web",
    ],
    [
      "another subject",
      binding("RoleBinding", view, web),
      binding("RoleBinding", view, `${web}, { kind: User, name: eve }`),
      "medium rbac-widened RoleBinding/web",
    ],
    [
      "a new administrator",
      undefined,
      binding("ClusterRoleBinding", admin, web),
      "high rbac-widened ClusterRoleBinding/web",
    ],
    [
      "a role for everybody",
      undefined,
      binding("ClusterRoleBinding", view, "{ kind: Group, name: 'system:unauthenticated' }"),
      "high rbac-widened ClusterRoleBinding/web",
    ],
  ])("%s", (_, before, after, expected) => {
    expect(risksOf([{ ...(before !== undefined && { before }), after }])).toEqual([expected]);
  });
});

describe("is no risk", () => {
  it.each([
    ["a rule less", role("Role", `${read}, ${oneSecret}`), role("Role", read)],
    [
      "the same in two rules",
      role("Role", read),
      role(
        "Role",
        '{ apiGroups: [""], resources: [services], verbs: [list, get] }, { apiGroups: [""], resources: [configmaps], verbs: [get, list] }',
      ),
    ],
    ["what a star allowed already", role("ClusterRole", everything), role("ClusterRole", secrets)],
    [
      "a subresource that a star allowed",
      role("Role", '{ apiGroups: [apps], resources: ["*/scale"], verbs: [get] }'),
      role("Role", "{ apiGroups: [apps], resources: [deployments/scale], verbs: [get] }"),
    ],
    ["a name of those that were allowed", role("Role", secrets), role("Role", oneSecret)],
    ["a new role that reads", undefined, role("ClusterRole", read)],
    ["a new binding to a small role", undefined, binding("RoleBinding", view, web)],
    [
      "a subject less",
      binding("RoleBinding", view, `${web}, { kind: User, name: eve }`),
      binding("RoleBinding", view, web),
    ],
  ])("%s", (_, before, after) => {
    expect(risksOf([{ ...(before !== undefined && { before }), after }])).toEqual([]);
  });
});

describe("an applier without a service account", () => {
  const { risks } = useRisks();
  const tenant = treeOf({}, { other: "  serviceAccountName: tenant" });

  it("is a risk when it had one, and none when it never had", async () => {
    const free = treeOf({});
    expect(await risks(tenant, free)).toEqual(["high rbac-widened Kustomization/other"]);
    expect(await risks(free, tenant)).toEqual([]);
  });
});

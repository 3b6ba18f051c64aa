/**
 * Which fields of which kinds can't be changed, as the API server's own validation of updates has them
 * (`k8s.io/kubernetes pkg/apis/<group>/validation/validation.go`). Both sides are manifests: what only the server fills in
 * is taken for equal, and what became equal by a default is no change.
 */
import { compareValues } from "../../diff/compare.ts";
import { quantityOf } from "../../diff/quantity.ts";
import { flagAt, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { ObjectRef } from "../../records.ts";
import { groupKind } from "./rule.ts";

type Check = (base: JsonObject, target: JsonObject) => readonly string[];

/** Names of the fields that differ and can't, as `spec.selector`. */
export function immutableChanges(
  ref: ObjectRef,
  base: JsonObject,
  target: JsonObject,
): readonly string[] {
  return checks.get(groupKind(ref))?.(base, target) ?? [];
}

interface FieldOptions {
  /** What the server takes when the field is absent. Without it an absent field is unknown and equals anything. */
  readonly byDefault?: unknown;
  /** An absent field means something of its own: adding or removing it is a change. */
  readonly absentCounts?: boolean;
}

/** One field by its path. */
function field(path: string, { byDefault, absentCounts = false }: FieldOptions = {}): Check {
  const steps = path.split(".");
  const parents = steps.slice(0, -1);
  const last = steps.at(-1) ?? "";
  return (base, target) => {
    const [before, after] = [base, target].map(
      (object) => objectAt(object, ...parents)[last] ?? byDefault,
    );
    if ((before === undefined || after === undefined) && !absentCounts) return [];
    return isSame(before, after) ? [] : [path];
  };
}

function all(...parts: readonly Check[]): Check {
  return (base, target) => parts.flatMap((part) => part(base, target));
}

/** Every field below a path except these. */
function allBut(path: string, changeable: readonly string[], defaults: JsonObject = {}): Check {
  return (base, target) => {
    const before: JsonObject = { ...defaults, ...objectAt(base, path) };
    const after: JsonObject = { ...defaults, ...objectAt(target, path) };
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys]
      .filter((key) => !changeable.includes(key) && !isSame(before[key], after[key]))
      .sort()
      .map((key) => `${path}.${key}`);
  };
}

/** Empty maps and lists equal absent ones, as they do on the server. */
function isSame(before: unknown, after: unknown): boolean {
  return compareValues(withoutEmpty(before), withoutEmpty(after)).length === 0;
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, withoutEmpty(item)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const selector = field("spec.selector");

/** Once set, `immutable: true` stays, and the data with it. */
const frozenData: Check = (base, target) => {
  if (!flagAt(base, "immutable")) return [];
  const frozen = ["data", "binaryData", "stringData"].filter(
    (key) => !isSame(base[key], target[key]),
  );
  return flagAt(target, "immutable") ? frozen : ["immutable", ...frozen];
};

/** An address that the server chose can't become None; one that is taken out of the manifest stays as it is. */
const clusterAddress: Check = (base, target) => {
  const isExternal = [base, target].some((one) => textAt(one, "spec", "type") === "ExternalName");
  const after = textAt(target, "spec", "clusterIP");
  return isExternal || after === undefined || after === textAt(base, "spec", "clusterIP")
    ? []
    : ["spec.clusterIP"];
};

const loadBalancerClass: Check = (base, target) => {
  const areBalancers = [base, target].every(
    (one) => textAt(one, "spec", "type") === "LoadBalancer",
  );
  return areBalancers ? field("spec.loadBalancerClass", { absentCounts: true })(base, target) : [];
};

const firstAddressFamily: Check = (base, target) => {
  const [before, after] = [base, target].map((one) => listAt(one, "spec", "ipFamilies")[0]);
  return before === undefined || after === undefined || before === after ? [] : ["spec.ipFamilies"];
};

/** Claims can grow, if their class allows it. */
const shrunkClaim: Check = (base, target) => {
  const [before, after] = [base, target].map((one) =>
    quantityOf(objectAt(one, "spec", "resources", "requests")["storage"]),
  );
  return before !== undefined && after !== undefined && after < before
    ? ["spec.resources.requests.storage"]
    : [];
};

/** A version of a CustomResourceDefinition in which objects are stored has to stay (`status.storedVersions`). */
const storedVersion: Check = (base, target) => {
  const names = new Set(listAt(target, "spec", "versions").map((one) => textAt(one, "name")));
  const stored = listAt(base, "spec", "versions")
    .filter((one) => flagAt(one, "storage"))
    .map((one) => textAt(one, "name"));
  return stored.some((name) => name !== undefined && !names.has(name)) ? ["spec.versions"] : [];
};

/** Completions of an Indexed Job may change together with its parallelism. */
const completions: Check = (base, target) => {
  const isElastic = [base, target].every(
    (one) =>
      textAt(one, "spec", "completionMode") === "Indexed" &&
      objectAt(one, "spec")["completions"] === objectAt(one, "spec")["parallelism"],
  );
  return isElastic ? [] : field("spec.completions", { byDefault: 1 })(base, target);
};

const role = field("roleRef");

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["apps/Deployment", selector],
  ["apps/ReplicaSet", selector],
  ["apps/DaemonSet", selector],
  [
    "apps/StatefulSet",
    allBut(
      "spec",
      [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
        "revisionHistoryLimit",
      ],
      { podManagementPolicy: "OrderedReady" },
    ),
  ],
  ["apps/ControllerRevision", field("data")],
  [
    "batch/Job",
    all(
      completions,
      selector,
      field("spec.template", { absentCounts: true }),
      field("spec.completionMode", { byDefault: "NonIndexed" }),
      field("spec.podFailurePolicy", { absentCounts: true }),
      field("spec.backoffLimitPerIndex", { absentCounts: true }),
      field("spec.managedBy", { absentCounts: true }),
      field("spec.successPolicy", { absentCounts: true }),
    ),
  ],
  ["/Service", all(clusterAddress, loadBalancerClass, firstAddressFamily)],
  [
    "/PersistentVolumeClaim",
    all(
      field("spec.accessModes"),
      field("spec.storageClassName"),
      field("spec.volumeMode", { byDefault: "Filesystem" }),
      field("spec.selector", { absentCounts: true }),
      field("spec.dataSource"),
      field("spec.dataSourceRef"),
      field("spec.volumeName"),
      shrunkClaim,
    ),
  ],
  [
    "/PersistentVolume",
    all(
      allBut("spec", [
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
      ]),
      field("spec.volumeMode", { byDefault: "Filesystem" }),
      field("spec.nodeAffinity"),
    ),
  ],
  ["/Secret", all(field("type", { byDefault: "Opaque" }), frozenData)],
  ["/ConfigMap", frozenData],
  ["discovery.k8s.io/EndpointSlice", field("addressType")],
  ["rbac.authorization.k8s.io/RoleBinding", role],
  ["rbac.authorization.k8s.io/ClusterRoleBinding", role],
  [
    "storage.k8s.io/StorageClass",
    all(
      field("parameters", { absentCounts: true }),
      field("provisioner"),
      field("reclaimPolicy", { byDefault: "Delete" }),
      field("volumeBindingMode", { byDefault: "Immediate" }),
    ),
  ],
  [
    "storage.k8s.io/CSIDriver",
    all(
      field("spec.attachRequired", { byDefault: true }),
      field("spec.volumeLifecycleModes", { byDefault: ["Persistent"] }),
    ),
  ],
  [
    "storage.k8s.io/VolumeAttributesClass",
    all(field("driverName"), field("parameters", { absentCounts: true })),
  ],
  [
    "scheduling.k8s.io/PriorityClass",
    all(
      field("value", { byDefault: 0 }),
      field("preemptionPolicy", { byDefault: "PreemptLowerPriority" }),
    ),
  ],
  ["node.k8s.io/RuntimeClass", field("handler")],
  ["networking.k8s.io/IngressClass", field("spec.controller")],
  ["resource.k8s.io/ResourceClaim", allBut("spec", [])],
  ["resource.k8s.io/ResourceClaimTemplate", allBut("spec", [])],
  [
    "apiextensions.k8s.io/CustomResourceDefinition",
    all(
      field("spec.group"),
      field("spec.scope"),
      field("spec.names.plural"),
      field("spec.names.kind"),
      storedVersion,
    ),
  ],
]);

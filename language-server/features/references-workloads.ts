/**
 * ConfigMaps and Secrets that workloads name, and those that the values of a HelmRelease name in the same form.
 * Source of the fields: `k8s.io/api core/v1/types.go`.
 */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { Value } from "../manifest/value.ts";
import { isTemplated } from "../model/object-index.ts";
import type { NameScope, NameSite } from "./references-site.ts";
import { bareSpan, unknownScope } from "./references-site.ts";

const workloads = new Set([
  "Pod",
  "PodTemplate",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "ServiceAccount",
  "Ingress",
]);

const keysWithName: Readonly<Record<string, string>> = {
  configMapRef: "ConfigMap",
  configMapKeyRef: "ConfigMap",
  configMap: "ConfigMap",
  secretRef: "Secret",
  secretKeyRef: "Secret",
  secret: "Secret",
};

const maxLevels = 40;

export function* workloadNames(document: ManifestDocument, root: Value): Generator<NameSite> {
  if (workloads.has(document.kind)) {
    const scope: NameScope = { in: "object", object: document };
    for (const found of namesBelow(root, 0)) yield* toSite(document, found, scope);
  } else if (isFluxKind(document, flux.HelmRelease)) {
    // What a chart makes of its values is not known here.
    const values = root.at("spec", "values");
    if (values)
      for (const found of namesBelow(values, 0)) yield* toSite(document, found, unknownScope);
  }
}

interface FoundName {
  readonly kind: string;
  readonly value: Value | undefined;
  readonly field: string;
}

function* namesBelow(value: Value, level: number): Generator<FoundName> {
  if (level > maxLevels) return;
  for (const { key, value: child } of value.entries) {
    const kind = keysWithName[key];
    if (kind !== undefined) yield { kind, value: child.get("name"), field: key };
    if (key === "secretName") yield { kind: "Secret", value: child, field: key };
    if (key === "imagePullSecrets" || (key === "secrets" && level === 0))
      for (const item of child.items)
        yield { kind: "Secret", value: item.get("name"), field: `${key}[]` };
    yield* namesBelow(child, level + 1);
  }
  for (const item of value.items) yield* namesBelow(item, level + 1);
}

function* toSite(
  document: ManifestDocument,
  { kind, value, field }: FoundName,
  scope: NameScope,
): Generator<NameSite> {
  const name = value?.text;
  if (!value || name === undefined || name === "" || isTemplated(name)) return;
  yield {
    role: "reference",
    kinds: [kind],
    name,
    span: bareSpan(document, value),
    around: [],
    scope,
    use: "data",
    field,
  };
}

/**
 * How lists of built-in kinds are merged where nobody owns any of their items yet, so that `managedFields` can't tell: the
 * `x-kubernetes-list-map-keys` of the OpenAPI schema of Kubernetes, by the name of the field.
 */
import { isObject } from "../../manifest/json.ts";
import type { Json } from "../../manifest/json.ts";
import type { ListKind } from "./managed-fields.ts";

const keysByField: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [["name"]],
  initContainers: [["name"]],
  ephemeralContainers: [["name"]],
  volumes: [["name"]],
  env: [["name"]],
  imagePullSecrets: [["name"]],
  volumeMounts: [["mountPath"]],
  volumeDevices: [["devicePath"]],
  ports: [
    ["containerPort", "protocol"],
    ["port", "protocol"],
  ],
  hostAliases: [["ip"]],
  topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"]],
  ownerReferences: [["uid"]],
};

/** `undefined`: it is taken as one value, as lists of custom resources are unless their schema says more. */
export function builtInList(path: string, wanted: readonly Json[]): ListKind | undefined {
  const field = path.slice(path.lastIndexOf("/") + 1);
  const candidates = Object.hasOwn(keysByField, field) ? (keysByField[field] ?? []) : [];
  const keys = candidates.find((names) =>
    wanted.every((item) => isObject(item) && names.every((name) => item[name] !== undefined)),
  );
  return keys === undefined ? undefined : { kind: "map", keys };
}

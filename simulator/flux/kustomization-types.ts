/**
 * The types of the fields of a Kustomization, as the API server checks them against the schema of the CRD
 * (`fluxcd/kustomize-controller config/crd/bases`). Only what decides about a simulation is listed.
 */
import { isObject } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";

type Type =
  | "string"
  | "boolean"
  | "strings"
  | { readonly each: Type }
  | { readonly values: Type }
  | { readonly fields: Readonly<Record<string, Type>> };

const fields = (types: Readonly<Record<string, Type>>): Type => ({ fields: types });
const reference = fields({ name: "string", key: "string" });

const spec = fields({
  path: "string",
  interval: "string",
  sourceRef: fields({ kind: "string", name: "string", namespace: "string" }),
  prune: "boolean",
  suspend: "boolean",
  wait: "boolean",
  force: "boolean",
  deletionPolicy: "string",
  targetNamespace: "string",
  namePrefix: "string",
  nameSuffix: "string",
  serviceAccountName: "string",
  ignoreMissingComponents: "boolean",
  components: "strings",
  buildMetadata: "strings",
  dependsOn: { each: fields({ name: "string", namespace: "string", readyExpr: "string" }) },
  patches: { each: fields({ patch: "string", target: { values: "string" } }) },
  images: {
    each: fields({ name: "string", newName: "string", newTag: "string", digest: "string" }),
  },
  commonMetadata: fields({ labels: { values: "string" }, annotations: { values: "string" } }),
  decryption: fields({ provider: "string", secretRef: reference, serviceAccountName: "string" }),
  kubeConfig: fields({ secretRef: reference, configMapRef: reference }),
  postBuild: fields({
    substitute: { values: "string" },
    substituteStrategy: "string",
    substituteFrom: { each: fields({ kind: "string", name: "string", optional: "boolean" }) },
  }),
});

/** `spec.postBuild.substitute.PORT must be a string` for each field of the wrong type. An explicit null counts as absent. */
export function typeFaults(object: JsonObject): readonly string[] {
  const faults: string[] = [];
  check(object["spec"], spec, "spec", faults);
  return faults;
}

function check(value: unknown, type: Type, path: string, faults: string[]): void {
  if (value === undefined || value === null) return;
  if (type === "string" || type === "boolean") {
    if (typeof value !== type) faults.push(`${path} must be a ${type}`);
  } else if (type === "strings" || "each" in type) {
    if (!Array.isArray(value)) faults.push(`${path} must be a list`);
    else
      for (const [index, item] of value.entries())
        checkItem(item, type === "strings" ? "string" : type.each, `${path}[${index}]`, faults);
  } else if (!isObject(value)) {
    faults.push(`${path} must be an object`);
  } else {
    for (const [key, item] of Object.entries(value)) {
      const own = typeOf(type, key);
      if (own !== undefined) check(item, own, `${path}.${key}`, faults);
    }
  }
}

/** The type of a key; `undefined` for keys that are not listed. */
function typeOf(
  type: Extract<Type, { readonly values: Type }> | Extract<Type, { readonly fields: object }>,
  key: string,
): Type | undefined {
  if ("values" in type) return type.values;
  return Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
}

function checkItem(item: unknown, type: Type, path: string, faults: string[]): void {
  if (item === null) faults.push(`${path} must not be null`);
  else check(item, type, path, faults);
}

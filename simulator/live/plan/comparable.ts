/**
 * What of an object on a cluster counts: labels, annotations, and everything but metadata and status, as in the controllers'
 * own drift detection (`fluxcd/pkg ssa/manager_diff.go`, hasDrifted). Name and namespace stay, for reading.
 */
import { isObject } from "../../manifest/json.ts";
import type { Json, JsonObject } from "../../manifest/json.ts";

export function comparable(object: JsonObject): JsonObject {
  const { status: _, metadata, ...rest } = object;
  if (!isObject(metadata)) return rest;
  const { name, namespace, labels, annotations } = metadata;
  return {
    ...rest,
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(isEmpty(labels) ? {} : { labels }),
      ...(isEmpty(annotations) ? {} : { annotations }),
    },
  };
}

function isEmpty(value: Json | undefined): boolean {
  return (
    value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0)
  );
}

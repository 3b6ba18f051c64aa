/** Changes to the parts of a controller's Deployment that installations differ in. Everything else stays as it is. */
import {
  isObject,
  listAt,
  objectAt,
  textAt,
  type Json,
  type JsonObject,
} from "../manifest/json.ts";

/** The one container of a controller. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  /** All other fields. */
  readonly rest: JsonObject;
}

export function changeContainer(
  deployment: JsonObject,
  change: (container: Container) => Container,
): JsonObject {
  const [first, ...others] = listAt(deployment, "spec", "template", "spec", "containers").filter(
    isObject,
  );
  if (first === undefined) {
    return deployment;
  }
  const { name, image, args, rest } = change({
    name: textAt(first, "name") ?? "",
    image: textAt(first, "image") ?? "",
    args: listAt(first, "args").map(String),
    rest: first,
  });
  return changePod(deployment, { containers: [{ ...rest, name, image, args }, ...others] });
}

/** Sets fields of the pod's specification. */
export function changePod(
  deployment: JsonObject,
  fields: Readonly<Record<string, Json>>,
): JsonObject {
  const spec = objectAt(deployment, "spec");
  const template = objectAt(spec, "template");
  const pod = { ...objectAt(template, "spec"), ...fields };
  return { ...deployment, spec: { ...spec, template: { ...template, spec: pod } } };
}

/** Labels of an object, and of the pods of a Deployment (kustomize's LabelTransformer as Flux sets it up). */
export function withLabels(
  object: JsonObject,
  labels: Readonly<Record<string, string>>,
): JsonObject {
  const labelled = labelMetadata(object, labels);
  if (object["kind"] !== "Deployment") {
    return labelled;
  }
  const spec = objectAt(object, "spec");
  return {
    ...labelled,
    spec: { ...spec, template: labelMetadata(objectAt(spec, "template"), labels) },
  };
}

function labelMetadata(object: JsonObject, labels: Readonly<Record<string, string>>): JsonObject {
  const metadata = objectAt(object, "metadata");
  return {
    ...object,
    metadata: { ...metadata, labels: { ...objectAt(metadata, "labels"), ...labels } },
  };
}

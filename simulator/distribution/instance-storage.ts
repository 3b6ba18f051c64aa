/** `spec.storage` and `spec.sharding` of a FluxInstance: a claim for artifacts, and a set of controllers for each shard. */
import { isObject, listAt, objectAt, textAt, type JsonObject } from "../manifest/json.ts";
import { changeContainer, changePod } from "./deployment.ts";

const sourceController = "source-controller";
/** Controllers that can be told to watch one shard only. */
const sharded = [
  sourceController,
  "kustomize-controller",
  "helm-controller",
  "image-reflector-controller",
  "image-automation-controller",
  "source-watcher",
];

/** The objects with source-controller's volume as a claim, and the claim. */
export function storageObjects(
  objects: readonly JsonObject[],
  spec: JsonObject,
  namespace: string,
): readonly JsonObject[] {
  if (textAt(spec, "storage", "size") === undefined) {
    return objects;
  }
  const claimed = objects.map((object) =>
    isController(object, sourceController) ? withClaim(object, sourceController) : object,
  );
  return [...claimed, claim(sourceController, spec, namespace)];
}

function claim(name: string, spec: JsonObject, namespace: string): JsonObject {
  const storageClassName = textAt(spec, "storage", "class");
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storageClassName !== undefined && { storageClassName }),
      resources: { requests: { storage: textAt(spec, "storage", "size") ?? "" } },
    },
  };
}

function withClaim(deployment: JsonObject, claimName: string): JsonObject {
  return withVolume(deployment, { name: "data", persistentVolumeClaim: { claimName } });
}

function withVolume(deployment: JsonObject, volume: JsonObject): JsonObject {
  const volumes = listAt(deployment, "spec", "template", "spec", "volumes")
    .filter(isObject)
    .map((each) => (each["name"] === volume["name"] ? volume : each));
  return changePod(deployment, { volumes });
}

/** Adds the shards' controllers, and tells the others to leave what has a shard. */
export function withShards(
  objects: readonly JsonObject[],
  spec: JsonObject,
  namespace: string,
): readonly JsonObject[] {
  const shards = listAt(spec, "sharding", "shards").map(String);
  if (shards.length === 0) {
    return objects;
  }
  const key = textAt(spec, "sharding", "key") ?? "sharding.fluxcd.io/key";
  const persistent = textAt(spec, "sharding", "storage") === "persistent";
  const main = objects.map((object) =>
    sharded.some((name) => isController(object, name)) ? withSelector(object, `!${key}`) : object,
  );
  const added = shards.flatMap((shard) => [
    ...objects.flatMap((object) => shardOf(object, shard, key, persistent)),
    ...(persistent ? [claim(`${sourceController}-${shard}`, spec, namespace)] : []),
  ]);
  return [...main, ...added];
}

/** The copy of a controller's Deployment or Service for a shard. */
function shardOf(
  object: JsonObject,
  shard: string,
  key: string,
  persistent: boolean,
): readonly JsonObject[] {
  const name = textAt(object, "metadata", "name") ?? "";
  const own = `${name}-${shard}`;
  if (!sharded.includes(name)) {
    return [];
  }
  const renamed = { ...object, metadata: { ...objectAt(object, "metadata"), name: own } };
  if (object["kind"] === "Service") {
    const spec = objectAt(object, "spec");
    return [
      { ...renamed, spec: { ...spec, selector: { ...objectAt(spec, "selector"), app: own } } },
    ];
  }
  if (object["kind"] !== "Deployment") {
    return [];
  }
  const selected = withApp(withSelector(renamed, `${key}=${shard}`), own);
  const addressed = changeContainer(selected, (container) => ({
    ...container,
    args: container.args.map((argument) =>
      argument.replace(`--storage-adv-addr=${name}.`, `--storage-adv-addr=${own}.`),
    ),
  }));
  if (name !== sourceController) {
    return [addressed];
  }
  return [
    persistent ? withClaim(addressed, own) : withVolume(addressed, { name: "data", emptyDir: {} }),
  ];
}

function withSelector(deployment: JsonObject, selector: string): JsonObject {
  return changeContainer(deployment, (container) => ({
    ...container,
    args: [...container.args, `--watch-label-selector=${selector}`],
  }));
}

function withApp(deployment: JsonObject, app: string): JsonObject {
  const spec = objectAt(deployment, "spec");
  const selector = objectAt(spec, "selector");
  const template = objectAt(spec, "template");
  const metadata = objectAt(template, "metadata");
  return {
    ...deployment,
    spec: {
      ...spec,
      selector: { ...selector, matchLabels: { ...objectAt(selector, "matchLabels"), app } },
      template: {
        ...template,
        metadata: { ...metadata, labels: { ...objectAt(metadata, "labels"), app } },
      },
    },
  };
}

function isController(object: JsonObject, name: string): boolean {
  return object["kind"] === "Deployment" && textAt(object, "metadata", "name") === name;
}

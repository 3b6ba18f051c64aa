/**
 * What flux-operator makes of a FluxInstance, from its public documentation (`fluxinstance.md`, guides on instances): the
 * distribution's manifests, changed as `spec` says. What the documentation leaves open (arguments of sizes, labels) follows
 * Flux's own guides. Patches are not applied here: `patchTree` has them as files for kustomize.
 */
import { isObject, listAt, objectAt, textAt, flagAt, type JsonObject } from "../manifest/json.ts";
import type { FileTree, TreeFile } from "../ports.ts";
import { changeContainer, changePod, withLabels } from "./deployment.ts";
import { defaultComponents, type Distribution } from "./distribution.ts";
import { installObjects } from "./install.ts";
import { sized, tenantArguments } from "./instance-cluster.ts";
import { storageObjects, withShards } from "./instance-storage.ts";

export interface InstanceProblem {
  readonly severity: "error" | "warning" | "information";
  readonly message: string;
}

export interface InstanceObjects {
  readonly objects: readonly JsonObject[];
  readonly problems: readonly InstanceProblem[];
  /** `spec.kustomize.patches`, which are still to be applied. */
  readonly patches: readonly JsonObject[];
}

export function fluxInstanceObjects(
  instance: JsonObject,
  distribution: Distribution,
): InstanceObjects {
  const spec = objectAt(instance, "spec");
  const namespace = textAt(instance, "metadata", "namespace") ?? "flux-system";
  const listed = listAt(spec, "components").map(String);
  const wanted = listed.length > 0 ? listed : defaultComponents;
  const components = wanted.filter((name) => distribution.components.has(name));
  const installed = installObjects(distribution, {
    namespace,
    components,
    registry: textAt(spec, "distribution", "registry") ?? "ghcr.io/fluxcd",
    imagePullSecret: textAt(spec, "distribution", "imagePullSecret") ?? "",
    networkPolicy: objectAt(spec, "cluster")["networkPolicy"] !== false,
    clusterDomain: textAt(spec, "cluster", "domain") ?? "cluster.local",
  });
  const configured = installed.map((object) =>
    object["kind"] === "Deployment" ? configure(object, spec) : object,
  );
  const stored = storageObjects(configured, spec, namespace);
  const objects = [...withShards(stored, spec, namespace), ...syncObjects(spec, namespace)];
  return {
    objects: objects.map((object) => withCommonMetadata(object, spec)),
    problems: [
      ...versionProblems(spec, distribution),
      ...wanted
        .filter((name) => !distribution.components.has(name))
        .map((name): InstanceProblem => ({
          severity: "error",
          message: `There is no component "${name}". There are ${[...distribution.components.keys()].join(", ")}.`,
        })),
    ],
    patches: listAt(spec, "kustomize", "patches").filter(isObject),
  };
}

/** Objects and patches as a folder that kustomize builds. */
export function patchTree({ objects, patches }: InstanceObjects): FileTree {
  const names = objects.map((_, at) => `${at}.json`);
  const contents: readonly (readonly [string, unknown])[] = [
    ["kustomization.yaml", { resources: names, patches }],
    ...objects.map((object, at): [string, unknown] => [`${at}.json`, object]),
  ];
  const files = contents.map(([path, value]): [string, TreeFile] => {
    const text = JSON.stringify(value);
    const bytes = new TextEncoder().encode(text);
    // The content itself is the identity: the folder is never compared with Git.
    return [path, { id: text, size: bytes.byteLength, kind: "file", bytes }];
  });
  return { label: "FluxInstance", revision: "", files: new Map(files) };
}

function configure(deployment: JsonObject, spec: JsonObject): JsonObject {
  const name = textAt(deployment, "metadata", "name") ?? "";
  const cluster = objectAt(spec, "cluster");
  const changed = changeContainer(deployment, (container) => {
    const resized = sized(container, name, textAt(cluster, "size"));
    return { ...resized, args: [...resized.args, ...tenantArguments(name, cluster)] };
  });
  // OpenShift sets the profile and the group itself.
  return textAt(cluster, "type") === "openshift"
    ? changePod(changed, { securityContext: {} })
    : changed;
}

function withCommonMetadata(object: JsonObject, spec: JsonObject): JsonObject {
  const common = objectAt(spec, "commonMetadata");
  const annotations = objectAt(common, "annotations");
  const labels = Object.fromEntries(
    Object.keys(objectAt(common, "labels")).flatMap((key) => {
      const value = textAt(common, "labels", key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const metadata = objectAt(object, "metadata");
  const annotated: JsonObject =
    Object.keys(annotations).length === 0
      ? object
      : {
          ...object,
          metadata: {
            ...metadata,
            annotations: { ...objectAt(metadata, "annotations"), ...annotations },
          },
        };
  // Labels of pods stay, so that common metadata does not restart controllers.
  const kind = textAt(annotated, "kind");
  return kind === "Deployment"
    ? { ...withLabels({ ...annotated, kind: "" }, labels), kind }
    : withLabels(annotated, labels);
}

/** Source and Kustomization of `spec.sync`, named after the namespace as `flux bootstrap` names them. */
function syncObjects(spec: JsonObject, namespace: string): readonly JsonObject[] {
  const sync = objectAt(spec, "sync");
  const url = textAt(sync, "url");
  if (url === undefined) {
    return [];
  }
  const kind = textAt(sync, "kind") ?? "GitRepository";
  const metadata = { name: textAt(sync, "name") ?? namespace, namespace };
  const secret = textAt(sync, "pullSecret");
  const provider = textAt(sync, "provider");
  const source = {
    interval: textAt(sync, "interval") ?? "1m",
    ...syncSource(kind, url, textAt(sync, "ref") ?? ""),
    ...(secret !== undefined && { secretRef: { name: secret } }),
    ...(provider !== undefined && { provider }),
  };
  const kustomization = {
    interval: "10m",
    path: textAt(sync, "path") ?? "./",
    prune: true,
    sourceRef: { kind, name: metadata.name },
  };
  return [
    { apiVersion: "source.toolkit.fluxcd.io/v1", kind, metadata, spec: source },
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata,
      spec: kustomization,
    },
  ];
}

function syncSource(kind: string, url: string, ref: string): JsonObject {
  switch (kind) {
    case "OCIRepository":
      return { url, ref: { tag: ref } };
    case "Bucket":
      return { endpoint: url, bucketName: ref };
    default:
      return { url, ref: { name: ref } };
  }
}

function versionProblems(spec: JsonObject, distribution: Distribution): readonly InstanceProblem[] {
  const asked = textAt(spec, "distribution", "version");
  if (asked === undefined) {
    return [{ severity: "error", message: "spec.distribution.version is missing." }];
  }
  const problems: InstanceProblem[] = [];
  const [major = "", minor = "", patch = ""] = distribution.version.slice(1).split(".");
  const parts = /^[v=~^ ]*(\d+)(?:\.(\d+|x|X|\*))?(?:\.(\d+|x|X|\*))?$/u.exec(asked);
  const differs = (wanted: string | undefined, own: string): boolean =>
    wanted !== undefined && /^\d+$/u.test(wanted) && wanted !== own;
  if (
    parts !== null &&
    (differs(parts[1], major) || differs(parts[2], minor) || differs(parts[3], patch))
  ) {
    problems.push({
      severity: "information",
      message: `The instance asks for Flux ${asked}; the manifests shown are those of ${distribution.version}.`,
    });
  }
  if (
    flagAt(spec, "cluster", "multitenantWorkloadIdentity") &&
    !flagAt(spec, "cluster", "objectLevelWorkloadIdentity")
  ) {
    problems.push({
      severity: "error",
      message:
        "spec.cluster.multitenantWorkloadIdentity needs objectLevelWorkloadIdentity. Set it to true as well.",
    });
  }
  return problems;
}

/**
 * The install manifests of one release of Flux, as its own build bundles them (`manifests/scripts/bundle.sh` of fluxcd/flux2).
 * They come from `dist/distribution.json.gz`, which `scripts/build-distribution.mjs` makes out of the controllers' Go modules.
 */
import { isObject, listAt, objectAt, textAt, type JsonObject } from "../manifest/json.ts";

export interface Distribution {
  /** `v2.9.5`. */
  readonly version: string;
  /** The controllers in the order of the release's kustomization, by name. */
  readonly components: ReadonlyMap<string, Component>;
  readonly roles: readonly JsonObject[];
  readonly policies: readonly JsonObject[];
}

export interface Component {
  readonly version: string;
  readonly objects: readonly JsonObject[];
}

/** What `flux install` installs by itself, and what it can install besides. */
export const defaultComponents: readonly string[] = [
  "source-controller",
  "kustomize-controller",
  "helm-controller",
  "notification-controller",
];
export const extraComponents: readonly string[] = [
  "image-reflector-controller",
  "image-automation-controller",
  "source-watcher",
];

/** Reads the unpacked file; undefined when it is another file. */
export function readDistribution(content: unknown): Distribution | undefined {
  const version = textAt(content, "version");
  if (version === undefined) {
    return undefined;
  }
  const components = Object.entries(objectAt(content, "components")).map(
    ([name, component]): [string, Component] => [
      name,
      { version: textAt(component, "version") ?? "", objects: objects(component, "objects") },
    ],
  );
  return {
    version,
    components: new Map(components),
    roles: objects(content, "roles"),
    policies: objects(content, "policies"),
  };
}

function objects(value: unknown, key: string): readonly JsonObject[] {
  return listAt(value, key).filter(isObject);
}

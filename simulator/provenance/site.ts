/** Something in the inputs of an applier that may decide what is rendered, as the facade names it. */

export type FieldPath = readonly (string | number)[];

export type Site =
  /** A field of the HelmRelease or Kustomization itself. */
  | { readonly in: "applier"; readonly path: FieldPath }
  /** In the YAML that a key of a ConfigMap or Secret holds; an empty path means all of its text. */
  | {
      readonly in: "data";
      readonly kind: "ConfigMap" | "Secret";
      readonly namespace: string;
      readonly name: string;
      readonly key: string;
      readonly path: FieldPath;
    }
  /** A default of the chart: a path in its values. */
  | { readonly in: "defaults"; readonly path: FieldPath };

/** One thing that an experiment can change, and the ways to do so: the first that the chart doesn't refuse counts. */
export interface Candidate {
  readonly site: Site;
  readonly ways: readonly Way[];
  /** What stands there now, as text; the key where that is renamed. */
  readonly text: string;
}

export type Way = "other" | "remove" | "rename";

export function siteKey(site: Site): string {
  switch (site.in) {
    case "applier":
    case "defaults":
      return JSON.stringify([site.in, ...site.path]);
    case "data":
      return JSON.stringify([site.kind, site.namespace, site.name, site.key, ...site.path]);
  }
}

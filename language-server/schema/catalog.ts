/** What a source of schemas is, and what can be said about the apiVersion and kind of a document. Types only. */
import type { Schema } from "./schema.ts";

export interface TypeName {
  readonly apiVersion: string;
  readonly kind: string;
}

/** `file`: not an object of a cluster, such as a kustomization.yaml. */
export type Scope = "namespaced" | "cluster" | "file";

export type PackName =
  "flux" | "flux-operator" | "kubernetes" | "gateway-api" | "flagger" | "kustomize";

/** Where a schema comes from; `describeProvenance` says it in words. */
export type Provenance =
  | { readonly from: "workspace"; readonly path: string; readonly line: number }
  | { readonly from: "cluster"; readonly name: string }
  | { readonly from: "bundled"; readonly pack: PackName; readonly version: string };

export interface KindSchema extends TypeName {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly scope: Scope;
  readonly schema: Schema;
  readonly provenance: Provenance;
  /** What the API server would warn of; only there for versions that are deprecated. */
  readonly deprecation?: string;
  /** False for outlines written by hand: a field they do not know may still exist. */
  readonly complete: boolean;
}

/** A row for completion of `apiVersion` and `kind`; finding its schema may cost more. */
export interface KindSummary extends TypeName {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly scope: Scope;
  readonly deprecated: boolean;
}

/** Bundled packs, the CRDs of a workspace and a connected cluster all look like this. Synchronous, nothing throws. */
export interface SchemaSource {
  find(name: TypeName): KindSchema | undefined;
  kinds(): readonly KindSummary[];
}

/** What is to be known about the apiVersion and kind of a document, in the versions of Flux and Kubernetes selected. */
export type Resolution =
  | { readonly outcome: "found"; readonly kind: KindSchema; readonly notice?: Deprecation }
  | {
      /** The version exists, but in other minors of Flux or Kubernetes. */
      readonly outcome: "not-served";
      readonly reason: "removed" | "not-yet";
      /** `Flux 2.8`, `Kubernetes 1.32`: the first that no longer, or that first, has it. */
      readonly since: string;
      /** What is served instead, best first. */
      readonly served: readonly string[];
      /** Its schema in the nearest minor that has it. */
      readonly kind?: KindSchema;
    }
  /** Group and kind are known, the version never existed in any minor. */
  | { readonly outcome: "unknown-version"; readonly served: readonly string[] }
  /** `group` says whether another kind of this group is known: then the kind is probably misspelled. */
  | {
      readonly outcome: "unknown-kind";
      readonly groupKnown: boolean;
      readonly similar: readonly TypeName[];
    };

export interface Deprecation {
  /** `Flux 2.6`, `Kubernetes 1.33`; absent when unknown. */
  readonly since?: string;
  /** The first minor without it, when there is one already. */
  readonly removedIn?: string;
  readonly replacement?: string;
  readonly message: string;
}

/** In which minors a field exists: `since` is absent when it is as old as what is bundled, `until` names the first without it. */
export interface FieldLife {
  readonly since?: string;
  readonly until?: string;
}

/** A place in a schema: names of fields, `[]` for elements of a list, `*` for values of a map with free keys. */
export type SchemaPath = readonly string[];

export interface Catalog {
  resolve(name: TypeName): Resolution;
  /** The schema alone: `resolve` without what is removed or unknown. */
  find(name: TypeName): KindSchema | undefined;
  /** Everything served in the selected versions, workspace and cluster included. */
  kinds(): readonly KindSummary[];
  /** `undefined` when no minor knows the field, or when the schema is not bundled. */
  fieldLife(name: TypeName, path: SchemaPath): FieldLife | undefined;
}

export interface CatalogOptions {
  /** `2.9` */
  readonly flux: string;
  /** `1.34`; also `1.34.2` or empty for the newest bundled. */
  readonly kubernetes: string;
  /** Wins over everything: CRDs found in the workspace. */
  readonly workspace?: SchemaSource;
  /** Wins over bundled schemas. */
  readonly cluster?: SchemaSource;
}

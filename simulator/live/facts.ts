/** What a cluster said about itself, as an input of a simulation: it fills what the repository leaves open. */
import type { FluxMinor } from "../engine/protocol.ts";
import type { JsonObject } from "../manifest/json.ts";

/** The release that helm-controller finds, decoded from Helm's storage. */
export interface StoredRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: string;
  readonly chart: {
    readonly name: string;
    readonly version: string;
    /** Default values of the chart as it was stored, those of its subcharts left out. */
    readonly values?: JsonObject;
  };
  /** The values that were given, not those of the chart. */
  readonly config: JsonObject;
  /** What is in its inventory, as YAML. */
  readonly manifest: string;
  /** Each hook as YAML; they are no part of `manifest`. */
  readonly hooks?: readonly string[];
  /** `ssa` or `csa`: how its objects were applied. Helm 4 says so. */
  readonly applyMethod?: string;
}

/** Flags of the running controllers that change renders; the others that exist do not. */
export interface ControllerFlags {
  /** `--no-cross-namespace-refs`, by controller. */
  readonly noCrossNamespaceRefs: readonly string[];
  /** `--no-remote-bases` of kustomize-controller. */
  readonly noRemoteBases: boolean;
}

export interface ClusterFacts {
  /** The context of the kubeconfig. */
  readonly context: string;
  readonly kubeVersion?: string;
  /** `group/version` and `group/version/Kind`, all that is served. */
  readonly apiVersions?: readonly string[];
  readonly flux?: FluxMinor;
  readonly featureGates?: Readonly<Record<string, boolean>>;
  readonly flags?: ControllerFlags;
  /** By `Kind/namespace/name` (ConfigMaps, Secrets, sources, InputProviders …); null: it is not there. What was not asked for is absent. */
  readonly objects: ReadonlyMap<string, JsonObject | null>;
  /** Answers of `lookup` by key of the need, as JSON text; null: nothing there. */
  readonly lookups: ReadonlyMap<string, string | null>;
  /** By `<storage namespace>/<release name>`; null: no release. */
  readonly releases: ReadonlyMap<string, StoredRelease | null>;
  /** What was asked for and not told, by its key, with the reason in words. */
  readonly refused?: ReadonlyMap<string, string>;
}

/** What an object of the cluster is wanted for. Keys of a decryption are read only when the user says so. */
export type FactUse = "data" | "decryption" | "source" | "applier";

/** One thing that a simulation would have needed from the cluster. `key` is the key it has in `ClusterFacts`. */
export type LackingFact = {
  readonly key: string;
  /** The applier that needs it: `ApplierRecord.id`. */
  readonly applier?: string;
} & (
  | {
      readonly kind: "object";
      readonly use: FactUse;
      readonly apiVersion: string;
      readonly objectKind: string;
      readonly namespace: string;
      readonly name: string;
    }
  | {
      readonly kind: "lookup";
      readonly apiVersion: string;
      readonly objectKind: string;
      readonly namespace: string;
      /** Empty for a list. */
      readonly name: string;
    }
  | {
      readonly kind: "release";
      readonly storageNamespace: string;
      readonly name: string;
    }
);

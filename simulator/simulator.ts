/**
 * The facade's verbs: simulate a tree, plan the change between two simulations, show one object.
 * A simulator is long-lived: it remembers builds by what they read, so that an edit costs only what it touches.
 */
import type { Distribution } from "./distribution/distribution.ts";
import type { FluxMinor } from "./engine/protocol.ts";
import type { ClusterFacts, LackingFact } from "./live/facts.ts";
import type { Engine, FileTree, Live, Log, Sources } from "./ports.ts";
import type { ClusterOutlook } from "./plan/outlook.ts";
import type { LineOrigins, LineQuestion, ValueEffects } from "./provenance/line-origins.ts";
import type { Site } from "./provenance/site.ts";
import type { Shard } from "./shard.ts";
import type { ApplierRecord, ImageUse, ObjectRef, Place, Plan, Problem } from "./records.ts";

/** A YAML text from outside the tree, given by `--root` or `--live`. */
export interface GivenFile {
  readonly name: string;
  readonly text: string;
}

export interface SimulationOptions {
  /** Folders of the tree where a cluster starts (`--path`). Empty: found by themselves. */
  readonly paths: readonly string[];
  /** Flux objects to start from instead of discovery (`--root`). */
  readonly roots: readonly GivenFile[];
  /**
   * Objects that exist on the cluster (`--live`). When any is given they are all there is: what is neither rendered
   * nor live is missing. When none is given, the content of the cluster is unknown and nothing is claimed about it.
   */
  readonly live: readonly GivenFile[];
  /** Sources that are a given tree (`--source`); key `Kind/namespace/name`. */
  readonly sources: ReadonlyMap<string, FileTree>;
  /** URLs of the remotes of the tree's Git repository: a GitRepository with one of them is the tree itself. */
  readonly remoteUrls: readonly string[];
  readonly flux: FluxMinor;
  readonly kubeVersion?: string;
  /** Whether releases are rendered as they are installed or as they are upgraded: templates can tell. */
  readonly helm: "install" | "upgrade";
  /** Custom API versions of the cluster beyond those of the CRDs that are rendered or live, as `group/version[/Kind]`. */
  readonly apiVersions: readonly string[];
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly ageIdentities: readonly string[];
  /** What a cluster said: it fills what the repository leaves open. For simulations of one cluster (`paths`). */
  readonly cluster?: ClusterFacts;
  /** Only the cluster of this name (`ApplierRecord.cluster`), for a plan against the one that it is. */
  readonly only?: string;
  /** Only a part of the clusters; for repositories that are too big for one machine. */
  readonly shard?: Shard;
}

export const defaultOptions: SimulationOptions = {
  paths: [],
  roots: [],
  live: [],
  sources: new Map(),
  remoteUrls: [],
  flux: "2.9",
  helm: "install",
  apiVersions: [],
  featureGates: {},
  ageIdentities: [],
};

/** The outcome of rendering one tree. Opaque but for what is listed here; give it back to the simulator's other verbs. */
export interface Simulation {
  readonly tree: FileTree;
  readonly options: SimulationOptions;
  /** In a stable order: clusters by name, then parents before children, then by ref. */
  readonly appliers: readonly ApplierRecord[];
  readonly problems: readonly Problem[];
  /** The clusters of the tree, those of other parts included, for `Shard.order` of the other side. */
  readonly allClusters?: readonly string[];
  /** With `SimulationOptions.cluster`: what it has not told and the simulation would have needed, by key. */
  readonly lacking?: readonly LackingFact[];
  /** With `SimulationOptions.cluster`: names of what was taken from it, never values. */
  readonly taken?: readonly string[];
}

/** One object with the applier that applies it, as `sluice build` prints it. */
export interface RenderedEntry {
  readonly applier: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly cluster: string;
  readonly ref: ObjectRef;
  /** Canonical JSON of the object (numbers beyond 2^53 keep their digits here). */
  readonly json: string;
  readonly origin?: Place;
}

/** What a chart gives to a HelmRelease that sets nothing. */
export interface ChartDefaults {
  readonly name: string;
  readonly version: string;
  /** Default values as JSON. */
  readonly values?: string;
  /** `values.schema.json`, as it is. */
  readonly schema?: string;
}

export interface RenderedOptions {
  /** `omit` leaves Secret objects out and masks their values elsewhere; `show` prints everything as it is. */
  readonly secrets: "omit" | "show";
  readonly origins: boolean;
}

export interface Progress {
  readonly stage: "discover" | "fetch" | "render" | "compare" | "ask";
  readonly done: number;
  readonly total: number;
}

export interface SimulationContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Called and awaited between steps, so that what shares the thread has its turn. */
  readonly turn?: () => Promise<void> | undefined;
  /**
   * What is on the cluster now: the other side of a plan. With `helm: "upgrade"` a HelmRelease that becomes another release is
   * then rendered as the installation that it will be, and `preserveValues` takes over the values.
   */
  readonly previous?: Simulation;
}

/** Two sides of an object; a side that does not exist is absent. */
export interface LiveTexts {
  readonly before?: string;
  readonly after?: string;
}

export interface Simulator {
  /** Rejects only with an `AbortError`. */
  simulate(
    tree: FileTree,
    options: SimulationOptions,
    context?: SimulationContext,
  ): Promise<Simulation>;
  /** Without `base` every object counts as unchanged: the plan then holds appliers and problems only. */
  plan(base: Simulation | undefined, target: Simulation, signal?: AbortSignal): Promise<Plan>;
  /**
   * What a push would do to a cluster: the appliers and objects of `target` against what is there. `target` has one cluster. Nothing
   * but reads and dry runs is sent, at most 20 at a time. A connection that is lost gives a plan that says so.
   */
  livePlan(target: Simulation, live: Live, context?: SimulationContext): Promise<Plan>;
  /**
   * Both sides of one change (`Change.id`) of a plan against a cluster as YAML with secrets digested: what is there, and what would be
   * stored. `undefined` for a change that is not of this plan; the plan has to be the very one that `livePlan` gave.
   */
  liveTexts(plan: Plan, change: string): LiveTexts | undefined;
  /** Everything the simulation renders, in a stable order. */
  rendered(
    simulation: Simulation,
    options: RenderedOptions,
    signal?: AbortSignal,
  ): Promise<readonly RenderedEntry[]>;
  /**
   * Effective values of a HelmRelease as YAML, with comments that say where each comes from and secrets digested;
   * `undefined` for what is no HelmRelease, or has no values because its chart or they themselves can't be had.
   */
  releaseValues(
    simulation: Simulation,
    applier: string,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /** Of the chart that a HelmRelease was rendered with; `undefined` for what is no HelmRelease, or whose chart can't be had. */
  chartDefaults(
    simulation: Simulation,
    applier: string,
    signal?: AbortSignal,
  ): Promise<ChartDefaults | undefined>;
  /** Everything one applier applies, as YAML documents with secrets digested; `undefined` when it is not rendered. */
  applierText(
    simulation: Simulation,
    applier: string,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /** Who would be told about what after the push, and what image automation and Flagger would do; clusters without any of it are left out. */
  outlook(simulation: Simulation, signal?: AbortSignal): Promise<readonly ClusterOutlook[]>;
  /** Every container image of a simulation, with the objects that name it; sorted by cluster and image. */
  images(simulation: Simulation, signal?: AbortSignal): Promise<readonly ImageUse[]>;
  /** One rendered object as YAML with secrets digested; `undefined` when this side doesn't have it. `object` is `<apiVersion>/<Kind>/<namespace>/<name>`. */
  objectText(
    simulation: Simulation,
    applier: string,
    object: string,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /**
   * What decides a line of an object, found by rendering again with other inputs: at most 200 times, for `experimentTime`. `undefined`
   * for what is not rendered, or by nothing that can be tried.
   */
  lineOrigins(
    simulation: Simulation,
    applier: string,
    question: LineQuestion,
    signal?: AbortSignal,
  ): Promise<LineOrigins | undefined>;
  /** The lines that become others with a value, or with any value below a field. `undefined` as above. */
  valueEffects(
    simulation: Simulation,
    applier: string,
    site: Site,
    signal?: AbortSignal,
  ): Promise<ValueEffects | undefined>;
  /** A file of the chart that a HelmRelease was rendered with, by its path in the chart. */
  chartFile(simulation: Simulation, applier: string, path: string): Promise<string | undefined>;
  /** Sources that could not be had are asked for again by the next simulation. */
  retrySources(): void;
  dispose(): Promise<void>;
}

export interface SimulatorPorts {
  readonly engine: Engine;
  readonly sources: Sources;
  /** The install manifests of Flux, asked for when a FluxInstance is rendered. Without them its components are unknown. */
  readonly distribution?: () => Promise<Distribution | undefined>;
  /** Milliseconds that `lineOrigins` and `valueEffects` may try things; 5000 when absent. */
  readonly experimentTime?: number;
  readonly log?: Log;
}

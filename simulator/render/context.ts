/** What every stage of one simulation may use: the ports, the options, the memories that outlive a simulation. */
import type { Distribution } from "../distribution/distribution.ts";
import type { Need } from "../engine/protocol.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { Engine, FileTree } from "../ports.ts";
import type { SimulationOptions } from "../simulator.ts";
import type { Artifacts } from "./artifact.ts";
import type { BuildMemo } from "./build-memo.ts";
import type { FactsView } from "./facts-view.ts";
import type { LiveObjects } from "./live.ts";
import type { Outcome } from "./node.ts";
import type { Remote, Remotes } from "./remotes.ts";

/** Lives as long as the simulator. */
export interface Memory {
  readonly engine: Engine;
  readonly artifacts: Artifacts;
  readonly builds: BuildMemo;
  readonly remotes: Remotes;
  /** The install manifests of Flux; `undefined` where they are not shipped. */
  readonly distribution: (() => Promise<Distribution | undefined>) | undefined;
  /** What renders asked of the cluster, by the part of their key that does not hold the answers. */
  readonly asked: Map<string, Asked>;
  /** Trees that are put together of others (`spec.include`), so that the same parts give the same tree. */
  readonly composites: Map<string, Composite>;
  /** Remotes that a build with this key needed the last time. */
  readonly needed: Map<string, readonly Remote[]>;
  /** A short id for an artifact, the same as long as the simulator lives. */
  readonly artifactId: (key: string) => string;
}

export interface Composite {
  readonly base: FileTree;
  readonly parts: readonly FileTree[];
  readonly tree: FileTree;
}

export interface Asked {
  readonly lookups: readonly Extract<Need, { readonly kind: "lookup" }>[];
  /** ConfigMaps and Secrets, as `Kind/namespace/name`. */
  readonly data: readonly string[];
  /** Absent when the engine could not tell. */
  readonly apiVersions?: readonly string[];
}

export interface PreviousApplier {
  readonly object: JsonObject;
  readonly built: Outcome;
}

export interface RenderContext {
  readonly memory: Memory;
  readonly tree: FileTree;
  readonly options: SimulationOptions;
  readonly live: LiveObjects;
  /** What a live cluster said, where one was asked (`SimulationOptions.cluster`). */
  readonly facts?: FactsView;
  /** What the simulation of the cluster as it is now knows of an applier. */
  readonly previous: ((applier: string) => PreviousApplier | undefined) | undefined;
  /** Set where only what the files are read for matters: HelmReleases are left out. */
  readonly withoutReleases?: boolean;
  readonly signal: AbortSignal | undefined;
  /** Awaited between steps, so that what shares the thread has its turn. */
  readonly turn: (() => Promise<void> | undefined) | undefined;
  /** Called with what is worth knowing about a fetched source: an old copy, a signature that can't be checked here. */
  readonly onRemarks: (source: string, remarks: readonly string[]) => void;
  /** Called when a build starts (`+1` to do) and when it is done. */
  readonly onBuild: (event: "started" | "done" | "remembered") => void;
}

export function gate(options: SimulationOptions, name: string, byDefault: boolean): boolean {
  return options.featureGates[name] ?? byDefault;
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
}

/** Between steps: others have their turn, and who is not wanted any more ends here. */
export async function giveWay({
  turn,
  signal,
}: Pick<RenderContext, "turn" | "signal">): Promise<void> {
  await turn?.();
  throwIfAborted(signal);
}

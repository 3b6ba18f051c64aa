/**
 * What the server needs of the world outside, given to it by `main.ts` (Node) or `browser.ts` (web worker).
 * Everything behind these interfaces may do I/O; nothing in front of them does.
 */
import type { FileTree, Simulator } from "#simulator";

import type {
  FailureReason,
  InitializationOptions,
  PlanNote,
  SluiceSettings,
} from "../protocol.ts";

/** The other side of the comparison, or why there is none. */
export type BaseAnswer =
  | { readonly outcome: "tree"; readonly tree: FileTree }
  | { readonly outcome: "none"; readonly note: PlanNote };

/** One tree of files on disk and its history. */
export interface FolderHost {
  /** URI of the tree's root, as `canonicalRoot` spells it. */
  readonly root: string;
  /** Reads everything. `overlay` holds unsaved text by path in the tree. */
  read(overlay: ReadonlyMap<string, string>, signal: AbortSignal): Promise<FileTree>;
  /** Reads the named paths again and shares the rest; the same reference when nothing differs. */
  refresh(
    tree: FileTree,
    changed: readonly string[],
    overlay: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<FileTree>;
  /** Changes whenever `base` would answer with another tree. Cheap. */
  baseKey(spec: string): Promise<string>;
  base(spec: string, known: FileTree, signal: AbortSignal): Promise<BaseAnswer>;
  remoteUrls(): Promise<readonly string[]>;
  /** What was left out of the last reading. */
  notes(): readonly PlanNote[];
  dispose(): Promise<void>;
}

export interface AgeKeys {
  readonly identities: readonly string[];
  readonly notes: readonly PlanNote[];
}

export interface ServerHost {
  /** Called once, before anything else. */
  initialize(options: InitializationOptions): void;
  /** Throws a `HostFailure` when the folder can't be read. */
  openFolder(uri: string): Promise<FolderHost>;
  /** A simulator for these settings; called once for each combination. Throws a `HostFailure`. */
  createSimulator(network: NetworkSettings): Promise<Simulator>;
  /** The bytes of a pack of schemas; absent where none are shipped. Rejects when it can't be read. */
  readonly readSchemas?: (file: string) => Promise<Uint8Array>;
  /** What a gzipped tar archive holds; absent in a browser. Throws a `HostFailure` when it can't be read. */
  readonly readArchive?: (file: string, label: string, signal: AbortSignal) => Promise<FileTree>;
  /** Never called in an untrusted workspace. */
  ageKeys(file: string): Promise<AgeKeys>;
}

export type NetworkSettings = Pick<SluiceSettings, "offline" | "allowPrivateNetwork">;

/** Something the person has to mend before anything can be simulated. The message is shown as it is. */
export class HostFailure extends Error {
  readonly reason: FailureReason;
  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** One consistent answer about one folder: what was read, what it renders, and the plan. Immutable. */
import type { FileTree, Plan, Simulation } from "#simulator";

import type { PlanNote, SluiceSettings } from "../protocol.ts";

export interface Snapshot {
  readonly revision: number;
  readonly tree: FileTree;
  readonly settings: SluiceSettings;
  /** `FolderHost.baseKey` at that moment. */
  readonly baseKey: string;
  /** The simulation options as text, to see whether they changed. */
  readonly optionsKey: string;
  readonly base?: Simulation;
  /** Why there is no base. */
  readonly baseNote?: PlanNote;
  readonly target: Simulation;
  readonly plan: Plan;
  readonly notes: readonly PlanNote[];
}

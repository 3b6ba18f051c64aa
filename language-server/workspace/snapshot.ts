/** One consistent answer about one folder: what was read, what it renders, and the plan. Immutable. */
import type { FileTree, Plan, Simulation, SimulationOptions } from "#simulator";

import type { PlanNote, SluiceSettings } from "../protocol.ts";

export interface Snapshot {
  readonly revision: number;
  readonly tree: FileTree;
  readonly settings: SluiceSettings;
  /** `FolderHost.baseKey` at that moment. */
  readonly baseKey: string;
  readonly options: SimulationOptions;
  /** The simulation options as text, to see whether they changed. */
  readonly optionsKey: string;
  readonly base?: Simulation;
  /** Why there is no base. */
  readonly baseNote?: PlanNote;
  readonly target: Simulation;
  readonly plan: Plan;
  /** Against a cluster, when the base is one: what people see. The rules go on with `target` and `plan`, which are about the whole folder. */
  readonly live?: {
    readonly target: Simulation;
    readonly plan: Plan;
    /** The plan as the simulator gave it, by which it knows the texts of its changes. */
    readonly asked: Plan;
  };
  readonly notes: readonly PlanNote[];
}

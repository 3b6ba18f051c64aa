/** The facade of the simulator: the only file other rooms import (besides `node/index.ts` and `web/index.ts`). */
export type {
  AnswerStore,
  Engine,
  FileTree,
  GitSourceRequest,
  HttpSourceRequest,
  Log,
  SourceAnswer,
  SourceRequest,
  Sources,
  TreeFile,
} from "./ports.ts";
export type { FluxMinor } from "./engine/protocol.ts";
export type {
  ApplierRecord,
  ApplierState,
  Change,
  FieldChange,
  ObjectRef,
  Place,
  Plan,
  PlanApplier,
  PlanCluster,
  PlanCounts,
  Problem,
  ProblemCode,
} from "./records.ts";
export type {
  GivenFile,
  Progress,
  RenderedEntry,
  RenderedOptions,
  Simulation,
  SimulationOptions,
  Simulator,
  SimulatorPorts,
} from "./simulator.ts";
export { defaultOptions } from "./simulator.ts";
export { createSimulator } from "./create-simulator.ts";
export { withStoredAnswers } from "./render/stored-answers.ts";
export { objectId, refTitle } from "./flux/object-ref.ts";
export { jsonToYaml } from "./plan/rendered.ts";
export { problemKey } from "./plan/plan.ts";

/** The facade of the simulator: the only file other rooms import (besides `node/index.ts` and `web/index.ts`). */
export type {
  AnswerStore,
  BucketSourceRequest,
  ChartSourceRequest,
  Engine,
  FileTree,
  GitRef,
  GitSourceRequest,
  HttpSourceRequest,
  KubeconfigSecret,
  Live,
  LiveRequest,
  LiveResponse,
  Log,
  OciSourceRequest,
  PickVersion,
  RemoteAnswer,
  SourceAccess,
  SourceAnswer,
  SourceRequest,
  Sources,
  TreeFile,
  Verification,
} from "./ports.ts";
export type { FluxMinor, VersionRequest } from "./engine/protocol.ts";
export type {
  ApplierRecord,
  ApplierState,
  Change,
  ChangeKnowledge,
  ChartChange,
  DriftedObject,
  FieldChange,
  ImageUse,
  ObjectRef,
  Place,
  Plan,
  PlanApplier,
  PlanCluster,
  PlanCounts,
  PlanLive,
  PlanShard,
  Problem,
  ProblemCode,
  Risk,
  RiskCode,
  RiskSeverity,
} from "./records.ts";
export type {
  GivenFile,
  Progress,
  ChartDefaults,
  LiveTexts,
  RenderedEntry,
  RenderedOptions,
  Simulation,
  SimulationOptions,
  Simulator,
  SimulatorPorts,
} from "./simulator.ts";
export { defaultOptions } from "./simulator.ts";
export type { ServedKind } from "./live/ask/kinds.ts";
export { aggregatedKinds, pathOf as resourcePath } from "./live/ask/kinds.ts";
export type { ClusterFacts, LackingFact, StoredRelease } from "./live/facts.ts";
export type { FactsReader, FactsReaderOptions } from "./live/inputs/facts-reader.ts";
export { createFactsReader } from "./live/inputs/facts-reader.ts";
export type { ClusterMatch, ClusterRoot } from "./live/inputs/match-cluster.ts";
export { matchCluster, rootsOf } from "./live/inputs/match-cluster.ts";
export type { OnClusterContext } from "./live/inputs/simulate-on-cluster.ts";
export { simulateOnCluster } from "./live/inputs/simulate-on-cluster.ts";
export { createSimulator } from "./create-simulator.ts";
export { withStoredAnswers } from "./render/stored-answers.ts";
export { fluxApiVersion, fluxKind, fluxKindOf, fluxKinds, isFluxKind } from "./flux/kinds.ts";
export type { FluxKind, FluxKindName } from "./flux/kinds.ts";
export { versionPicker } from "./pick-version.ts";
export { isInnerApplier } from "./flux/applier.ts";
export type { Decider, Effect } from "./provenance/deciders.ts";
export type { LinePath } from "./provenance/line-state.ts";
export type { ChartSpot, LineOrigins, ValueEffects } from "./provenance/line-origins.ts";
export type { FieldPath, Site } from "./provenance/site.ts";
export type { ClusterOutlook } from "./plan/outlook.ts";
export type { Publication, PublicationBase, SimulatedPublication } from "./plan/publication.ts";
export { simulatePublication } from "./plan/publication.ts";
export { sourceTitle } from "./source-title.ts";
export { groupBy } from "./flux/group-by.ts";
export { objectId, refTitle } from "./flux/object-ref.ts";
export { jsonToYaml } from "./plan/rendered.ts";
export { problemKey } from "./plan/plan.ts";
export type { Merged, PlanPart } from "./plan/merge.ts";
export { dependentsOf } from "./plan/dependents.ts";
export { mergePlans } from "./plan/merge.ts";
export type { Shard } from "./shard.ts";
export { riskRules } from "./plan/risks/index.ts";
export type { RiskSettings } from "./plan/risks/suppression.ts";
export { withRiskSettings } from "./plan/risks/suppression.ts";
export type { Json, JsonObject } from "./manifest/json.ts";
export { flagAt, isObject, listAt, objectAt, textAt } from "./manifest/json.ts";
export { groupOf } from "./flux/object-ref.ts";
export type { Condition } from "./flux/conditions.ts";
export { conditionsOf, findCondition } from "./flux/conditions.ts";
export type { LiveState, LiveStatus } from "./flux/status.ts";
export { liveStatus, stateRank } from "./flux/status.ts";
export type { ManagedHealth, ManagedStatus } from "./flux/status-managed.ts";
export { managedStatus } from "./flux/status-managed.ts";
export { durationOf } from "./flux/status-duration.ts";
export type { SuspendMechanism } from "./flux/status-switches.ts";
export {
  isForceable,
  isReconcilable,
  isResettable,
  isStatic,
  isSuspended,
  suspendMechanism,
} from "./flux/status-switches.ts";
export {
  appliesElsewhere,
  ownerSelector,
  inventoryRefs,
  inventoryText,
  ownersOf,
  refOf,
} from "./flux/ownership.ts";
export type { FindObject, Trace, TraceHop } from "./flux/trace.ts";
export { sameRepository } from "./flux/git-url.ts";
export { expectedRevision, dependenciesOf, sourceChain, sourcesOf, trace } from "./flux/trace.ts";
export type { Headline } from "./manifest/headlines.ts";
export { headlines } from "./manifest/headlines.ts";
export { lineOfDepth } from "./manifest/depth.ts";
export type { Distribution } from "./distribution/distribution.ts";
export { defaultComponents, readDistribution } from "./distribution/distribution.ts";
export type {
  BootstrapFile,
  BootstrapOptions,
  BootstrapPlan,
  BootstrapSource,
} from "./distribution/bootstrap.ts";
export { fluxFolder, planBootstrap } from "./distribution/bootstrap.ts";
export type {
  AutomationUpdate,
  ChosenImage,
  ImageTags,
  ImageUpdates,
} from "./flux/image-updates.ts";
export { planImageUpdates } from "./flux/image-updates.ts";

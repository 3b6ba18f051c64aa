/**
 * The door for `sluice lint`: the rules over a whole tree at once, with what a simulation found when there is one. The same rules as
 * in the editor, in the same order.
 */
import type { FileTree, Plan, Simulation, Simulator } from "#simulator";

import { renderedObjects } from "./features/rendered-objects.ts";
import type { ModelOptions } from "./model/model-store.ts";
import { ModelStore } from "./model/model-store.ts";
import { createTruth } from "./model/truth.ts";
import { checkFile } from "./rules/check-file.ts";
import type { Diagnosis } from "./rules/diagnosis.ts";
import type { HeardProblem, PlacedProblem } from "./rules/merge-problems.ts";
import { mergeProblems, problemsByPath, toRange } from "./rules/merge-problems.ts";
import type { RuleSettings } from "./rules/suppression.ts";
import { createCatalog } from "./schema/create-catalog.ts";
import type { Packs } from "./schema/packs.ts";
import { nextTurn } from "./workspace/turns.ts";

export type { ModelOptions } from "./model/model-store.ts";
export { ruleMetas } from "./rules/metas.ts";
export type { Diagnosis } from "./rules/diagnosis.ts";
export type { RuleMeta, Severity } from "./rules/rule.ts";
export type { RuleSettings } from "./rules/suppression.ts";
export { defaultRuleSettings } from "./rules/suppression.ts";
export type { Packs } from "./schema/packs.ts";

export interface LintInput {
  readonly tree: FileTree;
  readonly options: ModelOptions;
  readonly settings: RuleSettings;
  readonly packs?: Packs;
  /** Absent: nothing is rendered, and rules that would ask keep silent where they are not sure. */
  readonly simulated?: {
    readonly simulator: Simulator;
    readonly simulation: Simulation;
    readonly plan: Plan;
  };
}

export interface LintResult {
  /** By path, then by place. */
  readonly diagnoses: readonly Diagnosis[];
  readonly files: number;
  /** Rules that failed: bugs, one line each. */
  readonly bugs: readonly string[];
}

export async function lint(input: LintInput, signal: AbortSignal): Promise<LintResult> {
  const { tree, options, settings, packs, simulated } = input;
  const store = new ModelStore();
  store.setOptions(options);
  if (packs) store.setSchemas((given, workspace) => createCatalog(packs, { ...given, workspace }));
  store.setTree(tree);
  if (simulated) {
    const { simulator, simulation, plan } = simulated;
    store.setTruth(createTruth(plan, await renderedObjects(simulator, simulation, signal)));
  }
  const model = store.current;
  const problems = simulated
    ? problemsByPath(simulated.plan)
    : new Map<string, readonly PlacedProblem[]>();
  const bugs: string[] = [];
  const diagnoses: Diagnosis[] = [];
  const turn = nextTurn(signal);
  const paths = [...model.files.values()].filter(({ isYaml }) => isYaml).map(({ path }) => path);
  for (const path of [...new Set([...paths, ...problems.keys()])].sort()) {
    await turn();
    const found = checkFile(model, path, settings, (rule, at, error) =>
      bugs.push(
        `${rule} failed on ${at}: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
    const hearing = { settings, file: model.manifest(path) };
    const merged = mergeProblems(found, problems.get(path) ?? [], hearing);
    diagnoses.push(...merged.diagnoses, ...merged.rest.map(toDiagnosis));
  }
  return { diagnoses, files: paths.length, bugs };
}

function toDiagnosis({ problem, place, severity }: HeardProblem): Diagnosis {
  const code = `simulation/${problem.code}`;
  return {
    code,
    rule: code,
    path: place.path,
    range: toRange(place),
    severity,
    message: problem.message,
    related: [],
    fixes: [],
    tags: [],
  };
}

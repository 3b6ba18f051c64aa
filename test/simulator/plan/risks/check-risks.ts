/** How the tests of risks read: a tree before, edits after, and a line for each risk. */
import type { FileTree, Plan, Risk, SimulationOptions } from "#simulator";

import { gotkSync, kustomization } from "../../../support/flux.ts";
import { edited, fixture } from "../../../support/fixture.ts";
import { useSimulator } from "../../../support/simulator.ts";
import type { Bench } from "../../../support/simulator.ts";

type Edits = Readonly<Record<string, string | undefined>>;

/** A cluster with two Kustomizations, `apps` and `other`; their folders hold what the test says. */
export function treeOf(
  files: Edits,
  specs: { readonly apps?: string; readonly other?: string } = {},
): FileTree {
  const base = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", specs.apps)}
#- cluster/other.yaml
${kustomization("other", "./other", specs.other)}
#- other/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: apps }
#- apps/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: more, namespace: apps }
`);
  return edited(base, files);
}

type Ask<Answer> = (
  before: FileTree,
  after: FileTree | Edits,
  options?: Partial<SimulationOptions>,
) => Promise<Answer>;

export interface RiskBench {
  readonly bench: Bench;
  readonly plan: Ask<Plan>;
  /** `high data-loss PersistentVolumeClaim/data`, in the order of the plan; with `(comment)` when it is silenced. */
  readonly risks: Ask<readonly string[]>;
}

export function useRisks(): RiskBench {
  const bench = useSimulator();
  const plan: RiskBench["plan"] = (before, after, options) =>
    bench.plan(before, isTree(after) ? after : edited(before, after), options);
  return {
    bench,
    plan,
    risks: async (before, after, options) =>
      ((await plan(before, after, options)).risks ?? []).map(line),
  };
}

export function line({ code, severity, object, applier, suppressed }: Risk): string {
  const what = object === undefined ? applier : `${object.kind}/${object.name}`;
  const silenced = suppressed === undefined ? "" : ` (${suppressed})`;
  return `${severity} ${code.replace("risk/", "")} ${what}${silenced}`;
}

function isTree(value: FileTree | Edits): value is FileTree {
  return value["files"] instanceof Map;
}

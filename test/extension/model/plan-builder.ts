/** Short ways to write plans for tests of the extension's model. */
import type {
  ApplierRecord,
  Change,
  ObjectRef,
  Plan,
  PlanApplier,
  PlanCluster,
  Problem,
} from "#simulator";

import type { FolderView, FolderViews } from "../../../extension/model/folder-view.ts";
import { nextViews } from "../../../extension/model/folder-view.ts";

export const folder = "file:///home/me/my%20repo";

/** `Deployment apps/podinfo`, or `Namespace apps`. */
function ref(text: string): ObjectRef {
  const [kind = "", rest = ""] = text.split(" ");
  const [name = "", namespace = ""] = rest.split("/").reverse();
  return { apiVersion: kind === "Deployment" ? "apps/v1" : "v1", kind, namespace, name };
}

export function change(kind: Change["kind"], text: string, rest: Partial<Change> = {}): Change {
  const object = ref(text);
  const applier = rest.applier ?? "production|Kustomization/flux-system/apps";
  const id = `${applier}|${object.apiVersion}/${object.kind}/${object.namespace}/${object.name}`;
  return { kind, id, ref: object, applier, fields: [], ...rest };
}

export function problem(message: string, rest: Partial<Problem> = {}): Problem {
  return { code: "build-failed", severity: "error", message, ...rest };
}

export function applier(
  name: string,
  rest: Partial<PlanApplier> & { readonly record?: Partial<ApplierRecord> } = {},
): PlanApplier {
  const { record, problems = [], ...item } = rest;
  const id = `production|Kustomization/flux-system/${name}`;
  return {
    applier: {
      id,
      cluster: "production",
      ref: ref(`Kustomization flux-system/${name}`),
      state: "ready",
      path: name,
      source: "GitRepository/flux-system/flux-system",
      dependsOn: [],
      objects: 3,
      ...record,
    },
    status: "unchanged",
    changes: [],
    ...item,
    problems: problems.map((found) => ({ ...found, applier: id })),
  };
}

export function plan(appliers: readonly PlanApplier[], rest: Partial<Plan> = {}): Plan {
  const changes = appliers.flatMap((item) => item.changes);
  const problems = appliers.flatMap((item) => item.problems);
  const of = (kind: Change["kind"]): number => changes.filter((item) => item.kind === kind).length;
  const clusters: PlanCluster[] = [{ name: "production", appliers }];
  return {
    base: "HEAD",
    target: "working tree",
    clusters,
    problems,
    oldProblems: [],
    images: { added: [], removed: [] },
    counts: {
      created: of("created"),
      changed: of("changed"),
      deleted: of("deleted"),
      moved: of("moved"),
      orphaned: of("orphaned"),
      errors: problems.filter(({ severity }) => severity === "error").length,
      warnings: problems.filter(({ severity }) => severity === "warning").length,
    },
    stats: {},
    ...rest,
  };
}

/** The views after the server sent these plans, one for each folder. */
export function viewsOf(...plans: readonly Plan[]): FolderViews {
  let views: FolderViews = new Map<string, FolderView>();
  for (const [index, item] of plans.entries()) {
    const uri = index === 0 ? folder : `${folder}${index}`;
    views = nextViews(views, { state: "ready", folder: uri, revision: 1, plan: item, notes: [] });
  }
  return views;
}

/**
 * A tiny simulator for tests of the server: one applier, one ConfigMap for each file, and a problem on each line
 * that says FIXME. It waits where a test asks it to, so that cancellation can be seen.
 */
import type { Change, FileTree, Plan, Problem, Simulation, Simulator, TreeFile } from "#simulator";

export interface FileSimulator extends Simulator {
  /** How many simulations were told to stop while they waited. They go on all the same, as a slow one might. */
  readonly cancelled: number;
  /** How many are waiting at the moment. */
  readonly waiting: number;
  /** Until it is called again with `undefined`, simulations wait for what this function gives. */
  holdUntil(wait: (() => Promise<void>) | undefined): void;
}

const applier = "cluster|Kustomization/flux-system/apps";

export function createFileSimulator(): FileSimulator {
  let cancelled = 0;
  let waiting = 0;
  let hold: (() => Promise<void>) | undefined;
  return {
    get cancelled() {
      return cancelled;
    },
    get waiting() {
      return waiting;
    },
    holdUntil: (wait) => void (hold = wait),
    async simulate(tree, options, context) {
      context?.onProgress?.({ stage: "render", done: 0, total: 1 });
      waiting++;
      await hold?.();
      waiting--;
      if (context?.signal?.aborted) cancelled++;
      return { tree, options, appliers: [], allClusters: ["cluster"], problems: problemsOf(tree) };
    },
    plan: async (base, target) => toPlan(base, target),
    liveTexts: (_plan, change) => ({ before: `live ${change}`, after: `applied ${change}` }),
    async livePlan(target, live, context) {
      const { status, body } = await live.request(
        { verb: "get", path: "/api/v1/namespaces" },
        context?.signal,
      );
      const nothing = { ...target, tree: { ...target.tree, files: new Map() } };
      return { ...toPlan(nothing, target), base: `${live.name}: ${status} ${body}` };
    },
    rendered: async () => [],
    objectText: async ({ tree }, _applier, object) =>
      textOf(tree, object.split("/").slice(3).join("/")),
    images: () => Promise.resolve([]),
    outlook: () => Promise.resolve([]),
    releaseValues: () => Promise.resolve(undefined),
    chartDefaults: () => Promise.resolve(undefined),
    applierText: () => Promise.resolve(undefined),
    lineOrigins: () => Promise.resolve(undefined),
    valueEffects: () => Promise.resolve(undefined),
    chartFile: () => Promise.resolve(undefined),
    retrySources: () => {},
    dispose: async () => {},
  };
}

function toPlan(base: Simulation | undefined, target: Simulation): Plan {
  const changes = base ? changesOf(base.tree, target.tree) : [];
  const item = {
    applier: {
      id: applier,
      cluster: "cluster",
      ref: {
        apiVersion: "kustomize.toolkit.fluxcd.io/v1",
        kind: "Kustomization",
        namespace: "flux-system",
        name: "apps",
      },
      state: "ready" as const,
      path: ".",
      source: "GitRepository/flux-system/flux-system",
      origin: { path: "apps.yaml", line: 2 },
      dependsOn: [],
      objects: target.tree.files.size,
    },
    status: "unchanged" as const,
    changes,
    problems: target.problems,
  };
  return {
    ...(base ? { base: base.tree.label } : {}),
    target: target.tree.label,
    clusters: [{ name: "cluster", appliers: [item] }],
    problems: target.problems,
    oldProblems: [],
    images: { added: [], removed: [] },
    counts: {
      created: count(changes, "created"),
      changed: count(changes, "changed"),
      deleted: count(changes, "deleted"),
      moved: 0,
      orphaned: 0,
      errors: target.problems.length,
      warnings: 0,
    },
    stats: {},
  };
}

function changesOf(base: FileTree, target: FileTree): readonly Change[] {
  const paths = [...new Set([...base.files.keys(), ...target.files.keys()])].sort();
  return paths.flatMap((path) => {
    const [before, after] = [base.files.get(path), target.files.get(path)];
    if (before?.id === after?.id) return [];
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "apps", name: path };
    return [
      {
        kind: kindOf(before, after),
        id: `${applier}|v1/ConfigMap/apps/${path}`,
        ref,
        applier,
        origin: { path, line: 1 },
        fields: [],
      } as const,
    ];
  });
}

function kindOf(before: TreeFile | undefined, after: TreeFile | undefined): Change["kind"] {
  if (!before) return "created";
  return after ? "changed" : "deleted";
}

function problemsOf(tree: FileTree): readonly Problem[] {
  return [...tree.files.keys()].flatMap((path) =>
    (textOf(tree, path) ?? "").split("\n").flatMap((line, index): readonly Problem[] => {
      const common = { code: "build-failed", severity: "error", message: line, applier } as const;
      if (line.includes("FIXME")) return [{ ...common, place: { path, line: index + 1 } }];
      return line.includes("NOWHERE") ? [common] : [];
    }),
  );
}

function count(changes: readonly Change[], kind: Change["kind"]): number {
  return changes.filter((change) => change.kind === kind).length;
}

function textOf(tree: FileTree, path: string): string | undefined {
  const bytes = tree.files.get(path)?.bytes;
  return bytes && new TextDecoder().decode(bytes);
}

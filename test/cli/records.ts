// Hand-made records and a terminal that remembers what was written, for the tests of the command.
import type {
  ApplierRecord,
  Change,
  Plan,
  Problem,
  RenderedEntry,
  Simulation,
  Simulator,
} from "#simulator";
import { defaultOptions } from "#simulator";

import { run } from "../../cli/run.ts";
import type { OpenSession } from "../../cli/run.ts";
import type { Request } from "../../cli/request.ts";
import type { Stream } from "../../cli/terminal.ts";
import type { Session } from "../../cli/verbs/verb.ts";

const flux = "kustomize.toolkit.fluxcd.io/v1";

export function applier(name: string, more: Partial<ApplierRecord> = {}): ApplierRecord {
  const cluster = more.cluster ?? "clusters/staging";
  return {
    id: `${cluster}|Kustomization/flux-system/${name}`,
    cluster,
    ref: { apiVersion: flux, kind: "Kustomization", namespace: "flux-system", name },
    state: "ready",
    path: name,
    source: "GitRepository/flux-system/flux-system",
    dependsOn: [],
    objects: 1,
    ...more,
  };
}

export function change(kind: Change["kind"], refText: string, more: Partial<Change> = {}): Change {
  const [objectKind = "", namespace = "", name = ""] = refText.split("/");
  const ref = { apiVersion: "v1", kind: objectKind, namespace, name };
  return { kind, id: `a|v1/${refText}`, ref, applier: "a", fields: [], ...more };
}

export function entry(
  owner: string,
  json: string,
  more: Partial<RenderedEntry> = {},
): RenderedEntry {
  return {
    applier: { kind: "Kustomization", namespace: "flux-system", name: owner },
    cluster: "clusters/staging",
    ref: { apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "settings" },
    json,
    ...more,
  };
}

export function problem(message: string, more: Partial<Problem> = {}): Problem {
  return { code: "build-failed", severity: "error", message, ...more };
}

export const emptyPlan: Plan = {
  base: "HEAD",
  target: "working tree",
  clusters: [],
  problems: [],
  oldProblems: [],
  images: { added: [], removed: [] },
  counts: { created: 0, changed: 0, deleted: 0, moved: 0, orphaned: 0, errors: 0, warnings: 0 },
  stats: { render: 12 },
};

/** A plan with one change of every kind, a failing applier and a problem that belongs to none. */
export const fullPlan: Plan = {
  ...emptyPlan,
  oldProblems: [
    "symlink-dropped||a link is left out",
    "build-failed|clusters/staging|Kustomization/flux-system/broken|kustomize build failed:\naccumulating resources",
  ],
  clusters: [
    {
      name: "clusters/staging",
      appliers: [
        {
          applier: applier("apps", { path: "apps/staging" }),
          status: "changed",
          changes: [
            change("created", "ConfigMap/default/new", {
              origin: { path: "apps/new.yaml", line: 1 },
            }),
            change("changed", "Deployment/default/web", {
              origin: { path: "apps/base/web.yaml", line: 12, column: 1 },
              fields: [
                { path: "/spec/replicas", kind: "changed", before: "1", after: "3" },
                {
                  path: "/spec/template/spec/containers/0/image",
                  kind: "changed",
                  before: '"web:1"',
                  after: '"web:2"',
                },
                { path: "/metadata/annotations/example.com~1note", kind: "added", after: '"hi"' },
                { path: "/metadata/labels/old", kind: "removed", before: '"x"' },
                {
                  path: "/data/a.ini",
                  kind: "changed",
                  before: '"a\\nb"',
                  after: '"a\\nc"',
                  lines: ["@ 7 lines", " a", "-b", "+c"],
                },
              ],
            }),
            change("deleted", "Service/default/old"),
            change("moved", "Namespace//shared", {
              from: "clusters/staging|Kustomization/flux-system/infra",
            }),
            change("orphaned", "PersistentVolumeClaim/default/data", { kept: "prune is off" }),
          ],
          problems: [],
        },
        {
          applier: applier("broken", { state: "failed", reason: "BuildFailed" }),
          status: "unchanged",
          changes: [],
          problems: [
            problem("kustomize build failed:\naccumulating resources", {
              applier: "clusters/staging|Kustomization/flux-system/broken",
              place: { path: "broken/kustomization.yaml", line: 3, column: 5 },
            }),
          ],
        },
        { applier: applier("quiet"), status: "unchanged", changes: [], problems: [] },
      ],
    },
  ],
  problems: [
    problem("kustomize build failed:\naccumulating resources", {
      applier: "clusters/staging|Kustomization/flux-system/broken",
      place: { path: "broken/kustomization.yaml", line: 3, column: 5 },
    }),
    problem("a secret is not decrypted", { code: "undecrypted", severity: "warning" }),
    problem("a link is left out", {
      code: "symlink-dropped",
      severity: "warning",
      place: { path: "link" },
    }),
  ],
  counts: { created: 1, changed: 1, deleted: 1, moved: 1, orphaned: 1, errors: 1, warnings: 2 },
};

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the command asked for, when it got so far. */
  readonly request: Request | undefined;
}

export interface FakeWorld {
  readonly appliers?: readonly ApplierRecord[];
  readonly problems?: readonly Problem[];
  readonly baseProblems?: readonly Problem[];
  readonly entries?: readonly RenderedEntry[];
  readonly plan?: Plan;
  readonly engine?: Session["engine"];
  readonly notes?: readonly string[];
  readonly fails?: Error;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs the command on a simulator that answers with the given records. */
export async function sluice(argv: readonly string[], world: FakeWorld = {}): Promise<Outcome> {
  const stdout = remember(world.terminal === true);
  const stderr = remember(world.terminal === true);
  let request: Request | undefined;
  const open: OpenSession = async (asked) => {
    request = asked;
    if (world.fails !== undefined) throw world.fails;
    return fakeSession(world, asked);
  };
  const signal = world.signal ?? new AbortController().signal;
  // No test reads or clears the user's own cache.
  const env = { XDG_CACHE_HOME: "/nonexistent", ...world.env };
  const code = await run(argv, { stdout, stderr, env }, open, signal);
  return { code, stdout: stdout.text(), stderr: stderr.text(), request };
}

function remember(isTTY: boolean): Stream & { readonly text: () => string } {
  const written: string[] = [];
  return {
    isTTY,
    write: (text) => written.push(text) > 0,
    once: () => undefined,
    off: () => undefined,
    text: () => written.join(""),
  };
}

function fakeSession(world: FakeWorld, request: Request): Session {
  const tree = (label: string): Session["target"] => ({ label, revision: "", files: new Map() });
  const simulator: Simulator = {
    simulate: async (simulated): Promise<Simulation> => ({
      tree: simulated,
      options: defaultOptions,
      appliers: world.appliers ?? [],
      problems: (simulated.label === "base" ? world.baseProblems : world.problems) ?? [],
    }),
    plan: async () => world.plan ?? emptyPlan,
    livePlan: async () => world.plan ?? emptyPlan,
    liveTexts: () => undefined,
    rendered: async (_simulation, { secrets }) =>
      (world.entries ?? []).filter((each) => secrets === "show" || each.ref.kind !== "Secret"),
    objectText: async () => undefined,
    images: () => Promise.resolve([]),
    outlook: () => Promise.resolve([]),
    releaseValues: () => Promise.resolve("replicas: 2\n"),
    chartDefaults: () => Promise.resolve(undefined),
    applierText: () => Promise.resolve(undefined),
    lineOrigins: () => Promise.resolve(undefined),
    valueEffects: () => Promise.resolve(undefined),
    chartFile: () => Promise.resolve(undefined),
    retrySources: () => {},
    dispose: async () => undefined,
  };
  const withBase = request.verb === "diff" || request.from !== undefined;
  return {
    simulator,
    engine: world.engine ?? { call: () => Promise.reject(new Error("no engine was given")) },
    options: defaultOptions,
    target: tree("working tree"),
    ...(withBase && { base: tree("base") }),
    notes: world.notes ?? [],
    close: async () => undefined,
  };
}

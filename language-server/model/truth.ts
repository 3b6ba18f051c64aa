/**
 * What a simulation found, in the form that rules ask for: small questions, so that an answer is mostly the same after the next
 * simulation. No answer to a rule holds a line, because lines move with every edit above.
 */
import type { ApplierRecord, ChartDefaults, ObjectRef, Place, Plan, Problem } from "#simulator";

export interface RenderedObject {
  readonly ref: ObjectRef;
  /** `Kind/namespace/name` of its applier, and the cluster. */
  readonly applier: string;
  readonly origin: Place | undefined;
}

/** Charts of the last simulation, fetched when asked for. */
export interface ChartShelf {
  /** By the id of the HelmRelease; `undefined` before `load`, and when it can't be had. */
  get(applier: string): ChartDefaults | undefined;
  load(applier: string, signal: AbortSignal): Promise<void>;
}

/** A problem without its place. */
export interface SaidProblem extends Pick<Problem, "code" | "severity" | "message"> {
  /** The file that it is in. */
  readonly path: string | undefined;
  readonly namespace: string | undefined;
}

/** An object as one applier renders it. */
interface Render {
  readonly namespace: string;
  readonly cluster: string;
  /** `Kind namespace/name` of the applier. */
  readonly owner: string;
}

export interface Truth {
  readonly plan: Plan;
  readonly problems: readonly Problem[];
  readonly appliers: ReadonlyMap<string, ApplierRecord>;
  readonly rendered: readonly RenderedObject[];
  /** Absent where charts can't be asked for. */
  readonly charts?: ChartShelf | undefined;
  /** Ids of the appliers that this object of a file is, one for each cluster. */
  appliersOf(path: string, kind: string, name: string): readonly string[];
  problemsOf(applier: string): readonly SaidProblem[];
  problemsAbout(code: Problem["code"], kind: string, name: string): readonly SaidProblem[];
  /** `Kind name` of what a push deletes with this applier. */
  deletedBy(applier: string): readonly string[];
  /** Whether any cluster renders an object of this kind and name; `namespace` empty for any. */
  isRendered(kind: string, namespace: string, name: string): boolean;
  /** Whether anything is rendered from this file. */
  isRenderedFrom(path: string): boolean;
  /** What is rendered from the objects of this kind in a file; `name` empty for any. */
  rendersOf(path: string, kind: string, name: string): readonly Render[];
}

export function createTruth(
  plan: Plan,
  rendered: readonly RenderedObject[],
  charts?: ChartShelf,
): Truth {
  const { problems } = plan;
  const known = plan.clusters.flatMap((cluster) => cluster.appliers);
  const appliers = new Map(known.map(({ applier }) => [applier.id, applier] as const));
  const written = listsBy([...appliers.values()], ({ origin, ref }) =>
    origin ? [keyOf(origin.path, ref.kind, ref.name)] : [],
  );
  const ofApplier = listsBy(problems, ({ applier }) => (applier === undefined ? [] : [applier]));
  const aboutObject = listsBy(problems, ({ code, object }) =>
    object ? [keyOf(code, object.kind, object.name)] : [],
  );
  const changes = listsBy(known, ({ applier }) => [applier.id]);
  const byName = listsBy(rendered, ({ ref }) => [keyOf(ref.kind, ref.name)]);
  const byPlace = listsBy(rendered, ({ ref, origin }) =>
    origin
      ? [
          origin.path,
          keyOf(origin.path, ref.kind, ""),
          ...(ref.name === "" ? [] : [keyOf(origin.path, ref.kind, ref.name)]),
        ]
      : [],
  );
  return {
    plan,
    problems,
    appliers,
    rendered,
    ...(charts && { charts }),
    appliersOf: (...object) => written(keyOf(...object)).map(({ id }) => id),
    problemsOf: (applier) => ofApplier(applier).map(toSaid),
    problemsAbout: (...about) => aboutObject(keyOf(...about)).map(toSaid),
    deletedBy: (applier) =>
      changes(applier).flatMap((one) =>
        one.changes.flatMap(({ kind, ref }) =>
          kind === "deleted" ? [`${ref.kind} ${ref.name}`] : [],
        ),
      ),
    isRendered: (kind, namespace, name) =>
      byName(keyOf(kind, name)).some(({ ref }) => namespace === "" || ref.namespace === namespace),
    isRenderedFrom: (path) => byPlace(path).length > 0,
    rendersOf: (...object) =>
      byPlace(keyOf(...object)).map(({ ref, applier }) => toRender(ref, appliers.get(applier))),
  };
}

function toSaid({ code, severity, message, place, object }: Problem): SaidProblem {
  return { code, severity, message, path: place?.path, namespace: object?.namespace };
}

function toRender({ namespace }: ObjectRef, applier: ApplierRecord | undefined): Render {
  if (!applier) return { namespace, cluster: "", owner: "" };
  const { cluster, ref } = applier;
  return { namespace, cluster, owner: `${ref.kind} ${ref.namespace}/${ref.name}` };
}

function keyOf(...parts: readonly string[]): string {
  return parts.join("\n");
}

/** Lists by key, made when first asked for. */
function listsBy<T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
): (key: string) => readonly T[] {
  let lists: Map<string, T[]> | undefined;
  return (key) => {
    lists ??= group(items, keysOf);
    return lists.get(key) ?? [];
  };
}

function group<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const lists = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const list = lists.get(key);
      if (list) list.push(item);
      else lists.set(key, [item]);
    }
  }
  return lists;
}

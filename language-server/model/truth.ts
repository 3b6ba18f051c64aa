/** What a simulation found, in the form that rules ask for: problems by applier, and what was rendered. */
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

export interface Truth {
  readonly plan: Plan;
  readonly problems: readonly Problem[];
  readonly appliers: ReadonlyMap<string, ApplierRecord>;
  /** Records of the appliers whose object is written in this file, at this 1-based line. */
  appliersAt(path: string): readonly ApplierRecord[];
  /** Whether any cluster renders an object of this kind and name; `namespace` empty for any. */
  isRendered(kind: string, namespace: string, name: string): boolean;
  /** Namespaces in which objects of this kind and name are rendered. */
  namespacesOf(kind: string, name: string): readonly string[];
  /** Objects whose place is in this file. */
  renderedFrom(path: string): readonly RenderedObject[];
  readonly rendered: readonly RenderedObject[];
  /** Absent where charts can't be asked for. */
  readonly charts?: ChartShelf | undefined;
}

/** What is equal `before` is taken from there, so that who asked for it need not ask again. */
export function createTruth(
  plan: Plan,
  found: readonly RenderedObject[],
  charts?: ChartShelf,
  before?: Truth,
): Truth {
  const records = new Map(
    plan.clusters
      .flatMap((cluster) => cluster.appliers)
      .map(({ applier }) => [applier.id, applier] as const),
  );
  const isKnown = before && areEqual([...before.appliers.values()], [...records.values()]);
  const appliers = isKnown ? before.appliers : records;
  const rendered = before && areEqual(before.rendered, found) ? before.rendered : found;
  const at = new Map<string, ApplierRecord[]>();
  for (const applier of appliers.values())
    if (applier.origin) append(at, applier.origin.path, applier);
  const byName = new Map<string, string[]>();
  const from = new Map<string, RenderedObject[]>();
  for (const object of rendered) {
    append(byName, `${object.ref.kind}/${object.ref.name}`, object.ref.namespace);
    if (object.origin) append(from, object.origin.path, object);
  }
  const byPath = keepEqual(at, before, (truth, path) => truth.appliersAt(path));
  const byOrigin = keepEqual(from, before, (truth, path) => truth.renderedFrom(path));
  return {
    plan,
    problems: before && areEqual(before.problems, plan.problems) ? before.problems : plan.problems,
    appliers,
    rendered,
    ...(charts && { charts }),
    appliersAt: (path) => byPath.get(path) ?? nothing,
    isRendered(kind, namespace, name) {
      const found = byName.get(`${kind}/${name}`) ?? [];
      return namespace === "" ? found.length > 0 : found.includes(namespace);
    },
    namespacesOf: (kind, name) => [...new Set(byName.get(`${kind}/${name}`))],
    renderedFrom: (path) => byOrigin.get(path) ?? nothing,
  };
}

const nothing: readonly never[] = [];

/** Lists that are as before are those from before. Nothing here may hold the truth from before itself. */
function keepEqual<T>(
  lists: ReadonlyMap<string, readonly T[]>,
  before: Truth | undefined,
  listOf: (truth: Truth, key: string) => readonly T[],
): ReadonlyMap<string, readonly T[]> {
  if (!before) return lists;
  return new Map(
    [...lists].map(([key, list]) => {
      const old = listOf(before, key);
      return [key, areEqual(old, list) ? old : list];
    }),
  );
}

function areEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return (
    a.length === b.length && a.every((one, at) => JSON.stringify(one) === JSON.stringify(b[at]))
  );
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

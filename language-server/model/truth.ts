/** What a simulation found, in the form that rules ask for: problems by applier, and what was rendered. */
import type { ApplierRecord, ObjectRef, Place, Plan, Problem } from "#simulator";

export interface RenderedObject {
  readonly ref: ObjectRef;
  /** `Kind/namespace/name` of its applier, and the cluster. */
  readonly applier: string;
  readonly origin: Place | undefined;
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
}

export function createTruth(plan: Plan, rendered: readonly RenderedObject[]): Truth {
  const appliers = new Map(
    plan.clusters
      .flatMap((cluster) => cluster.appliers)
      .map(({ applier }) => [applier.id, applier] as const),
  );
  const byPath = new Map<string, ApplierRecord[]>();
  for (const applier of appliers.values())
    if (applier.origin) append(byPath, applier.origin.path, applier);
  const byName = new Map<string, string[]>();
  const byOrigin = new Map<string, RenderedObject[]>();
  for (const object of rendered) {
    append(byName, `${object.ref.kind}/${object.ref.name}`, object.ref.namespace);
    if (object.origin) append(byOrigin, object.origin.path, object);
  }
  return {
    plan,
    problems: plan.problems,
    appliers,
    rendered,
    appliersAt: (path) => byPath.get(path) ?? [],
    isRendered(kind, namespace, name) {
      const found = byName.get(`${kind}/${name}`) ?? [];
      return namespace === "" ? found.length > 0 : found.includes(namespace);
    },
    namespacesOf: (kind, name) => [...new Set(byName.get(`${kind}/${name}`))],
    renderedFrom: (path) => byOrigin.get(path) ?? [],
  };
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

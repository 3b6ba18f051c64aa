/** Which of several files defines a live object. Pure. */
import type { ObjectRef } from "#simulator";

export interface Found {
  readonly uri: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** Empty where kustomize or the applier sets it. */
  readonly namespace: string;
}

/** A manifest with the same namespace wins, then one below the folder of its applier, then the shortest path. */
export function bestMatch(
  found: readonly Found[],
  ref: ObjectRef,
  folder: string,
): Found | undefined {
  const below = folder.replace(/^\.?\/+/, "").replace(/\/+$/, "");
  const score = ({ namespace, path }: Found): number =>
    (namespace === ref.namespace ? 4 : 0) +
    (namespace !== "" && namespace !== ref.namespace ? -8 : 0) +
    (below !== "" && path.includes(`/${below}/`) ? 2 : 0);
  return [...found].sort((a, b) => score(b) - score(a) || a.path.length - b.path.length)[0];
}

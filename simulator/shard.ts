/**
 * A part of the work: which clusters of a repository one machine of several simulates. Clusters share nothing, so each is wholly in one
 * part; `plan/merge.ts` puts the plans together again.
 */

export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
  /** The clusters of the other side of the comparison (`Simulation.allClusters`): what both have has to be in one part. */
  readonly order?: readonly string[];
}

/** Whether a cluster is in this part; `at` is its place among the clusters of its tree. */
export function isInShard(cluster: string, at: number, shard: Shard | undefined): boolean {
  if (shard === undefined) return true;
  const { index, count, order } = shard;
  const known = order === undefined ? at : order.indexOf(cluster);
  const place = known < 0 ? hashOf(cluster) : known;
  return place % count === index - 1;
}

/** FNV-1a; the same everywhere and always. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Node adapters of the simulator's ports: working tree, Git, render engine in worker threads, fetched sources, keys. */
export { openWorkingTree, type WorkingTree, type WorkingTreeOptions } from "./working-tree.ts";
export { readDirectoryTree } from "./directory-tree.ts";
export { findRepository, type RepositoryPlace } from "./find-repository.ts";
export { UserError } from "./user-error.ts";
export type { ReadTree, TreeLimits, TreeProblem } from "./read-tree.ts";
export {
  openRepository,
  type MergeBase,
  type Repository,
  type RepositoryOptions,
  type ResolvedRevision,
} from "./repository.ts";
export { createSources, type SourcesOptions } from "./sources.ts";
export {
  cacheKinds,
  clearCache,
  listCache,
  type CacheContents,
  type CacheFilter,
  type CacheKind,
  type CachedSource,
} from "./source-cache.ts";
export {
  readAgeIdentities,
  type AgeIdentities,
  type AgeIdentitiesOptions,
} from "./age-identities.ts";
export { defaultCacheDir } from "./cache-dir.ts";
export { createCachedEngine, type CachedEngineOptions } from "./cached-engine.ts";
export { createNodeEngine } from "./engine-pool.ts";
export { readLayer, unpackLayer } from "./publish/read-layer.ts";
export { openDistribution } from "./read-distribution.ts";

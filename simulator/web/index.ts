/** Web adapters of the simulator's ports: files that someone else reads, no fetched sources, the engine in a web worker. */
export { createContentTree, toTreeFile, type ContentFile } from "./content-tree.ts";
export { createWebEngine, type WebEngineOptions } from "./engine-pool.ts";
export { noSources } from "./no-sources.ts";

/** A cache that many machines share, in a registry or a bucket: the door for the command line. */
export { openSharedCache, type SharedCache } from "./shared-cache.ts";

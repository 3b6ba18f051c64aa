/** Any folder as a tree, with everything in it but `.git`; ignore rules play no part. */
import { type DiskFile, readDiskFiles } from "./disk-files.ts";
import { realFolder } from "./find-repository.ts";
import { listByWalking } from "./list-by-walking.ts";
import { contentRevision, defaultLimits, type ReadTree, type TreeLimits } from "./read-tree.ts";

export async function readDirectoryTree(
  dir: string,
  options: Partial<TreeLimits> = {},
  signal?: AbortSignal,
): Promise<ReadTree> {
  const root = await realFolder(dir);
  const limits: TreeLimits = { ...defaultLimits, ...options };
  const listing = await listByWalking(root, undefined, limits.maxFiles, signal);
  const paths = [...listing.paths].sort().slice(0, limits.maxFiles);
  const disk = await readDiskFiles(root, paths, new Map<string, DiskFile>(), limits, signal);
  const files = new Map([...disk].map(([path, { file }]) => [path, file]));
  const problems = [
    ...listing.problems,
    ...[...disk.values()].flatMap(({ problem }) => problem ?? []),
  ];
  if (listing.paths.length > paths.length) {
    problems.push({
      code: "too-many-files",
      message: `${dir} has more than ${limits.maxFiles} files; the rest is left out.`,
    });
  }
  return { label: dir, revision: contentRevision(files), files, problems };
}

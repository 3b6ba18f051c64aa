/**
 * Flux objects from which a cluster could start, in files that are no valid YAML. No build reads such a file,
 * so nobody else would say why its cluster is missing.
 */
import type { Problem } from "../records.ts";
import type { Reached } from "./discover.ts";
import type { TreeScan } from "./scan.ts";

export function unreadable(scan: TreeScan, reached: Reached): readonly Problem[] {
  const isReached = (file: string): boolean =>
    reached.files.has(file) ||
    reached.kustomizations.some(({ path }) => path === "" || file.startsWith(`${path}/`));
  const documents = [...scan.kustomizations, ...scan.instances].filter(
    ({ file }) => !isReached(file),
  );
  return documents.flatMap((document) => document.problems());
}

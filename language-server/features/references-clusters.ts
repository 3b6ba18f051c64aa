/**
 * Which clusters get to see a file, named by the folder that each starts from: up the Flux Kustomizations to the one that
 * nothing else applies.
 */
import type { FileGraph } from "../model/file-graph.ts";
import { folderOf } from "../model/kustomization-file.ts";

const known = new WeakMap<FileGraph, Map<string, ReadonlySet<string>>>();

export function clustersOf(graph: FileGraph, path: string): ReadonlySet<string> {
  const ofGraph = known.get(graph) ?? new Map<string, ReadonlySet<string>>();
  known.set(graph, ofGraph);
  const found = ofGraph.get(path);
  if (found) return found;
  const roots = new Set<string>();
  collect(graph, path, new Set(), roots);
  ofGraph.set(path, roots);
  return roots;
}

function collect(graph: FileGraph, path: string, seen: Set<string>, roots: Set<string>): void {
  if (seen.has(path)) return;
  seen.add(path);
  const files = new Set(graph.reachesOf(path).flatMap(({ owner }) => (owner ? [owner.file] : [])));
  // Bootstrap's Kustomization applies itself, which is where a cluster starts.
  if (files.size === 0 || files.has(path)) roots.add(startOf(path));
  for (const file of files) collect(graph, file, seen, roots);
}

function startOf(path: string): string {
  return folderOf(path).replace(/(^|\/)flux-system$/, "");
}

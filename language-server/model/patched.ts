/** Whether a patch on the way to the cluster may fill in what a manifest leaves out. Not sure counts as yes. */
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { Value } from "../manifest/value.ts";
import type { FileGraph, Reach } from "./file-graph.ts";
import type { KustomizationFile } from "./kustomization-file.ts";

/** Patches of the kustomization.yaml files above it, of their Components, and of the Flux Kustomization itself. */
export function mayBePatched(graph: FileGraph, path: string, document: ManifestDocument): boolean {
  return graph
    .reachesOf(path)
    .some((reach) => patchesOn(graph, reach).some((one) => fits(one, document)));
}

function patchesOn(graph: FileGraph, { owner, chain }: Reach): readonly Value[] {
  const files = chain.flatMap((one) => [one, ...componentsOf(graph, one)]);
  return [
    ...files.flatMap(({ part }) => patchesIn(part.document.root)),
    ...patchesIn(owner?.root.get("spec")),
  ];
}

function componentsOf(graph: FileGraph, one: KustomizationFile): readonly KustomizationFile[] {
  return one.entries.flatMap(({ role, path }) => {
    const found = role === "component" && path !== undefined ? graph.inFolder(path) : undefined;
    return found ? [found] : [];
  });
}

function patchesIn(root: Value | undefined): readonly Value[] {
  return ["patches", "patchesStrategicMerge", "patchesJson6902", "replacements"].flatMap(
    (key) => root?.get(key)?.items ?? [],
  );
}

/** Targets are regular expressions; a patch in a file of its own is not opened. */
function fits(patch: Value, { kind, name }: ManifestDocument): boolean {
  const target = patch.get("target");
  if (target)
    return matches(target.get("kind")?.text, kind) && matches(target.get("name")?.text, name);
  const text = patch.get("patch")?.text ?? patch.text;
  if (text === undefined || !text.includes("\n")) return true;
  return new RegExp(`^kind: *["']?${kind}\\b`, "m").test(text);
}

function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined || pattern === "" || pattern === text) return true;
  try {
    return pattern.length > 200 || new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return true;
  }
}

/** Files and folders of this repository, where a field names one: `spec.path`, and the entries of a kustomization.yaml. */
import { flux } from "../manifest/flux-names.ts";
import { cleanPath } from "../model/flux-kustomization.ts";
import { folderOf, isKustomizationPath, joinPath } from "../model/kustomization-file.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Path } from "./completion-outline.ts";
import { nodeAt, scalarAt, scalarOf } from "./completion-outline.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { fluxRowOf, pattern } from "./completion-site.ts";

type Accepts = "manifests" | "components" | "yaml" | "anything";

const entries: Readonly<Record<string, Accepts>> = {
  "resources.[]": "manifests",
  "bases.[]": "manifests",
  "components.[]": "components",
  "crds.[]": "yaml",
  "configurations.[]": "yaml",
  "generators.[]": "manifests",
  "transformers.[]": "manifests",
  "validators.[]": "manifests",
  "patchesStrategicMerge.[]": "yaml",
  "patches.[].path": "yaml",
  "patchesJson6902.[].path": "yaml",
  "replacements.[].path": "yaml",
  "openapi.path": "anything",
};

export function pathSuggestions(site: CompletionSite, path: Path): readonly Suggestion[] {
  const { subject, outline, model } = site;
  const where = pattern(path);
  if (subject.isKustomization) {
    const dir = folderOf(site.path);
    const accepts = entries[where] ?? (isData(where) ? "anything" : undefined);
    return accepts === undefined ? [] : entriesBelow(site, path, dir, accepts);
  }
  if (fluxRowOf(subject)?.kind !== flux.Kustomization || !isOwn(site)) return [];
  if (where === "spec.path") return folders(model);
  const dir = cleanPath(scalarAt(outline.root, "spec", "path"));
  return where === "spec.components.[]" ? entriesBelow(site, path, dir, "components") : [];
}

function isData(where: string): boolean {
  return /^(?:configMap|secret)Generator\.\[\]\.(?:files\.\[\]|envs\.\[\]|env)$/.test(where);
}

/** Whether the Kustomization takes its files from this repository; also when it does not say yet. */
function isOwn({ model, outline }: CompletionSite): boolean {
  const kind = scalarAt(outline.root, "spec", "sourceRef", "kind");
  const name = scalarAt(outline.root, "spec", "sourceRef", "name");
  return name === "" || model.graph.isOwnSource({ kind, name, namespace: "" });
}

/** Folders with a kustomization.yaml first, then such with manifests. */
function folders(model: WorkspaceModel): readonly Suggestion[] {
  const ranks = new Map<string, number>();
  for (const { path, isYaml } of model.files.values()) {
    if (!isYaml || path.startsWith(".")) continue;
    const dir = folderOf(path);
    if (isKustomizationPath(path)) ranks.set(dir, 1);
    else if (!ranks.has(dir)) ranks.set(dir, 2);
  }
  return [...ranks]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([dir, rank]) => ({ label: `./${dir}`, kind: "folder", rank }));
}

/** One level at a time: what lies in the folder that is typed so far. */
function entriesBelow(
  site: CompletionSite,
  path: Path,
  dir: string,
  accepts: Accepts,
): readonly Suggestion[] {
  const { model, typing } = site;
  const key = /^[\w.-]+=/.exec(typing.word)?.[0] ?? "";
  const typed = typing.word.slice(key.length);
  const head = typed.slice(0, typed.lastIndexOf("/") + 1);
  const base = joinPath(dir, head);
  if (base === undefined) return [];
  const listed = listedIn(site, path);
  const found: Suggestion[] = [];
  for (const [name, isFolder] of childrenOf(model, base)) {
    const full = base === "" ? name : `${base}/${name}`;
    if (full === site.path || listed.has(`${head}${name}`)) continue;
    const rank = isFolder ? folderRank(model, full, accepts) : fileRank(name, accepts);
    if (rank === undefined) continue;
    const isWhole = !isFolder || rank === 1;
    found.push({
      label: `${key}${head}${name}${isWhole ? "" : "/"}`,
      kind: isFolder ? "folder" : "file",
      rank,
    });
  }
  if (accepts !== "anything" && /^(?:\.\.\/)*$/.test(head) && base !== "")
    found.push({ label: `${head}../`, kind: "folder", rank: 5 });
  return found;
}

/** What the other entries of the list name already. */
function listedIn({ outline }: CompletionSite, path: Path): ReadonlySet<string> {
  if (typeof path.at(-1) !== "number") return new Set();
  const list = nodeAt(outline.root, path.slice(0, -1))?.children ?? [];
  const others = list.filter((_, at) => at !== path.at(-1));
  return new Set(others.map((node) => scalarOf(node).replace(/^\.\//, "").replace(/\/$/, "")));
}

function folderRank(model: WorkspaceModel, folder: string, accepts: Accepts): number | undefined {
  const file = model.graph.inFolder(folder);
  switch (accepts) {
    case "manifests":
      return file && !file.isComponent ? 1 : 3;
    case "components":
      return file?.isComponent === true ? 1 : 3;
    case "yaml":
    case "anything":
      return 3;
  }
}

function fileRank(name: string, accepts: Accepts): number | undefined {
  if (accepts === "anything") return isKustomizationPath(name) ? undefined : 2;
  if (accepts === "components") return undefined;
  return /\.ya?ml$/.test(name) && !isKustomizationPath(name) ? 2 : undefined;
}

/** Names in a folder, and whether each is a folder itself. */
function childrenOf(model: WorkspaceModel, dir: string): ReadonlyMap<string, boolean> {
  const prefix = dir === "" ? "" : `${dir}/`;
  const found = new Map<string, boolean>();
  for (const path of model.files.keys()) {
    if (!path.startsWith(prefix)) continue;
    const slash = path.indexOf("/", prefix.length);
    const name = path.slice(prefix.length, slash < 0 ? undefined : slash);
    if (!name.startsWith(".")) found.set(name, slash >= 0);
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

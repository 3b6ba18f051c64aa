/**
 * What a kustomization.yaml names: files, folders, URLs, and what it does to names and namespaces.
 * Source of the fields: `kubernetes-sigs/kustomize api/types/kustomization.go`.
 */
import { flux } from "../manifest/flux-names.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import { Slot } from "../manifest/memory.ts";
import type { Value } from "../manifest/value.ts";

export type EntryRole =
  "resource" | "component" | "patch" | "data" | "transformer" | "crd" | "configuration";

export interface FileEntry {
  readonly role: EntryRole;
  /** As it is written, `key=` of generator files left out. */
  readonly target: string;
  /** `target` relative to the root of the tree; `undefined` when it is remote or leaves the tree. */
  readonly path: string | undefined;
  readonly remote: boolean;
  readonly value: Value;
}

export interface KustomizationFile {
  readonly path: string;
  readonly dir: string;
  readonly part: FilePart;
  readonly isComponent: boolean;
  readonly entries: readonly FileEntry[];
  readonly namespace: string | undefined;
  readonly renames: boolean;
  /** Names of generated ConfigMaps and Secrets; real ones get a hash behind. */
  readonly generated: readonly { readonly kind: string; readonly name: string }[];
}

const kustomizationNames = ["kustomization.yaml", "kustomization.yml", flux.Kustomization];

export function isKustomizationPath(path: string): boolean {
  return kustomizationNames.some((name) => path === name || path.endsWith(`/${name}`));
}

const known = new Slot<ManifestDocument, KustomizationFile>();

/** The same record for the same document. */
export function readKustomizationFile(file: ManifestFile): KustomizationFile | undefined {
  const part = file.parts.find(({ document }) => document.root !== undefined);
  const root = part?.document.root;
  if (!part || !root) return undefined;
  const old = known.get(part.document);
  if (old?.path === file.path && old.part.start === part.start) return old;
  const made = readOne(file, part, root);
  known.set(part.document, made);
  return made;
}

function readOne(file: ManifestFile, part: FilePart, root: Value): KustomizationFile {
  const dir = folderOf(file.path);
  return {
    path: file.path,
    dir,
    part,
    isComponent: part.document.kind === "Component",
    entries: entriesOf(root, dir),
    namespace: root.get("namespace")?.text,
    renames:
      ["namePrefix", "nameSuffix", "replacements", "transformers"].some((key) => {
        const value = root.get(key);
        return value !== undefined && !value.isNull;
      }) || [...patchTexts(root)].some((text) => /\/metadata\/name\b/.test(text)),
    generated: generatedOf(root),
  };
}

function* patchTexts(root: Value): Generator<string> {
  for (const item of root.get("patches")?.items ?? []) yield item.get("patch")?.text ?? "";
}

const lists: readonly (readonly [key: string, role: EntryRole])[] = [
  ["resources", "resource"],
  ["bases", "resource"],
  ["components", "component"],
  ["crds", "crd"],
  ["configurations", "configuration"],
  ["generators", "transformer"],
  ["transformers", "transformer"],
  ["validators", "transformer"],
  ["patchesStrategicMerge", "patch"],
];

function entriesOf(root: Value, dir: string): readonly FileEntry[] {
  const found: FileEntry[] = [];
  const add = (role: EntryRole, value: Value | undefined, text = value?.text): void => {
    if (!value || text === undefined || text === "" || text.includes("\n")) return;
    const remote = isRemote(text);
    const path = remote ? undefined : joinPath(dir, text);
    found.push({ role, target: text, path, remote, value });
  };
  for (const [key, role] of lists) for (const item of root.get(key)?.items ?? []) add(role, item);
  for (const key of ["patches", "patchesJson6902"])
    for (const item of root.get(key)?.items ?? []) add("patch", item.get("path"));
  for (const item of root.get("replacements")?.items ?? []) add("configuration", item.get("path"));
  for (const key of ["configMapGenerator", "secretGenerator"]) {
    for (const item of root.get(key)?.items ?? []) {
      for (const file of item.get("files")?.items ?? []) add("data", file, afterKey(file.text));
      for (const file of item.get("envs")?.items ?? []) add("data", file);
      add("data", item.get("env"));
    }
  }
  return found;
}

/** `key=path` of a generator. */
function afterKey(text: string | undefined): string | undefined {
  return text === undefined ? undefined : text.slice(text.indexOf("=") + 1);
}

function generatedOf(root: Value): KustomizationFile["generated"] {
  const read = (key: string, kind: string) =>
    (root.get(key)?.items ?? []).flatMap((item) => {
      const name = item.get("name")?.text;
      return name === undefined ? [] : [{ kind, name }];
    });
  const charts = (root.get("helmCharts")?.items ?? []).map(() => ({ kind: "*", name: "*" }));
  return [
    ...read("configMapGenerator", "ConfigMap"),
    ...read("secretGenerator", "Secret"),
    ...charts,
  ];
}

/** `kubernetes-sigs/kustomize api/internal/git/repospec.go`: hosts, schemes, and `//` inside of a path. */
function isRemote(text: string): boolean {
  return (
    /^(?:[a-z+]+::|[a-z][a-z0-9+.-]*:\/\/|git@)/i.test(text) ||
    /^(?:github\.com|gitlab\.com|bitbucket\.org)[/:]/i.test(text) ||
    /[?&](?:ref|version|timeout|submodules)=/.test(text) ||
    /\.git(?:$|\/\/|\?)/.test(text)
  );
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

/** `undefined` when the path leaves the tree, or is absolute. */
export function joinPath(dir: string, relative: string): string | undefined {
  if (relative.startsWith("/")) return undefined;
  const parts = dir === "" ? [] : dir.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

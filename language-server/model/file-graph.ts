/**
 * Which file is reached by which Flux Kustomization, in which role, and what its objects' namespaces become on the way.
 * It follows the text only. What patches and transformers do in a build, the simulation knows better.
 */
import type { FluxKustomization } from "./flux-kustomization.ts";
import type { EntryRole, FileEntry, KustomizationFile } from "./kustomization-file.ts";
import { flux } from "../manifest/flux-names.ts";
import { folderOf, isKustomizationPath } from "./kustomization-file.ts";

/** One way in which a file takes part in something. */
export interface Reach {
  readonly role: EntryRole;
  /** Absent: only kustomization.yaml files name it, and no Flux Kustomization reaches these. */
  readonly owner?: FluxKustomization;
  /** The namespace that the way gives to every object; absent: the object keeps its own. */
  readonly namespace?: string;
  /** The kustomization.yaml that names it, and those above; empty where Flux makes one up. */
  readonly chain: readonly KustomizationFile[];
}

type Way = Omit<Reach, "role">;

export interface FileGraph {
  readonly kustomizations: ReadonlyMap<string, KustomizationFile>;
  readonly owners: readonly FluxKustomization[];
  reachesOf(path: string): readonly Reach[];
  /** Whether a file or a folder with this path exists; the root is the empty path. */
  exists(path: string): "file" | "folder" | undefined;
  /** The kustomization.yaml of a folder. */
  inFolder(dir: string): KustomizationFile | undefined;
  isOwnSource(source: FluxKustomization["source"]): boolean;
  /**
   * Whether a cluster gets to see the file: a Flux Kustomization reaches it, or it lies beside one that reaches something itself. Where no Flux Kustomization reaches anything, every file counts.
   */
  isLive(path: string): boolean;
  /** Files reached by a Flux Kustomization, with their roles. */
  filesOf(owner: FluxKustomization): ReadonlyMap<string, EntryRole>;
}

export interface GraphInput {
  readonly paths: Iterable<string>;
  readonly yamlPaths: readonly string[];
  readonly kustomizations: readonly KustomizationFile[];
  readonly owners: readonly FluxKustomization[];
}

export function buildFileGraph(input: GraphInput): FileGraph {
  const builder = new Builder(input);
  builder.run();
  const { kustomizations, reaches, byOwner, own, folders, files } = builder;
  const roots = new Set([...byOwner.keys()].map(({ file }) => folderOf(file)));
  return {
    kustomizations,
    owners: input.owners,
    reachesOf: (path) => reaches.get(path) ?? [],
    exists(path) {
      if (files.has(path)) return "file";
      return path === "" || folders.has(path) ? "folder" : undefined;
    },
    inFolder: (dir) => builder.byFolder.get(dir),
    isOwnSource: (source) => own.has(sourceKey(source)),
    isLive: (path) =>
      byOwner.size === 0 ||
      roots.has(folderOf(path)) ||
      (reaches.get(path) ?? []).some(({ owner }) => owner !== undefined),
    filesOf: (owner) => byOwner.get(owner) ?? new Map(),
  };
}

/** More kustomization.yaml files in one chain is a circle or an attack. */
const maxChain = 50;

class Builder {
  readonly files: ReadonlySet<string>;
  readonly folders = new Set<string>();
  readonly kustomizations = new Map<string, KustomizationFile>();
  readonly byFolder = new Map<string, KustomizationFile>();
  readonly reaches = new Map<string, Reach[]>();
  readonly byOwner = new Map<FluxKustomization, Map<string, EntryRole>>();
  readonly own: ReadonlySet<string>;
  readonly #input: GraphInput;
  readonly #named = new Set<string>();

  constructor(input: GraphInput) {
    this.#input = input;
    this.files = new Set(input.paths);
    for (const path of this.files) {
      for (let dir = folderOf(path); dir !== "" && !this.folders.has(dir); dir = folderOf(dir))
        this.folders.add(dir);
    }
    for (const one of input.kustomizations) {
      this.kustomizations.set(one.path, one);
      this.byFolder.set(one.dir, one);
    }
    this.own = ownSources(input.owners, this.folders);
  }

  run(): void {
    for (const owner of this.#input.owners) {
      const { path, source } = owner;
      if (path === undefined || !this.own.has(sourceKey(source))) continue;
      const namespace = owner.targetNamespace;
      this.#folder(
        path,
        { owner, chain: [], ...(namespace === undefined ? {} : { namespace }) },
        0,
      );
    }
    for (const one of this.#input.kustomizations)
      for (const { path } of one.entries)
        if (path !== undefined) this.#named.add(this.byFolder.get(path)?.path ?? path);
    for (const one of this.#input.kustomizations) {
      // Files that nothing but a circle reaches keep their roles through the second test.
      if (this.reaches.has(one.path) || this.#named.has(one.path)) continue;
      this.#kustomization(one, { chain: [] }, 0);
    }
    for (const one of this.#input.kustomizations)
      if (!this.reaches.has(one.path)) this.#kustomization(one, { chain: [] }, 0);
  }

  #folder(dir: string, way: Way, depth: number): void {
    const one = this.byFolder.get(dir);
    if (one) return this.#kustomization(one, way, depth);
    this.#generated(dir, way, depth);
  }

  /** Without a kustomization.yaml Flux names every manifest below, and folders that have one (`fluxcd/pkg kustomize_generator.go`). */
  #generated(dir: string, way: Way, depth: number): void {
    const prefix = dir === "" ? "" : `${dir}/`;
    const bases = this.#input.kustomizations.filter((one) => one.dir.startsWith(prefix));
    const isBelowBase = (path: string) => bases.some((one) => path.startsWith(`${one.dir}/`));
    for (const one of bases) {
      const outer = bases.some((other) => other !== one && one.dir.startsWith(`${other.dir}/`));
      if (!outer && depth < maxChain) this.#kustomization(one, way, depth + 1);
    }
    for (const path of this.#input.yamlPaths) {
      if (!path.startsWith(prefix) || isBelowBase(path) || isKustomizationPath(path)) continue;
      this.#add(path, { ...way, role: "resource" });
    }
  }

  #kustomization(one: KustomizationFile, way: Way, depth: number): void {
    const namespace = way.namespace ?? one.namespace;
    const inner = { ...way, ...(namespace === undefined ? {} : { namespace }) };
    const isNew = this.#add(one.path, {
      ...inner,
      role: one.isComponent ? "component" : "resource",
    });
    if (!isNew || depth > maxChain) return;
    const chain = [one, ...way.chain];
    for (const entry of one.entries) this.#entry(entry, { ...inner, chain }, depth);
  }

  #entry(entry: FileEntry, way: Way, depth: number): void {
    if (entry.path === undefined) return;
    if (this.files.has(entry.path)) {
      this.#add(entry.path, { ...way, role: entry.role });
      return;
    }
    const below = this.byFolder.get(entry.path);
    if (
      below &&
      (entry.role === "resource" || entry.role === "component" || entry.role === "transformer")
    )
      this.#kustomization(below, way, depth + 1);
  }

  /** False when the file was reached in the same way before. */
  #add(path: string, reach: Reach): boolean {
    const list = this.reaches.get(path) ?? [];
    if (
      list.some(
        (known) =>
          known.owner === reach.owner &&
          known.role === reach.role &&
          known.namespace === reach.namespace &&
          known.chain[0] === reach.chain[0],
      )
    )
      return false;
    list.push(reach);
    this.reaches.set(path, list);
    if (reach.owner) {
      const files = this.byOwner.get(reach.owner) ?? new Map<string, EntryRole>();
      files.set(path, reach.role);
      this.byOwner.set(reach.owner, files);
    }
    return true;
  }
}

/** Without the namespace, which a transformer may give. */
function sourceKey({ kind, name }: FluxKustomization["source"]): string {
  return `${kind}/${name}`;
}

const nobody = { kind: flux.GitRepository, name: "", namespace: "" };

/** Sources whose Kustomizations mostly name folders that exist here: these are this repository. */
function ownSources(
  owners: readonly FluxKustomization[],
  folders: ReadonlySet<string>,
): ReadonlySet<string> {
  // What bootstrap calls the repository that it was given.
  const votes = new Map([[sourceKey({ ...nobody, name: "flux-system" }), 1]]);
  for (const { path, source } of owners) {
    if (path === undefined || path === "") continue;
    const key = sourceKey(source);
    votes.set(key, (votes.get(key) ?? 0) + (folders.has(path) ? 1 : -1));
  }
  const own = [...votes].filter(([, count]) => count > 0).map(([key]) => key);
  return new Set(own);
}

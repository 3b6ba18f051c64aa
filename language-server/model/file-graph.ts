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
   * Whether a cluster gets to see the file: it is reached from a Kustomization that a cluster starts from, or lies beside one.
   * Where there is no Flux Kustomization, every file counts.
   */
  isLive(path: string): boolean;
  /** Files reached by a Flux Kustomization, with their roles. */
  filesOf(owner: FluxKustomization): ReadonlyMap<string, EntryRole>;
  /** Whether a kustomization.yaml generates the ConfigMap or Secret, or anything of any name. */
  isGenerated(kind: string, name: string): boolean;
  /** Whether prefixes, suffixes or replacements give objects other names than are written. */
  readonly hasRenames: boolean;
  /** Whether there is a Kustomization whose content is not here: it may bring anything. */
  readonly hasForeignOwner: boolean;
}

/** What there is by name, which edits leave as it is. */
export interface PathShape {
  readonly files: ReadonlySet<string>;
  /** Without the root. */
  readonly folders: ReadonlySet<string>;
  readonly yaml: readonly string[];
}

export function shapeOf(
  files: Iterable<{ readonly path: string; readonly isYaml: boolean }>,
): PathShape {
  const all = new Set<string>();
  const folders = new Set<string>();
  const yaml: string[] = [];
  for (const { path, isYaml } of files) {
    all.add(path);
    if (isYaml) yaml.push(path);
    for (let dir = folderOf(path); dir !== "" && !folders.has(dir); dir = folderOf(dir))
      folders.add(dir);
  }
  return { files: all, folders, yaml };
}

export interface GraphInput {
  readonly shape: PathShape;
  readonly kustomizations: readonly KustomizationFile[];
  readonly owners: readonly FluxKustomization[];
}

export function buildFileGraph(input: GraphInput): FileGraph {
  const builder = new Builder(input);
  builder.run();
  const { kustomizations, reaches, byOwner, own } = builder;
  const { files, folders } = input.shape;
  const live = liveFiles(builder);
  const all = [...kustomizations.values()];
  const generated = all.flatMap((one) => one.generated);
  return {
    kustomizations,
    owners: input.owners,
    reachesOf: (path) => reaches.get(path) ?? [],
    exists(path) {
      if (files.has(path)) return "file";
      return path === "" || folders.has(path) ? "folder" : undefined;
    },
    inFolder: (dir) => builder.byFolder.get(dir),
    isOwnSource: (source) => isOwn(own, source),
    isLive: (path) =>
      input.owners.length === 0 || live.files.has(path) || live.starts.has(folderOf(path)),
    filesOf: (owner) => byOwner.get(owner) ?? new Map(),
    isGenerated: (kind, name) =>
      generated.some((one) => one.kind === "*" || (one.kind === kind && one.name === name)),
    hasRenames: all.some((one) => one.renames) || input.owners.some((one) => one.renames),
    hasForeignOwner: input.owners.some(
      ({ path, source }) => path === undefined || (path !== "" && !isOwn(own, source)),
    ),
  };
}

interface Live {
  readonly files: ReadonlySet<string>;
  /** Folders of the Kustomizations that clusters start from. */
  readonly starts: ReadonlySet<string>;
}

/** What the Kustomizations reach that a cluster starts from. */
function liveFiles({ byOwner, reaches }: Builder): Live {
  const all = [...byOwner.keys()];
  const inFile = new Map<string, FluxKustomization[]>();
  for (const owner of all) inFile.set(owner.file, [...(inFile.get(owner.file) ?? []), owner]);
  const starts = all.filter((owner) => isStart(owner, all, reaches.get(owner.file) ?? []));
  const files = new Set<string>();
  const seen = new Set<FluxKustomization>(starts);
  for (const owner of seen) {
    for (const path of byOwner.get(owner)?.keys() ?? []) {
      files.add(path);
      for (const next of inFile.get(path) ?? []) seen.add(next);
    }
  }
  return { files, starts: new Set(starts.map(({ file }) => folderOf(file))) };
}

/**
 * Nothing applies it, so somebody does by hand; or it applies itself, as bootstrap writes it. One that lies below what another
 * builds was taken out on purpose, and so was what is kept in a hidden folder.
 */
function isStart(
  { file, path }: FluxKustomization,
  all: readonly FluxKustomization[],
  reaches: readonly Reach[],
): boolean {
  const applied = reaches.flatMap(({ owner }) => (owner ? [owner.file] : []));
  if (applied.length > 0) return applied.includes(file);
  if (keptAside.test(file)) return false;
  return !all.some(
    (other) => other.file !== file && other.path !== path && isBelow(file, other.path),
  );
}

/** `.archive/`, `definitions.bak/`, `_old/`. */
const keptAside =
  /(?:^|\/)(?:\.[^/]+|(?:[^/]*[._-])?(?:bak|old|archived?|attic|deprecated|disabled|graveyard|trash|unused))\//i;

function isBelow(file: string, folder: string | undefined): boolean {
  return folder !== undefined && (folder === "" || file.startsWith(`${folder}/`));
}

/** More kustomization.yaml files in one chain is a circle or an attack. */
const maxChain = 50;

class Builder {
  readonly kustomizations = new Map<string, KustomizationFile>();
  readonly byFolder = new Map<string, KustomizationFile>();
  readonly reaches = new Map<string, Reach[]>();
  readonly byOwner = new Map<FluxKustomization, Map<string, EntryRole>>();
  readonly own: ReadonlySet<string>;
  readonly #input: GraphInput;
  readonly #named = new Set<string>();
  /** What `#baseAbove` found, by folder. */
  readonly #bases = new Map<string, string | null>();

  constructor(input: GraphInput) {
    this.#input = input;
    for (const one of input.kustomizations) {
      this.kustomizations.set(one.path, one);
      this.byFolder.set(one.dir, one);
    }
    this.own = ownSources(input.owners, input.shape.folders);
  }

  run(): void {
    for (const owner of this.#input.owners) {
      const { path, source } = owner;
      if (path === undefined || !isOwn(this.own, source)) continue;
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
    const isBelowBase = (path: string) => this.#baseAbove(path)?.startsWith(prefix) === true;
    for (const one of this.#input.kustomizations)
      if (one.dir.startsWith(prefix) && !isBelowBase(one.dir) && depth < maxChain)
        this.#kustomization(one, way, depth + 1);
    for (const path of this.#input.shape.yaml) {
      if (!path.startsWith(prefix) || isBelowBase(path) || isKustomizationPath(path)) continue;
      this.#add(path, { ...way, role: "resource" });
    }
  }

  /** The nearest folder above that has a kustomization.yaml. All others above it are above that folder, too. */
  #baseAbove(path: string): string | undefined {
    if (path === "") return undefined;
    const dir = folderOf(path);
    let base = this.#bases.get(dir);
    if (base === undefined) {
      base = this.byFolder.has(dir) ? dir : (this.#baseAbove(dir) ?? null);
      this.#bases.set(dir, base);
    }
    return base ?? undefined;
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
    if (this.#input.shape.files.has(entry.path)) {
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

/** Where none is written, a patch gives one to many Kustomizations, and that is the repository they stand in. */
function isOwn(own: ReadonlySet<string>, source: FluxKustomization["source"]): boolean {
  return (source.kind === "" && source.name === "") || own.has(sourceKey(source));
}

const nobody = { kind: flux.GitRepository, name: "", namespace: "" };

/** Sources whose Kustomizations mostly name folders that exist here: these are this repository. */
function ownSources(
  owners: readonly FluxKustomization[],
  folders: ReadonlySet<string>,
): ReadonlySet<string> {
  // What bootstrap calls the repository that it was given.
  const votes = new Map([[sourceKey({ ...nobody, name: "flux-system" }), { for: 1, against: 0 }]]);
  for (const { file, path, source } of owners) {
    if (path === undefined || path === "" || source.name === "" || keptAside.test(file)) continue;
    const key = sourceKey(source);
    const before = votes.get(key) ?? { for: 0, against: 0 };
    const isHere = folders.has(path);
    votes.set(key, {
      for: before.for + (isHere ? 1 : 0),
      against: before.against + (isHere ? 0 : 1),
    });
  }
  // One folder may have the same name by accident.
  const own = [...votes]
    .filter(([, count]) => count.for > count.against || count.for > 1)
    .map(([key]) => key);
  return new Set(own);
}

/**
 * One consistent picture of a workspace: its files, where objects are written, which file is reached by what, the schemas, and
 * what the last simulation found. Immutable; what costs something is computed when first asked for.
 */
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import type { Memory, Remembering } from "../manifest/memory.ts";
import { Slot } from "../manifest/memory.ts";
import type { Catalog } from "../schema/catalog.ts";
import type { FileGraph, PathShape } from "./file-graph.ts";
import { buildFileGraph, shapeOf } from "./file-graph.ts";
import type { FluxKustomization } from "./flux-kustomization.ts";
import { readFluxKustomizations } from "./flux-kustomization.ts";
import { flux, fluxGroup } from "../manifest/flux-names.ts";
import type { KustomizationFile } from "./kustomization-file.ts";
import { isKustomizationPath, readKustomizationFile } from "./kustomization-file.ts";
import type { LockdownPlace } from "./lockdown.ts";
import { findLockdown } from "./lockdown.ts";
import type { ObjectIndex } from "./object-index.ts";
import { buildObjectIndex, sameWritten } from "./object-index.ts";
import type { SourceFile } from "./source-file.ts";
import type { Truth } from "./truth.ts";

export interface WorkspaceModel extends Remembering {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly index: ObjectIndex;
  readonly graph: FileGraph;
  /** Absent while schemas are being read, or where none are shipped. */
  readonly catalog: Catalog | undefined;
  /** `2.9` */
  readonly flux: string;
  /** The settings or the repository say so; otherwise it is the newest. */
  readonly fluxIsKnown: boolean;
  /** Whether an unset variable fails a build (`StrictPostBuildSubstitutions`). */
  readonly strictVariables: boolean;
  /** What a simulation of these files found; absent before the first, and without rendering. */
  readonly truth: Truth | undefined;
  manifest(path: string): ManifestFile | undefined;
  /** Where tenants are locked in. */
  readonly lockdown: LockdownPlace | undefined;
}

export interface ModelInput {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly catalog: Catalog | undefined;
  readonly flux: string;
  readonly fluxIsKnown: boolean;
  readonly strictVariables: boolean;
  readonly truth: Truth | undefined;
}

/** Graphs and indexes that were computed, with the files they are of. A model holds no other model. */
interface Known {
  graph?: {
    readonly files: WorkspaceModel["files"];
    readonly value: FileGraph;
    readonly shape: PathShape;
  };
  index?: { readonly files: WorkspaceModel["files"]; readonly value: ObjectIndex };
}
const knownOf = new Slot<WorkspaceModel, Known>();

/** `previous` lends what has not changed. */
export function createModel(input: ModelInput, previous?: WorkspaceModel): WorkspaceModel {
  const before = previous && knownOf.get(previous);
  const known: Known = {
    ...(before?.graph && { graph: before.graph }),
    ...(before?.index && { index: before.index }),
  };
  const model = new LazyModel(input, known);
  knownOf.set(model, known);
  return model;
}

class LazyModel implements WorkspaceModel {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly catalog: Catalog | undefined;
  readonly flux: string;
  readonly fluxIsKnown: boolean;
  readonly strictVariables: boolean;
  readonly truth: Truth | undefined;
  readonly memory: Memory = [];
  readonly #known: Known;
  #index: ObjectIndex | undefined;
  #graph: FileGraph | undefined;
  #lockdown: { readonly value: LockdownPlace | undefined } | undefined;

  constructor(input: ModelInput, known: Known) {
    this.files = input.files;
    this.catalog = input.catalog;
    this.flux = input.flux;
    this.fluxIsKnown = input.fluxIsKnown;
    this.strictVariables = input.strictVariables;
    this.truth = input.truth;
    this.#known = known;
  }

  get index(): ObjectIndex {
    if (this.#index) return this.#index;
    const { files } = this;
    const { index } = this.#known;
    const isSame = index && differOnlyWhere(index.files, files, sameWritten);
    this.#index = isSame ? index.value : buildObjectIndex(files.values());
    this.#known.index = { files, value: this.#index };
    return this.#index;
  }

  get graph(): FileGraph {
    if (this.#graph) return this.#graph;
    const { files } = this;
    const { graph } = this.#known;
    const isSame = graph && differOnlyWhere(graph.files, files, sameShape);
    const shape = isSame ? graph.shape : pathsOf(files, graph?.shape);
    this.#graph = isSame ? graph.value : graphOf(files, shape);
    this.#known.graph = { files, shape, value: this.#graph };
    return this.#graph;
  }

  get lockdown(): LockdownPlace | undefined {
    this.#lockdown ??= { value: findLockdown(this.files.values()) };
    return this.#lockdown.value;
  }

  manifest(path: string): ManifestFile | undefined {
    return this.files.get(path)?.manifest;
  }
}

/** The same as before when no file came or went. */
function pathsOf(files: ReadonlyMap<string, SourceFile>, before: PathShape | undefined): PathShape {
  const isSame =
    before?.files.size === files.size && [...files.keys()].every((path) => before.files.has(path));
  return isSame ? before : shapeOf(files.values());
}

function graphOf(files: ReadonlyMap<string, SourceFile>, shape: PathShape): FileGraph {
  const kustomizations: KustomizationFile[] = [];
  const owners: FluxKustomization[] = [];
  for (const file of files.values()) {
    if (!file.isYaml || !shapesGraph(file) || !file.manifest) continue;
    const one = isKustomizationPath(file.path) ? readKustomizationFile(file.manifest) : undefined;
    if (one) kustomizations.push(one);
    owners.push(...readFluxKustomizations(file.manifest));
  }
  const patches = new Set(kustomizations.flatMap(patchFiles));
  const whole = owners.filter(({ file }) => !patches.has(file));
  return buildFileGraph({ shape, kustomizations, owners: whole });
}

/** A patch of a Kustomization is none, although it looks like one. */
function patchFiles({ entries }: KustomizationFile): readonly string[] {
  return entries.flatMap(({ role, path }) =>
    role === "patch" && path !== undefined ? [path] : [],
  );
}

const shaping = new Slot<SourceFile, boolean>();
const kustomizeApi = `${fluxGroup(flux.Kustomization)}/`;

function isOfKustomizeApi({ apiVersion }: { readonly apiVersion: string }): boolean {
  return apiVersion.startsWith(kustomizeApi);
}

/** Whether what is in the file decides about the graph. */
function shapesGraph(file: SourceFile): boolean {
  let known = shaping.get(file);
  if (known === undefined) {
    known =
      isKustomizationPath(file.path) || file.headlines.some((own) => own.some(isOfKustomizeApi));
    shaping.set(file, known);
  }
  return known;
}

/** The same paths, and each file that is another now says the same as before to `isSame`. */
function differOnlyWhere(
  before: ReadonlyMap<string, SourceFile>,
  after: ReadonlyMap<string, SourceFile>,
  isSame: (old: SourceFile, file: SourceFile) => boolean,
): boolean {
  if (before === after) return true;
  if (before.size !== after.size) return false;
  for (const [path, file] of after) {
    const old = before.get(path);
    if (old === file) continue;
    if (!old || !isSame(old, file)) return false;
  }
  return true;
}

/** What shapes the graph is the same documents in the same order. */
function sameShape(old: SourceFile, file: SourceFile): boolean {
  const [before, after] = [shapesOf(old), shapesOf(file)];
  return (
    before === after ||
    (before.length === after.length &&
      before.every(({ document }, at) => document === after[at]?.document))
  );
}

const nothing: readonly never[] = [];
const shapes = new Slot<SourceFile, readonly FilePart[]>();

function shapesOf(file: SourceFile): readonly FilePart[] {
  let known = shapes.get(file);
  if (!known) shapes.set(file, (known = readShapes(file)));
  return known;
}

/** By what was parsed, as the graph is: the quick scan may see another text in one that is half typed. */
function readShapes(file: SourceFile): readonly FilePart[] {
  if (!shapesGraph(file)) return nothing;
  const parts = file.manifest?.parts ?? [];
  return isKustomizationPath(file.path)
    ? parts
    : parts.filter(({ document }) => isOfKustomizeApi(document));
}

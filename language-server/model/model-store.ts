/**
 * The one mutable picture of a folder: files as they are read, unsaved texts above them, schemas and the last simulation.
 * `current` gives an immutable model; the same one until something changes.
 */
import type { FileTree, TreeFile } from "#simulator";

import type { Catalog, SchemaSource } from "../schema/catalog.ts";
import { workspaceSchemas } from "./crd-files.ts";
import { detectFlux } from "./detect-flux.ts";
import type { SourceFile } from "./source-file.ts";
import { createSourceFile } from "./source-file.ts";
import type { Truth } from "./truth.ts";
import type { WorkspaceModel } from "./workspace-model.ts";
import { createModel } from "./workspace-model.ts";

export interface ModelOptions {
  readonly flux: string;
  /** The user chose it, so the repository is not asked. */
  readonly fluxIsGiven?: boolean;
  readonly kubernetes: string;
  readonly featureGates: Readonly<Record<string, boolean>>;
}

/** Makes a catalog for versions and the CRDs of the workspace; absent where no schemas are shipped. */
export type MakeCatalog = (options: ModelOptions, workspace: SchemaSource) => Catalog;

const defaults: ModelOptions = { flux: "2.9", kubernetes: "", featureGates: {} };

export class ModelStore {
  #disk: ReadonlyMap<string, SourceFile> = new Map();
  readonly #overlay = new Map<string, SourceFile>();
  #files: ReadonlyMap<string, SourceFile> | undefined;
  #options = defaults;
  #truth: Truth | undefined;
  #makeCatalog: MakeCatalog | undefined;
  #catalog:
    | { readonly value: Catalog; readonly workspace: SchemaSource; readonly flux: string }
    | undefined;
  #model: WorkspaceModel | undefined;
  #isCurrent = false;
  #edits = 0;

  get current(): WorkspaceModel {
    if (this.#model && this.#isCurrent) return this.#model;
    this.#files ??= new Map([...this.#disk, ...this.#overlay]);
    const detected = this.#detected(this.#files);
    const options = { ...this.#options, ...(detected !== undefined && { flux: detected }) };
    this.#model = createModel(
      {
        files: this.#files,
        catalog: this.#catalogFor(this.#files, options),
        flux: options.flux,
        fluxIsKnown: detected !== undefined || isChosen(options),
        strictVariables: isStrict(options),
        truth: this.#truth,
      },
      this.#model,
    );
    this.#isCurrent = true;
    return this.#model;
  }

  /** Files whose id is as before keep everything that is known of them. */
  setTree(tree: FileTree): void {
    let isSame = tree.files.size === this.#disk.size;
    const next = new Map<string, SourceFile>();
    for (const [path, file] of tree.files) {
      const known = this.#disk.get(path);
      const source = known?.id === file.id ? known : toSourceFile(path, file, known);
      if (source !== known) isSame = false;
      next.set(path, source);
    }
    if (isSame) return;
    this.#disk = next;
    this.#files = undefined;
    this.#isCurrent = false;
  }

  /** `undefined`: the file is as it is on disk again. */
  setText(path: string, text: string | undefined): void {
    if (text === undefined) {
      if (!this.#overlay.delete(path)) return;
    } else {
      const previous = this.#overlay.get(path) ?? this.#disk.get(path);
      if (previous?.text === text) return;
      this.#overlay.set(path, createSourceFile(path, `edit ${++this.#edits}`, text, previous));
    }
    this.#files = undefined;
    this.#isCurrent = false;
  }

  setTruth(truth: Truth | undefined): void {
    this.#truth = truth;
    this.#isCurrent = false;
  }

  setOptions(options: ModelOptions): void {
    if (JSON.stringify(options) === JSON.stringify(this.#options)) return;
    this.#options = options;
    this.#catalog = undefined;
    this.#isCurrent = false;
  }

  setSchemas(makeCatalog: MakeCatalog): void {
    this.#makeCatalog = makeCatalog;
    this.#catalog = undefined;
    this.#isCurrent = false;
  }

  /** The same catalog as long as the CRDs are the same: findings are remembered by it. */
  #catalogFor(files: ReadonlyMap<string, SourceFile>, options: ModelOptions): Catalog | undefined {
    if (!this.#makeCatalog) return undefined;
    const { flux } = options;
    const workspace = workspaceSchemas(files, this.#catalog?.workspace);
    if (this.#catalog?.workspace !== workspace || this.#catalog.flux !== flux)
      this.#catalog = { workspace, flux, value: this.#makeCatalog(options, workspace) };
    return this.#catalog.value;
  }

  /** The newest minor is the default, so a repository that installs an older one is believed. */
  #detected(files: ReadonlyMap<string, SourceFile>): string | undefined {
    if (isChosen(this.#options)) return undefined;
    const minor = detectFlux(files.values())?.slice(2);
    return minor === undefined ? undefined : `2.${Math.min(9, Math.max(6, Number(minor)))}`;
  }
}

/** A setting has a default, so only another value than that shows a choice. */
function isChosen({ flux, fluxIsGiven }: ModelOptions): boolean {
  return fluxIsGiven === true || flux !== defaults.flux;
}

function toSourceFile(path: string, { id, bytes }: TreeFile, known: SourceFile | undefined) {
  return createSourceFile(path, id, bytes, known);
}

/** kustomize-controller 1.9, which Flux 2.9 brings, turned the gate on (`internal/features/features.go`). */
function isStrict({ flux, featureGates }: ModelOptions): boolean {
  return featureGates["StrictPostBuildSubstitutions"] ?? Number(flux.split(".")[1] ?? "9") >= 9;
}

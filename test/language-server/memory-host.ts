/** A server host whose only folder is a record of texts in the test. */
import { readFile } from "node:fs/promises";

import type { FileTree, Simulator } from "#simulator";

import type { FolderHost, HostFailure, ServerHost } from "../../language-server/workspace/host.ts";
import { treeOf } from "../support/fixture.ts";

export interface MemoryHost extends ServerHost {
  /** The files on disk; tests write into it and then tell the server. */
  readonly disk: Record<string, string>;
  /** What is committed; absent without Git. */
  readonly head: Record<string, string> | undefined;
  /** What each reading was asked for. */
  readonly readings: (readonly string[] | "everything")[];
  /** What `ageKeys` was asked for. */
  readonly keyFiles: string[];
  readonly networks: { readonly offline: boolean; readonly allowPrivateNetwork: boolean }[];
}

export interface MemoryHostOptions {
  readonly root: string;
  readonly disk: Readonly<Record<string, string>>;
  /** Absent: the folder is not in a Git repository. */
  readonly head?: Readonly<Record<string, string>>;
  readonly simulator: Simulator;
  readonly failure?: HostFailure;
  /** Reads the schemas that are shipped. */
  readonly schemas?: boolean;
}

export function createMemoryHost(options: MemoryHostOptions): MemoryHost {
  const disk: Record<string, string> = { ...options.disk };
  const head = options.head && { ...options.head };
  const readings: MemoryHost["readings"] = [];
  const keyFiles: string[] = [];
  const networks: MemoryHost["networks"] = [];
  const read = (overlay: ReadonlyMap<string, string>): FileTree =>
    treeOf({ ...disk, ...Object.fromEntries(overlay) });
  const folder: FolderHost = {
    root: options.root,
    async read(overlay) {
      readings.push("everything");
      return read(overlay);
    },
    async refresh(tree, changed, overlay) {
      readings.push(changed);
      const next = read(overlay);
      return sameFiles(tree, next) ? tree : next;
    },
    baseKey: async (spec) => `${spec} ${JSON.stringify(head)}`,
    base: async (spec) =>
      head
        ? { outcome: "tree", tree: treeOf(head, spec) }
        : { outcome: "none", note: { code: "no-git", message: "no Git" } },
    remoteUrls: async () => [],
    notes: () => [],
    dispose: async () => {},
  };
  return {
    disk,
    head,
    readings,
    keyFiles,
    networks,
    initialize() {},
    ...(options.schemas === true && {
      readSchemas: (file: string) => readFile(`dist/schemas/${file}`),
    }),
    openFolder: async () => folder,
    async createSimulator(network) {
      networks.push(network);
      if (options.failure) throw options.failure;
      return options.simulator;
    },
    async ageKeys(file) {
      keyFiles.push(file);
      return { identities: [], notes: [] };
    },
  };
}

function sameFiles(a: FileTree, b: FileTree): boolean {
  const ids = (tree: FileTree): string =>
    JSON.stringify([...tree.files].map(([path, { id }]) => `${path} ${id}`).sort());
  return ids(a) === ids(b);
}

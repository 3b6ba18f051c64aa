/** Random edits of a workspace, and the two ways to its diagnoses: step by step, and all at once. They have to agree. */
import type { WorkspaceModel } from "../../language-server/model/workspace-model.ts";
import { ModelStore } from "../../language-server/model/model-store.ts";
import { checkFile } from "../../language-server/rules/check-file.ts";
import { defaultRuleSettings } from "../../language-server/rules/suppression.ts";
import { createCatalog } from "../../language-server/schema/create-catalog.ts";
import type { Packs } from "../../language-server/schema/packs.ts";
import { treeOf } from "./fixture.ts";

export interface Edit {
  readonly path: string;
  /** Between 0 and 1: where in the text. */
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** What people type: halves of words, marks of YAML, whole lines, and mistakes. */
export const insertions = [
  "a",
  " ",
  "\n",
  ":",
  "- ",
  "  ",
  "${",
  "}",
  "${VAR}",
  "---\n",
  "&a ",
  "*a",
  "<<: *a\n",
  '"',
  "'",
  "|\n",
  "#",
  "\t",
  "metadata:\n  name: x\n",
  "kind: Kustomization\n",
  "namespace: other\n",
  "dependsOn:\n    - name: apps\n",
  "{",
  "]",
  "é",
  "\u{1F600}",
];

/** A ConfigMap that is long enough to be parsed in groups. */
export function longMapping(keys: number): string {
  const values = ["text", '"quoted"', "'single'", "|\n    first\n    second", "5", "${VAR}"];
  const lines = Array.from(
    { length: keys },
    (_, at) => `  some-key-${at}.conf: ${values[at % values.length] ?? ""}\n`,
  );
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: long\n  namespace: b\ndata:\n${lines.join("")}`;
}

export class EditedWorkspace {
  readonly #store = new ModelStore();
  readonly #packs: Packs;
  readonly #texts: Map<string, string>;
  readonly #paths: readonly string[];

  constructor(texts: Readonly<Record<string, string>>, packs: Packs) {
    this.#packs = packs;
    this.#texts = new Map(Object.entries(texts));
    this.#paths = [...this.#texts.keys()].filter((path) => /\.ya?ml$/.test(path));
    this.#store.setSchemas((options, workspace) => createCatalog(packs, { ...options, workspace }));
    this.#store.setTree(treeOf(texts));
  }

  get paths(): readonly string[] {
    return this.#paths;
  }

  apply({ path, at, remove, insert }: Edit): void {
    const text = this.#texts.get(path) ?? "";
    const offset = Math.floor(at * text.length);
    const edited = text.slice(0, offset) + insert + text.slice(offset + remove);
    // An edit may cut a character of two units in half, which no file can hold.
    const next = new TextDecoder().decode(new TextEncoder().encode(edited));
    this.#texts.set(path, next);
    this.#store.setText(path, next);
  }

  /** As an editor has them after all the edits before. */
  stepwise(paths: readonly string[]): string {
    return found(this.#store.current, paths);
  }

  /** As if everything were read for the first time. */
  fromScratch(paths: readonly string[]): string {
    const store = new ModelStore();
    store.setSchemas((options, workspace) => createCatalog(this.#packs, { ...options, workspace }));
    store.setTree(treeOf(Object.fromEntries(this.#texts)));
    return found(store.current, paths);
  }
}

/** Throws what a rule throws. */
function found(model: WorkspaceModel, paths: readonly string[]): string {
  const all = paths.map((path) =>
    checkFile(model, path, defaultRuleSettings, (rule, at, error) => {
      throw new Error(`${rule} failed on ${at}`, { cause: error });
    }),
  );
  return JSON.stringify(all, undefined, 1);
}

/**
 * What is known of one folder while it is edited: the model of its texts, and the diagnostics of each file, remembered until
 * something changes. Answers at once from text; what a simulation adds comes when it comes.
 */
import type { Plan } from "#simulator";

import type { FileDiagnostics } from "../features/diagnostics.ts";
import { fileDiagnostics } from "../features/diagnostics.ts";
import { ModelStore } from "../model/model-store.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { OnBug } from "../rules/document-findings.ts";
import { findingsOf } from "../rules/document-findings.ts";
import { problemsByPath } from "../rules/merge-problems.ts";
import type { RuleSettings } from "../rules/suppression.ts";
import { defaultRuleSettings } from "../rules/suppression.ts";
import type { ErrorLog } from "./guard.ts";
import { describeError, unlessAborted } from "./guard.ts";
import { awaited, nextTurn } from "./turns.ts";

/** Characters that are parsed although nobody asked: trees take far more memory than texts. */
const mostInIdle = 4_000_000;
/** Files with fewer documents are looked through in one go. */
const manyDocuments = 30;

export interface FolderModelOptions {
  readonly root: string;
  readonly docs: string | undefined;
  readonly log: ErrorLog;
}

interface Answer extends FileDiagnostics {
  /** Equal ids are equal diagnostics. */
  readonly resultId: string;
}

export class FolderModel {
  readonly store = new ModelStore();
  readonly #options: FolderModelOptions;
  readonly #answers = new Map<string, Answer>();
  #plan: Plan | undefined;
  #settings: RuleSettings = defaultRuleSettings;
  #answered: WorkspaceModel | undefined;
  #isOpen = false;
  #open = (): void => {};
  readonly #opened = new Promise<void>((resolve) => (this.#open = resolve));
  #answer = (): void => {};
  /** Resolves with the first diagnostics that anybody got. */
  readonly firstAnswer = new Promise<void>((resolve) => (this.#answer = resolve));

  constructor(options: FolderModelOptions) {
    this.#options = options;
  }

  get root(): string {
    return this.#options.root;
  }

  get model(): WorkspaceModel {
    return this.store.current;
  }

  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** Whether files and schemas are there, or will not come: before, references would seem to lead nowhere. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#open();
  }

  /** Until the diagnostics of a file can be given at once. Others have their turn in between; the signal ends it. */
  async prepare(path: string, signal: AbortSignal): Promise<void> {
    if (!this.#isOpen) await unlessAborted(this.#opened, signal);
    const { model } = this;
    const file = model.manifest(path);
    if (!file || file.parts.length < manyDocuments) return;
    const turn = nextTurn(signal, awaited);
    for (const ordinal of file.parts.keys()) {
      await turn();
      if (this.model !== model) return;
      findingsOf(model, file, ordinal, this.#onBug);
    }
  }

  /** Parses what was not parsed yet, so that whoever asks for a name later need not wait for it. */
  async parseAll(signal: AbortSignal): Promise<void> {
    const turn = nextTurn(signal);
    let length = 0;
    for (const file of this.model.files.values()) {
      if (file.isYaml) length += file.size;
      if (!file.isYaml || length > mostInIdle) continue;
      await turn();
      for (const { document } of file.manifest?.parts ?? []) {
        // Asking for the tree makes it.
        if (document.yaml) await turn();
      }
    }
  }

  readonly #onBug: OnBug = (rule, at, error) =>
    this.#options.log.error(`${rule} failed on ${at}: ${describeError(error)}`);

  setPlan(plan: Plan | undefined): void {
    this.#plan = plan;
    this.#answers.clear();
  }

  setRules(settings: RuleSettings): void {
    this.#settings = settings;
    this.#answers.clear();
  }

  /** Files that may have diagnostics. */
  paths(): readonly string[] {
    const { files } = this.model;
    const yaml = [...files.values()].filter(({ isYaml }) => isYaml).map(({ path }) => path);
    const problems = this.#plan ? [...problemsByPath(this.#plan).keys()] : [];
    return [...new Set([...yaml, ...problems])];
  }

  diagnostics(path: string): Answer {
    const { model } = this;
    if (this.#answered !== model) this.#answers.clear();
    this.#answered = model;
    const known = this.#answers.get(path);
    if (known) return known;
    const { root, docs } = this.#options;
    const found = fileDiagnostics(
      {
        root,
        model,
        plan: this.#plan,
        settings: this.#settings,
        docs,
        onBug: this.#onBug,
      },
      path,
    );
    const answer = { ...found, resultId: digest(JSON.stringify(found.items)) };
    this.#answers.set(path, answer);
    this.#answer();
    return answer;
  }
}

/** FNV-1a over two halves: short, quick, and different for different texts but for an accident in 2^50. */
function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + at), 0x85ebca6b);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}${text.length.toString(36)}`;
}

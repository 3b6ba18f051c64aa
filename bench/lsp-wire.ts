/** What somebody waits for who types: from `didChange` to the diagnostics, and from `didChange` to the completion, over the wire. */
import type { LspProcess } from "./lsp-process.ts";
import type { Typing } from "./lsp-documents.ts";
import type { Series } from "./statistics.ts";
import { series } from "./statistics.ts";

/** Somebody who types fast: a key every 100 ms. A simulation runs in between. */
const pause = 100;

export interface Place {
  readonly line: number;
  readonly character: number;
}

/** A document that is open in the server, edited at one place. */
export class OpenFile {
  readonly #lsp: LspProcess;
  readonly #textDocument: { readonly uri: string };
  readonly #start: Place;
  readonly #typing: Typing;
  #end: Place;
  #version = 0;

  private constructor(lsp: LspProcess, uri: string, text: string, typing: Typing) {
    this.#lsp = lsp;
    this.#textDocument = { uri };
    this.#typing = typing;
    this.#start = placeBehind(text.slice(0, typing.offset), { line: 0, character: 0 });
    this.#end = this.#start;
  }

  static async open(
    lsp: LspProcess,
    path: string,
    text: string,
    typing: Typing,
  ): Promise<OpenFile> {
    const uri = `${lsp.root}/${path}`;
    await lsp.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 0, text },
    });
    return new OpenFile(lsp, uri, text, typing);
  }

  /** Behind what was typed last. */
  get cursor(): Place {
    return this.#end;
  }

  /** Everything above, and the line itself. */
  get above(): { readonly start: Place; readonly end: Place } {
    return { start: { line: 0, character: 0 }, end: this.#end };
  }

  async type(round: number): Promise<void> {
    const text = this.#typing.inserted(round);
    const range = { start: this.#start, end: this.#end };
    this.#end = placeBehind(text, this.#start);
    await this.#lsp.connection.sendNotification("textDocument/didChange", {
      textDocument: { ...this.#textDocument, version: ++this.#version },
      contentChanges: [{ range, text }],
    });
  }

  ask<T>(method: string, more: object = {}): Promise<T> {
    const { connection } = this.#lsp;
    return connection.sendRequest(method, { textDocument: this.#textDocument, ...more });
  }

  async close(): Promise<void> {
    const { connection } = this.#lsp;
    await connection.sendNotification("textDocument/didClose", {
      textDocument: this.#textDocument,
    });
  }
}

function placeBehind(text: string, from: Place): Place {
  const lines = text.split("\n");
  const last = lines.at(-1)?.length ?? 0;
  return lines.length === 1
    ? { line: from.line, character: from.character + last }
    : { line: from.line + lines.length - 1, character: last };
}

export interface Keystrokes {
  readonly wallMs: Series;
  /** CPU time of the server for each key, with all that goes on in the background. */
  readonly cpuMs: number;
}

/** The first ten are not counted. */
export async function measureKeystrokes(
  lsp: LspProcess,
  file: OpenFile,
  keys: number,
): Promise<Keystrokes> {
  const times: number[] = [];
  let cpu = 0;
  for (let round = 0; round < keys + 10; round++) {
    if (round === 10) cpu = lsp.cpuMs();
    const started = performance.now();
    await file.type(round);
    await file.ask("textDocument/diagnostic");
    if (round >= 10) times.push(performance.now() - started);
    await sleep(pause);
  }
  return { wallMs: series(times), cpuMs: (lsp.cpuMs() - cpu) / keys };
}

/** From `didChange` to the answer of another question. The first three are not counted. */
export async function measureAnswers(
  file: OpenFile,
  method: string,
  about: (file: OpenFile) => object,
  keys: number,
): Promise<{ readonly times: readonly number[]; readonly answers: readonly unknown[] }> {
  const times: number[] = [];
  const answers: unknown[] = [];
  for (let round = 0; round < keys + 3; round++) {
    const started = performance.now();
    await file.type(round);
    answers.push(await file.ask(method, about(file)));
    if (round >= 3) times.push(performance.now() - started);
    await sleep(pause / 4);
  }
  return { times, answers };
}

interface CompletionList {
  readonly items: readonly unknown[];
}

export async function measureCompletion(
  file: OpenFile,
  keys: number,
): Promise<{ readonly times: readonly number[]; readonly items: number }> {
  const method = "textDocument/completion";
  const atCursor = ({ cursor: position }: OpenFile): object => ({ position });
  const { times, answers } = await measureAnswers(file, method, atCursor, keys);
  const lists = answers as readonly CompletionList[];
  return { times, items: Math.max(...lists.map(({ items }) => items.length)) };
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

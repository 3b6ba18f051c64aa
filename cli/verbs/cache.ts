/** `sluice cache`: what is kept on disk, and how to be rid of it. It simulates nothing, so it needs no session. */
import {
  type CacheContents,
  type CacheKind,
  cacheKinds,
  clearCache,
  listCache,
} from "#simulator/node";

import type { CommandLine } from "../command-line.ts";
import { documentText } from "../print/document.ts";
import { printable } from "../print/printable.ts";
import { didYouMean } from "../suggestion.ts";
import { UserError } from "../user-error.ts";

const cacheOperands = ["list", "clear", "path"] as const;

export interface CachePlace {
  readonly cacheDir: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The text to print. Throws a `UserError` that says which word is wrong. */
export async function cache(line: CommandLine, { cacheDir, now }: CachePlace): Promise<string> {
  const operand = choice("sluice cache", line.operand ?? "list", cacheOperands);
  const format = choice("-o", line.given.get("output")?.[0] ?? "text", ["text", "json", "yaml"]);
  const kinds = (line.given.get("kind") ?? []).map((kind) => choice("--kind", kind, cacheKinds));
  const age = line.given.get("older-than")?.[0];
  const usedBefore = age === undefined ? undefined : now - milliseconds(age);
  switch (operand) {
    case "path":
      return `${printable(cacheDir)}\n`;
    case "clear": {
      const filter = { kinds, ...(usedBefore !== undefined && { usedBefore }) };
      return clearedText(await clearCache(cacheDir, filter), format);
    }
    case "list": {
      const contents = onlyMeant(await listCache(cacheDir), kinds, usedBefore);
      return format === "text" ? listText(contents) : documentText(listRecord(contents), format);
    }
  }
}

function choice<Choice extends string>(
  option: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((each) => each === text);
  if (found !== undefined) return found;
  throw new UserError(
    `${option} can't be "${text}".${didYouMean(text, choices)} It can be ${choices.join(", ")}.`,
  );
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

function milliseconds(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count !== "") return Number(count) * units[unit as keyof typeof units];
  throw new UserError(`--older-than can't be "${text}". It looks like 30m, 12h, 7d or 4w.`);
}

function onlyMeant(
  contents: CacheContents,
  kinds: readonly CacheKind[],
  usedBefore: number | undefined,
): CacheContents {
  const isMeant = (kind: CacheKind): boolean => kinds.length === 0 || kinds.includes(kind);
  const sources = contents.sources.filter(
    ({ kind, usedAt }) => isMeant(kind) && (usedBefore === undefined || usedAt < usedBefore),
  );
  return { ...contents, sources };
}

function listText({ folder, sources, answers, bytes }: CacheContents): string {
  const rows = sources.map(({ kind, address, version, revision, fetchedAt, bytes: size }) => [
    ...[kind, sizeText(size), timeText(fetchedAt)],
    printable(`${address}${version === "" ? "" : ` ${version}`} (${revision})`),
  ]);
  const widths = [0, 1].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map(([kind = "", size = "", time = "", what = ""]) =>
    [kind.padEnd(widths[0] ?? 0), size.padStart(widths[1] ?? 0), time, what].join("  "),
  );
  const summary =
    `${count(sources.length, "source")}, ${count(answers.count, "answer")} of the engine ` +
    `(${sizeText(answers.bytes)}), ${sizeText(bytes)} in ${printable(folder)}`;
  return `${[...lines, summary].join("\n")}\n`;
}

function listRecord({ sources, ...rest }: CacheContents): object {
  return {
    ...rest,
    sources: sources.map(({ fetchedAt, usedAt, ...source }) => ({
      ...source,
      fetchedAt: new Date(fetchedAt).toISOString(),
      usedAt: new Date(usedAt).toISOString(),
    })),
  };
}

function clearedText(
  cleared: Awaited<ReturnType<typeof clearCache>>,
  format: "text" | "json" | "yaml",
): string {
  if (format !== "text") return documentText(cleared, format);
  const { sources, answers, bytes } = cleared;
  return `Removed ${count(sources, "source")} and ${count(answers, "answer")} of the engine: ${sizeText(bytes)}.\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function timeText(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

/** With three digits that count. */
function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const steps = ["kB", "MB", "GB", "TB"];
  const step = Math.min(Math.floor(Math.log10(bytes) / 3), steps.length);
  const value = bytes / 1000 ** step;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${steps[step - 1] ?? "TB"}`;
}

/**
 * YAML text to objects with their lines, for the few files that are read as manifests outside a build
 * (roots, `--live`, discovery). What is applied always comes from the engine.
 */
import { isCollection, isMap, LineCounter, parse, parseAllDocuments } from "yaml";

import type { Problem } from "../records.ts";
import { lineOfDepth, maxDepth } from "./depth.ts";
import { isObject, listAt, textAt } from "./json.ts";
import type { JsonObject } from "./json.ts";

export interface ParsedObject {
  readonly object: JsonObject;
  /** 1-based line of the document. */
  readonly line: number;
}

export interface Parsed {
  readonly objects: readonly ParsedObject[];
  readonly problems: readonly Problem[];
}

/** Text larger than this is not read as a manifest. 5 MB: an etcd object is at most 1.5 MB. */
const maxLength = 5_000_000;
const maxAliases = 100;

/** Objects of a multi-document text, lists flattened. Never throws. */
export function parseManifest(text: string, path: string): Parsed {
  if (text.length > maxLength) {
    return {
      objects: [],
      problems: [
        problem(
          "limit-exceeded",
          `${path} is larger than 5 MB and is not read as a manifest.`,
          path,
        ),
      ],
    };
  }
  const tooDeep = lineOfDepth(text);
  if (tooDeep !== undefined) {
    const message = `${path} is nested more than ${maxDepth} levels deep and is not read as a manifest.`;
    return {
      objects: [],
      problems: [{ ...problem("limit-exceeded", message, path), place: { path, line: tooDeep } }],
    };
  }
  const counter = new LineCounter();
  const objects: ParsedObject[] = [];
  const problems: Problem[] = [];
  for (const document of parseAllDocuments(text, {
    uniqueKeys: false,
    merge: true,
    lineCounter: counter,
    logLevel: "silent",
    prettyErrors: false,
  })) {
    const error = document.errors[0];
    if (error !== undefined) {
      const { line, col } = counter.linePos(error.pos[0]);
      problems.push({
        ...problem("yaml-syntax", firstLine(error.message), path),
        place: { path, line, column: col },
      });
      continue;
    }
    const contents = document.contents;
    if (!isCollection(contents) || !isMap(contents)) continue;
    const line = counter.linePos(contents.range?.[0] ?? 0).line;
    const value = toPlain(() => document.toJS({ maxAliasCount: maxAliases }) as unknown);
    if (value === undefined) {
      problems.push({
        ...problem(
          "too-many-aliases",
          "The document expands its aliases beyond the limit; write the values out.",
          path,
        ),
        place: { path, line },
      });
      continue;
    }
    for (const object of flatten(value)) objects.push({ object, line });
  }
  return { objects, problems };
}

/** The value of a text with one document, whatever it is; `undefined` when it is no YAML or beyond the limits. */
export function parseQuietly(text: string): unknown {
  if (lineOfDepth(text) !== undefined) return undefined;
  return toPlain(
    () =>
      parse(text, {
        uniqueKeys: false,
        logLevel: "silent",
        prettyErrors: false,
        maxAliasCount: maxAliases,
      }) as unknown,
  );
}

/** By way of JSON, so that a value is a tree: an alias may stand inside its own anchor. */
function toPlain(read: () => unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(read())) as unknown;
  } catch {
    return undefined;
  }
}

function flatten(value: unknown): readonly JsonObject[] {
  if (!isObject(value)) return [];
  if (textAt(value, "kind")?.endsWith("List") === true && Array.isArray(value["items"])) {
    return listAt(value, "items").filter(isObject);
  }
  return textAt(value, "kind") === undefined ? [] : [value];
}

function problem(code: Problem["code"], message: string, path: string): Problem {
  return { code, severity: "error", message, place: { path } };
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? text).replace(/ at line \d+, column \d+:?$/, ".");
}

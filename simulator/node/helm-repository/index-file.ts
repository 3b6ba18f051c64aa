/**
 * One chart's versions out of a Helm repository's `index.yaml`, without parsing the rest: such files have up to fifty
 * megabytes, of which one entry of one version is wanted. What doesn't look as Helm writes it is parsed as a whole.
 */
import { parse } from "yaml";

import { FetchFailure } from "../fetch-failure.ts";
import { entryText } from "./index-text.ts";

export interface IndexedChart {
  readonly version: string;
  /** As written; empty when there is none. */
  readonly created: string;
  /** Everything the index says of this version. */
  readonly details: () => ChartDetails;
}

export interface ChartDetails {
  readonly name: string;
  readonly urls: readonly string[];
  /** SHA-256 in hex of the archive. */
  readonly digest?: string;
}

/** What a parser of the whole is still given. */
const maxWholeBytes = 4 * 1024 * 1024;

/** In the order of the file; `undefined` when the repository has no such chart. */
export function chartVersions(
  index: Uint8Array,
  name: string,
  shown: string,
): readonly IndexedChart[] | undefined {
  const bytes = Buffer.from(index.buffer, index.byteOffset, index.byteLength);
  if (/^\s*\{/.test(bytes.toString("latin1", 0, 1024)))
    return fromWhole(
      parseWhole(() => JSON.parse(bytes.toString()), shown),
      name,
      shown,
    );
  const found = entryText(bytes, name);
  if (found === "unusual") {
    if (bytes.byteLength > maxWholeBytes)
      throw new FetchFailure(
        "invalid",
        `${shown} is not written as Helm does and too large to be read otherwise.`,
      );
    return fromWhole(
      parseWhole(() => parse(bytes.toString(), yamlOptions), shown),
      name,
      shown,
    );
  }
  if (found === undefined) return undefined;
  const items = itemsOf(found.text, name);
  return (
    items ??
    fromValue(
      parseWhole(() => parse(found.text, yamlOptions), shown),
      name,
      shown,
    )
  );
}

/** Everything is text: a digest of digits is no number. */
const yamlOptions = {
  schema: "failsafe",
  uniqueKeys: false,
  maxAliasCount: 100,
  logLevel: "error",
} as const;

/** The versions as slices of text, when each begins with `- ` in the same column and says its version plainly. */
function itemsOf(entry: string, name: string): readonly IndexedChart[] | undefined {
  const lines = entry.split("\n");
  const dash = /^( *)- /.exec(lines.find((line) => /^ *-/.test(line)) ?? "")?.[1];
  if (dash === undefined) return undefined;
  const starts = lines.flatMap((line, index) => (line.startsWith(`${dash}- `) ? [index] : []));
  const charts: IndexedChart[] = [];
  for (const [position, start] of starts.entries()) {
    const text = lines.slice(start, starts[position + 1]).join("\n");
    const version = plainField(text, "version", dash.length);
    if (version === undefined) return undefined;
    const created = plainField(text, "created", dash.length) ?? "";
    charts.push({ version, created, details: () => detailsOf(firstItem(text), name) });
  }
  return charts;
}

/** The value of a field of a list item, when it stands on the line of its name. */
function plainField(item: string, field: string, indent: number): string | undefined {
  const pattern = new RegExp(`^(?: {${indent}}- | {${indent + 2}})${field}: *(.*?) *$`, "m");
  const written = pattern.exec(item)?.[1];
  if (written === undefined || /^[|>&*!{[]/.test(written) || written === "") return undefined;
  if (/^"[^"\\]*"$|^'[^']*'$/.test(written)) return written.slice(1, -1);
  return /["'#]/.test(written) ? undefined : written;
}

function firstItem(text: string): unknown {
  const items: unknown = parseWhole(() => parse(text, yamlOptions), "The index of the repository");
  return Array.isArray(items) ? items[0] : undefined;
}

function fromWhole(
  value: unknown,
  name: string,
  shown: string,
): readonly IndexedChart[] | undefined {
  const { apiVersion, entries } = record(value);
  if (typeof apiVersion !== "string" || apiVersion === "")
    throw new FetchFailure(
      "invalid",
      `${shown} is no index of a Helm repository: it has no apiVersion.`,
    );
  const found = Object.hasOwn(record(entries), name)
    ? { [name]: record(entries)[name] }
    : undefined;
  return found === undefined ? undefined : fromValue(found, name, shown);
}

function fromValue(value: unknown, name: string, shown: string): readonly IndexedChart[] {
  const versions = record(value)[name];
  if (!Array.isArray(versions))
    throw new FetchFailure("invalid", `${shown} has no list of versions for ${name}.`);
  return versions.flatMap((item: unknown): readonly IndexedChart[] => {
    const { version, created } = record(item);
    if (typeof version !== "string") return [];
    const made = typeof created === "string" ? created : "";
    return [{ version, created: made, details: () => detailsOf(item, name) }];
  });
}

function detailsOf(item: unknown, name: string): ChartDetails {
  const { urls, digest } = record(item);
  return {
    name,
    urls: Array.isArray(urls) ? urls.filter((url) => typeof url === "string") : [],
    ...(typeof digest === "string" && digest !== ""
      ? { digest: digest.replace(/^sha256:/, "").toLowerCase() }
      : {}),
  };
}

function parseWhole(read: () => unknown, shown: string): unknown {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    throw new FetchFailure("invalid", `${shown} can't be read: ${reason.slice(0, 200)}`);
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

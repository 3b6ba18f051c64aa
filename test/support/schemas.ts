/** The bundled schemas for tests, read once, and the findings on a text in a form that is easy to compare. */
import path from "node:path";
import { fileURLToPath } from "node:url";

import { parseDocument } from "yaml";

import type { Catalog, CatalogOptions } from "../../language-server/schema/catalog.ts";
import { validateCel } from "../../language-server/schema/cel-rules.ts";
import { createCatalog } from "../../language-server/schema/create-catalog.ts";
import type { SchemaFinding } from "../../language-server/schema/finding.ts";
import type { Packs } from "../../language-server/schema/packs.ts";
import { readPacksFrom } from "../../language-server/schema/read-packs.ts";
import type { ValidateOptions } from "../../language-server/schema/validate.ts";
import { validate } from "../../language-server/schema/validate.ts";

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "dist", "schemas");
let packs: Promise<Packs> | undefined;

export function bundledPacks(): Promise<Packs> {
  return (packs ??= readPacksFrom(dist));
}

export async function catalogFor(options: Partial<CatalogOptions> = {}): Promise<Catalog> {
  return createCatalog(await bundledPacks(), { flux: "2.9", kubernetes: "", ...options });
}

export interface Checked {
  readonly text: string;
  readonly findings: readonly SchemaFinding[];
}

/** Validates the one document of a text, rules included when nothing else is wrong. */
export function checkText(
  catalog: Catalog,
  text: string,
  options: Partial<ValidateOptions> = {},
): Checked {
  const document = parseDocument(text, { uniqueKeys: false });
  const name = {
    apiVersion: String(document.get("apiVersion")),
    kind: String(document.get("kind")),
  };
  const kind = catalog.find(name);
  if (kind === undefined)
    throw new Error(`There is no schema for ${name.apiVersion} ${name.kind}.`);
  const all: ValidateOptions = {
    role: "manifest",
    text,
    life: (at) => catalog.fieldLife(name, at),
    ...options,
  };
  const findings = validate(document, kind, all);
  return { text, findings: findings.length > 0 ? findings : validateCel(document, kind, all) };
}

/** `code: text in the range`, in the order of the text. */
export function brief({ text, findings }: Checked): readonly string[] {
  return [...findings]
    .sort((a, b) => a.range[0] - b.range[0])
    .map(({ code, range }) => `${code}: ${text.slice(...range)}`);
}

/** The text after a fix. */
export function applied({ text, findings }: Checked, title: RegExp): string {
  const fix = findings.flatMap(({ fixes }) => fixes ?? []).find((one) => title.test(one.title));
  if (fix === undefined) throw new Error(`No fix is called ${title.source}.`);
  return text.slice(0, fix.range[0]) + fix.text + text.slice(fix.range[1]);
}

/**
 * Where the validator is: a chain of steps from the root, so that going down costs one small object and paths are written
 * out only for what is reported.
 */
import type { SchemaPath } from "./catalog.ts";
import type { TextRange } from "./finding.ts";
import { fieldOf } from "./navigate.ts";
import type { Schema } from "./schema.ts";

export interface At {
  readonly above: At | undefined;
  readonly step: string | number;
  /** The step in terms of the schema: `[]` for elements, `*` for free keys. */
  readonly schemaStep: string;
  readonly depth: number;
  /** Where to point when the value itself is no good place: its key, or the first thing in a list's element. */
  readonly anchor: TextRange;
  /** Where the value is used, when it stands behind an alias: everything inside is reported there. */
  readonly usedAt: TextRange | undefined;
  /** Inside of `allOf` and the like: the schema says nothing about which fields exist. */
  readonly isPartial: boolean;
  /** Beside a partial schema: the one that declares the fields, and their defaults. */
  readonly declared: Schema | undefined;
}

export function atRoot(anchor: TextRange): At {
  return {
    above: undefined,
    step: "",
    schemaStep: "",
    depth: 0,
    anchor,
    usedAt: undefined,
    isPartial: false,
    declared: undefined,
  };
}

export interface FieldStep {
  readonly name: string;
  readonly isDeclared: boolean;
  readonly anchor: TextRange;
  readonly usedAt: TextRange | undefined;
}

export function atField(at: At, { name, isDeclared, anchor, usedAt }: FieldStep): At {
  const { declared } = at;
  return {
    above: at,
    step: name,
    schemaStep: isDeclared ? name : "*",
    depth: at.depth + 1,
    anchor,
    usedAt: at.usedAt ?? usedAt,
    isPartial: at.isPartial,
    declared: declared === undefined ? undefined : (fieldOf(declared, name) ?? {}),
  };
}

export function atElement(at: At, index: number, anchor: TextRange): At {
  const { declared } = at;
  return {
    above: at,
    step: index,
    schemaStep: "[]",
    depth: at.depth + 1,
    anchor,
    usedAt: at.usedAt,
    isPartial: at.isPartial,
    declared: declared === undefined ? undefined : (declared.items ?? {}),
  };
}

/** The same place, behind an alias that stands at `range`. */
export function behindAlias(at: At, range: TextRange): At {
  return { ...at, usedAt: at.usedAt ?? range };
}

/** The same place, looked at with one of the alternatives of `schema`. */
export function withAlternative(at: At, schema: Schema): At {
  return { ...at, isPartial: true, declared: at.declared ?? schema };
}

/** Keys and indexes from the root. */
export function pathOf(at: At): readonly (string | number)[] {
  return at.above === undefined ? [] : [...pathOf(at.above), at.step];
}

export function schemaPathOf(at: At): SchemaPath {
  return at.above === undefined ? [] : [...schemaPathOf(at.above), at.schemaStep];
}

export function placeOf(at: At, range: TextRange): TextRange {
  return at.usedAt ?? range;
}

/** `spec.interval`, `spec.patches[0]`; empty for the document itself. */
export function pathText(path: readonly (string | number)[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}

/** The field a message speaks of. */
export function fieldName(at: At): string {
  if (at.above === undefined) return "the document";
  return typeof at.step === "string" ? `\`${at.step}\`` : `\`${pathText(pathOf(at).slice(-2))}\``;
}

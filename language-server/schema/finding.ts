/** What the validator says: a code, an exact range in the text, a message, and what would mend it. Types only. */

/** Offsets in the text that the YAML document was parsed from. */
export type TextRange = readonly [start: number, end: number];

export type SchemaCode =
  /** The value is of another type than the field. */
  | "type"
  /** Not one of the values allowed. */
  | "enum"
  /** Does not match the pattern or the format. */
  | "pattern"
  | "format"
  /** Too small, too large, too long, too many. */
  | "range"
  /** A field that has to be there is not. */
  | "required"
  /** A field that does not exist. */
  | "unknown-field"
  /** A field that exists in another minor of Flux. */
  | "field-version"
  /** The same key twice in one mapping. */
  | "duplicate-key"
  /** Two elements with the same key in a list that is a map, or equal ones in a set. */
  | "duplicate-item"
  /** `allOf`, `anyOf`, `oneOf`, `not`. */
  | "combination"
  /** apiVersion, kind or metadata of an object inside of an object. */
  | "embedded"
  /** A rule of the CRD (CEL) is false. */
  | "cel";

export interface SchemaFinding {
  readonly code: SchemaCode;
  readonly range: TextRange;
  /** Keys and indexes from the document's root. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly related?: readonly { readonly range: TextRange; readonly message: string }[];
  /** Edits, best first; each is one way to mend it. */
  readonly fixes?: readonly SchemaFix[];
}

export interface SchemaFix {
  readonly title: string;
  readonly range: TextRange;
  readonly text: string;
}

/** What the parts of the validator share: where they are, what they may assume, and how they report. Types only. */
import type { Node } from "yaml";

import type { At } from "./at.ts";
import type { FieldLife, SchemaPath } from "./catalog.ts";
import type { NodeReader } from "./fields.ts";
import type { SchemaFinding } from "./finding.ts";
import type { Opaque } from "./opaque.ts";
import type { Schema } from "./schema.ts";

/** `custom`: a CRD; `builtin`: decoded by the API server's own types; `file`: decoded by a program such as kustomize. */
export type Dialect = "custom" | "builtin" | "file";

export interface Check {
  readonly nodes: NodeReader;
  readonly dialect: Dialect;
  /** A patch says only what changes, so nothing is missing in it. */
  readonly isPatch: boolean;
  readonly opaque: Opaque;
  /** Whether the schema names all fields there are. */
  readonly isComplete: boolean;
  readonly objectMeta: Schema | undefined;
  readonly life: ((path: SchemaPath) => FieldLife | undefined) | undefined;
  /** The text of the document, when fixes may add lines to it. */
  readonly text: string | undefined;
  readonly report: (finding: SchemaFinding) => void;
  /** Checks what is below. */
  readonly below: (node: Node | null, schema: Schema, at: At) => void;
  /** What would be found, without reporting it. */
  readonly trial: (node: Node | null, schema: Schema, at: At) => readonly SchemaFinding[];
}

/** A finding with its place in a file and its severity decided: what editors and pipelines show. Plain records. */
import type { TextRange } from "../manifest/manifest-file.ts";
import type { Severity } from "./rule.ts";

export interface PlaceInFile {
  readonly path: string;
  readonly range: TextRange;
}

export interface TextChange extends PlaceInFile {
  readonly text: string;
}

export interface DiagnosisFix {
  readonly title: string;
  readonly changes: readonly TextChange[];
  readonly preferred: boolean;
}

export interface Diagnosis extends PlaceInFile {
  /** `k8s/schema/type` */
  readonly code: string;
  /** The rule's own code, which settings, comments and documentation go by: `k8s/schema`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly related: readonly (PlaceInFile & { readonly message: string })[];
  readonly fixes: readonly DiagnosisFix[];
  readonly tags: readonly ("deprecated" | "unnecessary")[];
}

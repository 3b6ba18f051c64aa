/**
 * Validates a YAML document against a structural schema, on the document's own nodes, so that every finding has its exact
 * range. It says what the API server would (`k8s.io/apiextensions-apiserver` schema/, `k8s.io/kube-openapi` validation/);
 * CEL rules are for cel-rules.ts.
 */
import type { Document, Node } from "yaml";
import { isAlias, isMap, isScalar, isSeq } from "yaml";

import type { FieldLife, KindSchema, SchemaPath } from "./catalog.ts";
import type { At } from "./at.ts";
import { atElement, atField, atRoot, behindAlias, pathOf, placeOf } from "./at.ts";
import type { Check, Dialect } from "./check.ts";
import { checkCombination } from "./check-combination.ts";
import { checkList } from "./check-list.ts";
import { checkObject } from "./check-object.ts";
import { checkScalar } from "./check-scalar.ts";
import { checkType } from "./check-type.ts";
import { NodeReader, rangeOf } from "./fields.ts";
import type { SchemaFinding, TextRange } from "./finding.ts";
import { fieldOf } from "./navigate.ts";
import type { Opaque } from "./opaque.ts";
import type { ScalarReader } from "./scalar.ts";
import type { Schema } from "./schema.ts";

export interface ValidateOptions {
  /** A patch says only what changes: nothing is missing in it, and nulls delete. */
  readonly role: "manifest" | "patch";
  /** Scalars whose value is not known yet; see opaque.ts. */
  readonly opaque?: Opaque;
  /** In which minors a field exists, to tell a field of another minor from a misspelled one. */
  readonly life?: (path: SchemaPath) => FieldLife | undefined;
  /** The text that the document was parsed from; with it, fixes can add lines. */
  readonly text?: string;
  /**
   * Nodes in which nothing was found, with the schema that they were looked at with; those of earlier texts too. For documents
   * without aliases.
   */
  readonly clean?: WeakMap<Node, Schema> | undefined;
  /** How scalars are read; by default as in a Flux build, or as kustomize reads its own files. */
  readonly reader?: ScalarReader;
}

type Path = readonly (string | number)[];

/** Beyond these a document is no longer looked at: aliases can make a small text very large. */
const maxNodes = 500_000;
const maxDepth = 100;

export function validate(
  document: Document,
  kind: KindSchema,
  options: ValidateOptions,
): readonly SchemaFinding[] {
  const root = document.contents;
  if (root === null) return [];
  const run = new Run(document, kind, options);
  run.check.below(root, kind.schema, atRoot(documentAnchor(root)));
  return withoutBroken(run.findings, document);
}

/** Whether in a document in which nothing was found nothing is found after an edit of one value; `false`: something may be. */
export function staysRight(
  document: Document,
  kind: KindSchema,
  path: Path,
  options: ValidateOptions,
): boolean {
  if (path.length === 0) return true;
  const run = new Run(document, kind, options);
  let node: unknown = document.contents;
  let schema = kind.schema;
  let at = atRoot(nowhere);
  for (const [depth, step] of path.entries()) {
    if (compares(schema, path[depth + 1])) return false;
    const next = typeof step === "number" ? schema.items : fieldOf(schema, step);
    // Of what the schema does not name nothing is said, whatever its value.
    if (next === undefined) return run.check.dialect !== "file";
    const isDeclared = typeof step === "string" && Object.hasOwn(schema.properties ?? {}, step);
    at =
      typeof step === "number"
        ? atElement(at, step, nowhere)
        : atField(at, { name: step, isDeclared, anchor: nowhere, usedAt: undefined });
    node = itemAt(node, step);
    schema = next;
  }
  if (!isScalar(node) || run.check.nodes.scalar(node).type === "null") return false;
  run.check.below(node, schema, at);
  return run.findings.length === 0;
}

const nowhere: TextRange = [0, 0];

/** Whether a value somewhere below may decide about another. `next`: the step below an element of a list. */
function compares(schema: Schema, next: string | number | undefined): boolean {
  const { allOf, anyOf, oneOf, not, embedded, uniqueItems, listType, listMapKeys } = schema;
  if (allOf ?? anyOf ?? oneOf ?? not) return true;
  if (embedded === true || uniqueItems === true || listType === "set") return true;
  return listType === "map" && (typeof next !== "string" || listMapKeys?.includes(next) === true);
}

function itemAt(node: unknown, step: string | number): unknown {
  if (typeof step === "number") return isSeq(node) ? node.items[step] : undefined;
  return isMap(node)
    ? node.items.findLast(({ key }) => isScalar(key) && key.value === step)?.value
    : undefined;
}

/** The state of one validation: what was found, and how much may still be looked at. */
class Run {
  findings: SchemaFinding[] = [];
  readonly check: Check;
  #left = maxNodes;
  readonly #readsAnnotations: boolean;
  readonly #clean: WeakMap<Node, Schema> | undefined;

  constructor(document: Document, kind: KindSchema, options: ValidateOptions) {
    const dialect = dialectOf(kind);
    // kustomize reads its own files with sigs.k8s.io/yaml (api/types/kustomization.go, Unmarshal).
    const reader = options.reader ?? (dialect === "file" ? "kubectl" : "kustomize");
    this.#readsAnnotations = reader === "kustomize";
    this.#clean = options.clean;
    this.check = {
      nodes: new NodeReader(document, reader),
      dialect,
      isPatch: options.role === "patch",
      opaque: options.opaque ?? (() => false),
      isComplete: kind.complete,
      objectMeta: kind.schema.properties?.["metadata"],
      life: options.life,
      text: options.text,
      report: (finding) => this.findings.push(finding),
      below: (node, schema, at) => this.#visit(node, schema, at),
      trial: (node, schema, at) => this.#trial(node, schema, at),
    };
  }

  #trial(node: Node | null, schema: Schema, at: At): readonly SchemaFinding[] {
    const before = this.findings;
    this.findings = [];
    this.#visit(node, schema, at);
    const found = this.findings;
    this.findings = before;
    return found;
  }

  #visit(node: Node | null, schema: Schema, at: At): void {
    if (this.#left-- <= 0 || at.depth > maxDepth || node === null) return;
    if (isAlias(node)) {
      const target = this.check.nodes.target(node);
      if (target !== undefined) this.#visit(target, schema, behindAlias(at, rangeOf(node)));
      return;
    }
    if (isScalar(node)) {
      const reading = this.check.nodes.scalar(node);
      if (reading.type === "string" && this.check.opaque(reading.value)) return;
      if (this.#readsAnnotations && isAnnotation(at)) return;
      if (reading.type === "null") {
        this.#checkNull(schema, at);
        return;
      }
      if (!checkType(this.check, node, schema, at)) return;
      checkScalar(this.check, node, reading, schema, at);
      checkCombination(this.check, node, schema, at);
    } else {
      this.#collection(node, schema, at);
    }
  }

  #collection(node: Node, schema: Schema, at: At): void {
    const clean = at.isPartial ? undefined : this.#clean;
    if (clean?.get(node) === schema) return;
    const before = this.findings.length;
    if (!checkType(this.check, node, schema, at)) return;
    if (isMap(node)) checkObject(this.check, node, schema, at);
    if (isSeq(node)) checkList(this.check, node, schema, at);
    checkCombination(this.check, node, schema, at);
    if (clean && this.findings.length === before && this.#left > 0) clean.set(node, schema);
  }

  /** The API server drops a null field that may not be null; only in a list it stays, and is of the wrong type. */
  #checkNull(schema: Schema, at: At): void {
    const isElement = typeof at.step === "number";
    const mayBeNull =
      this.check.dialect !== "custom" ||
      this.check.isPatch ||
      schema.nullable === true ||
      schema.type === undefined ||
      schema.default !== undefined;
    if (!isElement || mayBeNull) return;
    this.check.report({
      code: "type",
      range: placeOf(at, at.anchor),
      path: pathOf(at),
      message: "An element of this list is empty.",
    });
  }
}

/**
 * kustomize writes the annotations of every object anew, as texts (kyaml/yaml/rnode.go, SetAnnotations): a number or a boolean
 * is put in quotes there. Labels, and the annotations of a pod template, stay what they are.
 */
function isAnnotation(at: At): boolean {
  return at.depth === 3 && at.above?.step === "annotations" && at.above.above?.step === "metadata";
}

function dialectOf({ scope, provenance }: KindSchema): Dialect {
  if (provenance.from === "bundled" && provenance.pack === "kubernetes") return "builtin";
  return scope === "file" ? "file" : "custom";
}

/** The value of `kind`, which says what the document is, or the first key. */
function documentAnchor(root: Node): TextRange {
  if (!isMap(root)) return rangeOf(root);
  const kind = root.get("kind", true) as Node | undefined;
  const first = root.items[0]?.key as Node | undefined;
  return rangeOf(kind ?? first ?? root);
}

/**
 * While a document has syntax errors, its nodes are guesses: a half-typed key swallows the next line. What depends on keys
 * being complete is then left unsaid, and so is anything that touches an error.
 */
function withoutBroken(
  findings: readonly SchemaFinding[],
  document: Document,
): readonly SchemaFinding[] {
  const errors = document.errors.filter(({ code }) => code !== "DUPLICATE_KEY");
  if (errors.length === 0) return findings;
  return findings.filter(
    ({ code, range }) =>
      code !== "required" &&
      code !== "combination" &&
      !errors.some(({ pos }) => pos[0] <= range[1] && pos[1] >= range[0]),
  );
}

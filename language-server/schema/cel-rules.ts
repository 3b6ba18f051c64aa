/**
 * Evaluates the CEL rules of a CRD (`x-kubernetes-validations`) on a document, as the API server does for a new object:
 * after defaults are set, and without rules that compare with an older state. A rule that depends on a value that is not
 * known yet is not evaluated.
 */
import type { Document, Node } from "yaml";
import { isAlias, isMap, isSeq } from "yaml";

import type { KindSchema } from "./catalog.ts";
import { withDefaults } from "./cel-defaults.ts";
import { celDuration, compileCel } from "./cel-environment.ts";
import type { CelProgram } from "./cel-environment.ts";
import { toCel } from "./cel-values.ts";
import { NodeReader, rangeOf } from "./fields.ts";
import type { SchemaFinding, TextRange } from "./finding.ts";
import { fieldOf } from "./navigate.ts";
import { hasUnknown, toVisible, unknownValue } from "./plain.ts";
import type { CelRule, Schema } from "./schema.ts";
import type { ValidateOptions } from "./validate.ts";

type Path = readonly (string | number)[];

const maxNodes = 200_000;

/** To be called when `validate` found nothing: the API server does not evaluate rules on values of the wrong shape. */
export function validateCel(
  document: Document,
  kind: KindSchema,
  options: ValidateOptions,
): readonly SchemaFinding[] {
  const root = document.contents;
  if (options.role === "patch" || !isMap(root) || !hasRules(kind.schema)) return [];
  const nodes = new NodeReader(document, options.reader ?? "kustomize");
  const opaque = options.opaque ?? (() => false);
  const plain = toVisible(root, kind.schema, { nodes, opaque, budget: { left: maxNodes } });
  const findings: SchemaFinding[] = [];
  const visit = (value: unknown, schema: Schema, path: Path): void => {
    // Only values that are there (`k8s.io/apiextensions-apiserver pkg/apiserver/schema/cel/validation.go`, validateExpressions).
    if (value === null || value === unknownValue || !hasRules(schema)) return;
    const subject = subjectOf(value, schema, path);
    for (const rule of schema.rules ?? []) {
      const message = broken(rule, subject);
      if (message === undefined) continue;
      const range = rangeFor(rule, { root, nodes, path, value });
      findings.push({ code: "cel", range, path, message });
    }
    for (const [step, one] of below(value)) {
      const next = typeof step === "number" ? schema.items : fieldOf(schema, step);
      // The API server drops the status of what is applied.
      const isStatus = path.length === 0 && step === "status";
      if (next !== undefined && !isStatus) visit(one, next, [...path, step]);
    }
  };
  visit(withDefaults(plain, kind.schema), kind.schema, []);
  return findings;
}

/** Whether any rule looks at what stands at a path. All others find of another value there what they found before. */
export function isLookedAt(root: Schema, path: Path): boolean {
  let schema = root;
  for (const step of path) {
    if (schema.rules?.some((rule) => namedBy(rule, step)) === true) return true;
    const next = typeof step === "number" ? schema.items : fieldOf(schema, step);
    if (next === undefined) return false;
    schema = next;
  }
  return path.length > 0 && schema.rules !== undefined;
}

/** `__` stands for letters that can't be in a name of CEL. */
function namedBy({ rule }: CelRule, step: string | number): boolean {
  const names = typeof step === "number" ? undefined : namesIn(rule);
  return names === undefined || names.has(`${step}`) || /\W|__/.test(`${step}`);
}

const namesOf = new Map<string, ReadonlySet<string> | undefined>();

/** The fields that a rule looks at; `undefined` when it uses `self` as a whole. */
function namesIn(rule: string): ReadonlySet<string> | undefined {
  if (namesOf.has(rule)) return namesOf.get(rule);
  const usesAll = /\bself\b(?!\s*\.)/.test(rule);
  const found = [...rule.matchAll(/\bself\s*\.\s*\??\s*(\w+)/g)].map(([, name = ""]) => name);
  const names = usesAll ? undefined : new Set(found);
  if (namesOf.size > 5_000) namesOf.clear();
  namesOf.set(rule, names);
  return names;
}

const known = new WeakMap<Schema, boolean>();

/** Whether there is a rule at a schema or below. */
function hasRules(schema: Schema): boolean {
  const answer = known.get(schema);
  if (answer !== undefined) return answer;
  // A schema that contains itself has been seen already when it comes round again.
  known.set(schema, false);
  const { properties, items, additional, rules } = schema;
  const parts = [...Object.values(properties ?? {}), items, additional];
  const found =
    (rules?.length ?? 0) > 0 || parts.some((part) => part !== undefined && hasRules(part));
  known.set(schema, found);
  return found;
}

function below(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item] as const);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

interface Subject {
  readonly value: unknown;
  readonly isUncertain: boolean;
  readonly self: () => unknown;
}

/** A value for several rules: converted once, and only if one of them is evaluated. */
function subjectOf(value: unknown, schema: Schema, path: Path): Subject {
  let self: { readonly cel: unknown } | undefined;
  const convert = (): { readonly cel: unknown } => ({
    cel: toCel(value, schema, { duration: celDuration }, path.length === 0),
  });
  const isUncertain = schema.rules !== undefined && hasUnknown(value);
  return { value, isUncertain, self: () => (self ??= convert()).cel };
}

/** The message of a rule that is false, or that fails where the API server fails too. */
function broken(rule: CelRule, subject: Subject): string | undefined {
  if (comparesWithOld(rule)) return undefined;
  if (subject.isUncertain && dependsOnUnknown(rule.rule, subject.value)) return undefined;
  const program = compileCel(rule.rule);
  if (program.outcome === "invalid") return undefined;
  const self = subject.self();
  const result = program.run(self);
  switch (result.outcome) {
    case "unknown":
      return undefined;
    case "error":
      return `${messageOf(rule, self)} (the rule fails: ${result.message})`;
    case "value":
      return result.value === false ? messageOf(rule, self) : undefined;
  }
}

/** Such rules are about updates; with `optionalOldSelf` they are for new objects too. */
function comparesWithOld({ rule, optionalOldSelf }: CelRule): boolean {
  return optionalOldSelf !== true && /\boldSelf\b/.test(rule);
}

function messageOf({ rule, message, messageExpression }: CelRule, self: unknown): string {
  const program: CelProgram | undefined =
    messageExpression === undefined ? undefined : compileCel(messageExpression);
  const result = program?.outcome === "program" ? program.run(self) : undefined;
  const computed = result?.outcome === "value" ? result.value : undefined;
  if (typeof computed === "string" && computed.trim() !== "") return sentence(computed.trim());
  return sentence(message ?? `the rule \`${rule}\` is not met`);
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

/**
 * Whether the rule looks at a value that is not known: any that it names, unless it asks only whether the field is there.
 * A rule that uses `self` as a whole looks at everything.
 */
function dependsOnUnknown(rule: string, value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const looks = rule.replace(/\bhas\(\s*self\.\w+\s*\)/g, "");
  if (/\bself\b(?!\s*\.)/.test(looks)) return true;
  const object = value as Readonly<Record<string, unknown>>;
  return [...looks.matchAll(/\bself\s*\.\??\s*(\w+)/g)].some(([, name = ""]) =>
    hasUnknown(object[name]),
  );
}

interface Place {
  readonly root: Node;
  readonly nodes: NodeReader;
  readonly path: Path;
  readonly value: unknown;
}

/** The field that the rule names, the one that should not be there, or the object itself. */
function rangeFor(rule: CelRule, { root, nodes, path, value }: Place): TextRange {
  const named = rule.fieldPath === undefined ? [] : rule.fieldPath.split(".").filter(Boolean);
  const unwanted = /^!has\(self\.(\w+(?:\.\w+)*)\)\s*\|\|/.exec(rule.rule)?.[1]?.split(".") ?? [];
  const inner = named.length > 0 ? named : unwanted;
  const isThere = inner.reduce<unknown>(
    (one, step) => (one as Readonly<Record<string, unknown>> | undefined)?.[step],
    value,
  );
  return locate(root, nodes, isThere === undefined ? path : [...path, ...inner]);
}

/** The key of the last step, as deep as the text has it; what a default put there has no place of its own. */
function locate(root: Node, nodes: NodeReader, path: Path): TextRange {
  let node: Node | null | undefined = root;
  const kind = isMap(root) ? root.get("kind", true) : undefined;
  let range = rangeOf(kind ?? root);
  for (const step of path) {
    const target: Node | null | undefined = isAlias(node) ? nodes.target(node) : node;
    if (isAlias(node)) return rangeOf(node);
    if (typeof step === "number") {
      node = isSeq(target) ? (target.items[step] as Node | null | undefined) : undefined;
      const first = isMap(node) ? (node.items[0]?.key as Node | undefined) : node;
      if (first !== undefined && first !== null) range = rangeOf(first);
    } else {
      const field = isMap(target)
        ? nodes.fields(target).find(({ name }) => name === step)
        : undefined;
      node = field?.value;
      if (field !== undefined) range = field.usedAt ?? field.keyRange;
    }
    if (node === undefined || node === null) break;
  }
  return range;
}

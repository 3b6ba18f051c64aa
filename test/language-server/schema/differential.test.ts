// Holds the validator against the API server's own code: structure and rules of every bundled CRD on generated objects, the
// reading of scalars, and the functions of CEL.
import { parseDocument, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { KindSchema } from "../../../language-server/schema/catalog.ts";
import { compileCel } from "../../../language-server/schema/cel-environment.ts";
import { validateCel } from "../../../language-server/schema/cel-rules.ts";
import type { SchemaFinding } from "../../../language-server/schema/finding.ts";
import type { Pack, PackKind } from "../../../language-server/schema/packs.ts";
import { readScalar } from "../../../language-server/schema/scalar.ts";
import type { ScalarReader } from "../../../language-server/schema/scalar.ts";
import type { CelRule, Schema } from "../../../language-server/schema/schema.ts";
import { validate } from "../../../language-server/schema/validate.ts";
import { celExpressions } from "../../support/cel-expressions.ts";
import { createObjectMaker } from "../../support/schema-objects.ts";
import type { SchemaOracle, Verdict } from "../../support/schema-oracle.ts";
import { startSchemaOracle } from "../../support/schema-oracle.ts";
import { bundledPacks, catalogFor } from "../../support/schemas.ts";

const perKind = 60;
/** More only where a rule was met, or broken, by none of them. */
const perRule = 24;
const mostPerRule = 500;

let oracle: SchemaOracle;
beforeAll(() => {
  oracle = startSchemaOracle();
}, 600_000);
afterAll(() => oracle.dispose());

interface Row {
  readonly pack: Pack;
  readonly kind: PackKind;
  readonly version: string;
  readonly node: number;
}

/** Every distinct schema of every kind that comes from a CRD. */
async function crdRows(): Promise<readonly Row[]> {
  const packs = await bundledPacks();
  const rows = [packs.flux, packs["gateway-api"], packs.flagger].flatMap((pack) =>
    pack.kinds.flatMap((kind) =>
      Object.entries(kind.roots ?? {}).map(([version, node]) => ({ pack, kind, version, node })),
    ),
  );
  return rows.filter(
    (row, index) =>
      rows.findIndex((other) => other.pack === row.pack && other.node === row.node) === index,
  );
}

test("the structure of generated objects is judged as the API server judges it", async () => {
  const different: string[] = [];
  let [valid, invalid] = [0, 0];
  const rows = await crdRows();
  for (const { pack, kind, version, node } of rows) {
    const { group, kind: name } = kind;
    const apiVersion = `${group}/${kind.version}`;
    const catalog = await catalogFor({ flux: version });
    const schema = catalog.find({ apiVersion, kind: name });
    if (schema === undefined) throw new Error(`${apiVersion} ${name} is not served in ${version}.`);
    const id = `${pack.name} ${node}`;
    await oracle.addSchema(id, pack.schema(node));
    const maker = createObjectMaker(node + 1);
    const { status: _, metadata: __, ...spec } = pack.schema(node).properties ?? {};
    for (let index = 0; index < perKind; index++) {
      const made = maker.value(
        { type: "object", properties: spec, required: Object.keys(spec) },
        [],
      );
      const object = { ...(made as object), apiVersion, kind: name, metadata: { name: "x" } };
      const verdict = await oracle.check(id, object);
      const findings = checked(schema, object, validate);
      if (verdict.structural.length === 0) valid++;
      else invalid++;
      for (const difference of compare(findings, verdict))
        different.push(`${id} ${apiVersion} ${name}: ${difference} in ${JSON.stringify(object)}`);
    }
  }
  expect(different).toEqual([]);
  expect(rows.length).toBeGreaterThan(60);
  expect(valid).toBeGreaterThan(300);
  expect(invalid).toBeGreaterThan(300);
}, 600_000);

function checked(
  kind: KindSchema,
  object: unknown,
  check: typeof validate,
): readonly SchemaFinding[] {
  const text = stringify(object, { version: "1.1", aliasDuplicateObjects: false, lineWidth: 0 });
  return check(parseDocument(text, { uniqueKeys: false }), kind, { role: "manifest", text });
}

/** Compares paths. What is below a failed alternative only the API server reports; what is above a wrong type too. */
function compare(findings: readonly SchemaFinding[], verdict: Verdict): readonly string[] {
  const isUnknown = ({ code }: SchemaFinding): boolean =>
    code === "unknown-field" || code === "field-version";
  // Of several equal elements the API server names the first one that is too many.
  const isRepeated = (one: SchemaFinding): boolean =>
    one.code === "duplicate-item" &&
    verdict.structural.some(
      ({ type, path }) =>
        type === "FieldValueDuplicate" &&
        path.startsWith(`${pathOf({ path: one.path.slice(0, -1) })}[`),
    );
  const named = findings.filter((one) => !isUnknown(one) && !isRepeated(one)).map(pathOf);
  const repeated = findings.filter(isRepeated).map(pathOf);
  const ours = new Set(named);
  const theirs = new Set(verdict.structural.map(oraclePath));
  const failed = findings.filter(({ code }) => code === "combination").map(pathOf);
  const extra = [...theirs].filter(
    (path) =>
      !ours.has(path) &&
      !repeated.includes(path) &&
      !failed.some((one) => isBelow(path, one)) &&
      ![...ours].some((one) => isBelow(one, path)),
  );
  const unknown = new Set(findings.filter(isUnknown).map(pathOf));
  return [
    ...[...ours].filter((path) => !theirs.has(path)).map((path) => `only ours: ${path}`),
    ...extra.map((path) => `only theirs: ${path}`),
    ...verdict.unknown.filter((path) => !unknown.has(path)).map((path) => `unknown: ${path}`),
    ...[...unknown]
      .filter((path) => !verdict.unknown.includes(path))
      .map((path) => `known: ${path}`),
  ];
}

function pathOf({ path }: Pick<SchemaFinding, "path">): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}

/** Some errors of the API server have their path in the message only. */
function oraclePath({
  path,
  message,
}: {
  readonly path: string;
  readonly message: string;
}): string {
  if (path !== "<nil>") return path;
  return /^"([^"]*)" must/.exec(message)?.[1] ?? / in (\S+)$/.exec(message)?.[1] ?? "";
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

describe("rules", () => {
  test("every rule of the bundled CRDs is evaluated as the API server does, on at least twenty objects", async () => {
    const different: string[] = [];
    const onlyOneWay: string[] = [];
    const rules = await bundledRules();
    for (const [index, { rule, schema }] of rules.entries()) {
      const { outcomes, differences } = await compareRule(rule, schema, index);
      different.push(...differences);
      const [met = 0, broken = 0] = outcomes;
      expect(met + broken, rule.rule).toBeGreaterThanOrEqual(20);
      if (met === 0 || broken === 0) onlyOneWay.push(rule.rule);
    }
    expect(different).toEqual([]);
    expect(rules.length).toBeGreaterThan(100);
    expect(onlyOneWay).toEqual([]);
  }, 600_000);
});

/** What chance hardly makes: long lists, and deep places where everything has to come together. */
const replaced = { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "a" } };
const filters = [{ urlRewrite: replaced }, { requestRedirect: replaced }];
const byHand: readonly unknown[] = [
  Array.from({ length: 3 }, () => ({ matches: Array.from({ length: 50 }, () => ({})) })),
  { matches: [], filters },
  { matches: [], backendRefs: [{ filters }] },
];

interface RuleOf {
  readonly rule: CelRule;
  readonly schema: Schema;
}

async function bundledRules(): Promise<readonly RuleOf[]> {
  const found = new Map<string, RuleOf>();
  const seen = new Set<Schema>();
  const visit = (schema: Schema): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    for (const rule of schema.rules ?? []) {
      const key = rule.rule;
      if (!found.has(key) && !/\boldSelf\b/.test(key)) found.set(key, { rule, schema });
    }
    for (const below of Object.values(schema.properties ?? {})) visit(below);
    for (const below of [schema.items, schema.additional]) if (below !== undefined) visit(below);
  };
  for (const { pack, node } of await crdRows()) visit(pack.schema(node));
  return [...found.values()];
}

async function compareRule(
  rule: CelRule,
  schema: Schema,
  seed: number,
): Promise<{ readonly outcomes: readonly number[]; readonly differences: readonly string[] }> {
  const shape = shapeOf(schema);
  const root: Schema = {
    type: "object",
    properties: { value: { ...shape, rules: [{ rule: rule.rule, message: "broken" }] } },
  };
  const id = `rule ${seed}`;
  await oracle.addSchema(id, root);
  const kind = ruleKind(root);
  const literals = [...rule.rule.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, a, b]) => a ?? b ?? "");
  const words = ["a", "b", ...literals];
  const maker = createObjectMaker(seed + 7);
  const denseMaker = createObjectMaker(seed + 7, { dense: true });
  const outcomes = [0, 0];
  const differences: string[] = [];
  for (let index = 0; index < mostPerRule; index++) {
    if (isEnough(outcomes)) break;
    const some = index % 3 === 0 ? denseMaker : maker;
    const made = (): unknown => some.value({ ...shape, required: requiredOf(shape, index) }, words);
    const object = { value: index < byHand.length ? byHand[index] : made() };
    const verdict = await oracle.check(id, object);
    if (verdict.structural.length > 0) continue;
    const theirs = verdict.cel.length > 0;
    const ours = checked(kind, object, validateCel).length > 0;
    outcomes[theirs ? 1 : 0]!++;
    if (ours !== theirs)
      differences.push(`${rule.rule}: ${JSON.stringify(object)}: ${verdict.cel[0]?.message}`);
  }
  return { outcomes, differences };
}

function isEnough([met = 0, broken = 0]: readonly number[]): boolean {
  return met + broken >= perRule && met > 0 && broken > 0;
}

/** Now all fields, now as few as it comes. */
function requiredOf(schema: Schema, index: number): readonly string[] {
  const names = Object.keys(schema.properties ?? {});
  return index % 3 === 0 ? names : names.filter((_, at) => (at + index) % 3 === 0);
}

/** The types and defaults alone: what else is demanded would keep rules from being asked. */
function shapeOf(schema: Schema): Schema {
  const { type, format, properties, items, additional, nullable, intOrString } = schema;
  return {
    ...(type === undefined ? {} : { type }),
    ...(type !== "string" || format === undefined ? {} : { format }),
    ...(nullable === undefined ? {} : { nullable }),
    ...(intOrString === undefined ? {} : { intOrString }),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    ...(schema.preserveUnknown === true ? { preserveUnknown: true } : {}),
    ...(items === undefined ? {} : { items: shapeOf(items) }),
    ...(additional === undefined ? {} : { additional: shapeOf(additional) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, below]) => [name, shapeOf(below)]),
          ),
        }),
  };
}

function ruleKind(schema: Schema): KindSchema {
  return {
    apiVersion: "example.com/v1",
    kind: "Example",
    group: "example.com",
    version: "v1",
    plural: "examples",
    scope: "namespaced",
    schema,
    provenance: { from: "cluster", name: "test" },
    complete: true,
  };
}

test("functions of CEL give what they give in the API server", async () => {
  const theirs = await oracle.evaluate(celExpressions);
  const different = celExpressions.flatMap((expression, index) => {
    const expected = theirs[index];
    const program = compileCel(expression);
    const result = program.outcome === "program" ? program.run(undefined) : undefined;
    const ours = result?.outcome === "value" ? String(result.value) : "fails";
    const wanted = expected?.value ?? "fails";
    return ours === wanted
      ? []
      : [`${expression}: ${ours}, not ${wanted} ${expected?.message ?? ""}`];
  });
  expect(different).toEqual([]);
  expect(theirs.filter(({ value }) => value !== undefined).length).toBeGreaterThan(100);
});

describe("scalars", () => {
  const texts = scalarTexts();

  test.each<ScalarReader>(["kustomize", "kubectl"])("are read as %s reads them", async (reader) => {
    const theirs = await oracle.readScalars(texts);
    const different = texts.flatMap((text, index) => {
      const json = theirs[index]?.[reader] ?? "";
      // A time is written out in full: its type is what counts.
      const wanted = /^"\d{4}-.*T/.test(json) ? JSON.stringify(text) : json;
      const { value } = readScalar(text, reader);
      const isNumber = typeof value === "number" && Number.isFinite(value);
      const ours = typeof value === "number" && !isNumber ? "" : JSON.stringify(value);
      const isSame = isNumber && wanted !== "" ? Number(wanted) === value : ours === wanted;
      return isSame ? [] : [`${text}: ${ours}, not ${wanted}`];
    });
    expect(different).toEqual([]);
  });
});

function scalarTexts(): readonly string[] {
  const words =
    "true True TRUE tRue false False FALSE null Null NULL nULL ~ y Y yes Yes YES n N no No NO on On ON off Off OFF t f o .nan .NaN .NAN .Nan .inf .Inf .INF +.inf -.inf -.Inf +.INF inf nan";
  const numbers =
    "0 1 -1 +1 007 0644 -0644 0o644 -0o644 0O7 0b101 -0b11 0B1 0x1F 0X1f -0x1f 08 0800 089 1_000 1_0_0 _1 1_ 0_7 1.0 1. .5 -.5 +.5 1.5 1e3 1E3 1e-3 1.5e+3 1e 1e1000 .5e1 0.1 00 01 12:30:00 12:30 1:2 190:20:30 1.2.3 v1 1h 10m 5s 1Gi 0.5 123456789012345678 9007199254740993 2001-01-01 2001-1-1 2001-01-01T00:00:00Z 2001-13-01 20010101 1,000 1-1 +-1 0x 0b 0o + . .. ... 1__0 0x_1 6e2d 1234e5 0e1 1e5";
  return [...words.split(" "), ...numbers.split(" "), "2001-01-01 10:10:10", "a b", "é"];
}

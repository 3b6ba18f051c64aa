/** Checks the fields of a mapping: known, required, there once. */
import type { YAMLMap } from "yaml";
import { isScalar } from "yaml";

import type { FieldLife } from "./catalog.ts";
import type { At } from "./at.ts";
import { atField, behindAlias, fieldName, pathOf, pathText, placeOf, schemaPathOf } from "./at.ts";
import type { Check } from "./check.ts";
import { fixes } from "./check-scalar.ts";
import type { Field } from "./fields.ts";
import { rangeOf } from "./fields.ts";
import type { SchemaFinding } from "./finding.ts";
import { fieldOf } from "./navigate.ts";
import { asObject } from "./object-meta.ts";
import { insertField } from "./insert-field.ts";
import type { Schema } from "./schema.ts";
import { closest } from "./similar.ts";

export function checkObject(check: Check, map: YAMLMap, given: Schema, at: At): void {
  const fields = check.nodes.fields(map);
  const schema = withObjectFields(check, given);
  const isOpen = fields.some(({ name }) => check.opaque(name));
  checkDuplicates(check, fields, at);
  for (const field of fields) {
    if (check.opaque(field.name)) continue;
    const below = lookUp(check, schema, field.name);
    if (below !== undefined) {
      const isDeclared = schema.properties?.[field.name] !== undefined;
      check.below(
        field.value,
        below,
        atField(at, {
          name: field.name,
          isDeclared,
          anchor: field.keyRange,
          usedAt: field.usedAt,
        }),
      );
    } else if (!mayHave(check, schema, field.name, at)) {
      check.report(unknownField(check, schema, { field, fields }, at));
    }
  }
  if (at.isPartial) checkDefaults(check, fields, schema, at);
  if (!check.isPatch) {
    if (!isOpen) checkRequired(check, map, fields, schema, at);
    checkCount(check, fields.length, schema, at);
  }
  if (given.embedded === true && !isOpen && !check.isPatch) checkEmbedded(check, fields, at);
}

/** An embedded object has metadata like any other. */
function withObjectFields(check: Check, schema: Schema): Schema {
  return schema.embedded === true && check.objectMeta !== undefined
    ? asObject(schema, check.objectMeta)
    : schema;
}

/** The API server has set defaults before it asks which alternative a value fits. */
function checkDefaults(check: Check, fields: readonly Field[], schema: Schema, at: At): void {
  for (const [name, below] of Object.entries(schema.properties ?? {})) {
    const value = at.declared?.properties?.[name]?.default;
    if (value === undefined || fields.some((field) => field.name === name)) continue;
    const step = { name, isDeclared: true, anchor: at.anchor, usedAt: at.anchor };
    check.below(check.nodes.nodeOf(value), below, atField(at, step));
  }
}

/** Programs that decode JSON with Go take a name in any case. */
function lookUp(check: Check, schema: Schema, name: string): Schema | undefined {
  const exact = fieldOf(schema, name);
  if (exact !== undefined || check.dialect !== "file") return exact;
  const lower = name.toLowerCase();
  const found = Object.keys(schema.properties ?? {}).find((one) => one.toLowerCase() === lower);
  return found === undefined ? undefined : schema.properties?.[found];
}

/** Directives of a strategic merge patch. */
const directives = /^\$(?:patch|retainKeys|setElementOrder\/.*|deleteFromPrimitiveList\/.*)$/;

/** An object without any declared field is one that the schema says nothing about. */
function mayHave(check: Check, schema: Schema, name: string, at: At): boolean {
  if (!check.isComplete || at.isPartial || schema.preserveUnknown === true) return true;
  if (schema.properties === undefined) return true;
  if (at.above === undefined && name === "sops") return true;
  return check.isPatch && directives.test(name);
}

function unknownField(
  check: Check,
  schema: Schema,
  { field, fields }: { readonly field: Field; readonly fields: readonly Field[] },
  at: At,
): SchemaFinding {
  const { name, keyRange } = field;
  const path = [...pathOf(at), name];
  const life = check.life?.([...schemaPathOf(at), name]);
  const range = placeOf(at, field.usedAt ?? keyRange);
  if (life?.since !== undefined || life?.until !== undefined) {
    return { code: "field-version", range, path, message: versionMessage(name, life) };
  }
  const present = new Set(fields.map((one) => one.name));
  const free = Object.keys(schema.properties ?? {}).filter((one) => !present.has(one));
  const near = closest(name, free);
  const parent = at.above === undefined ? "" : ` in ${fieldName(at)}`;
  const hint = near[0] === undefined ? elsewhere(schema, name) : ` Did you mean \`${near[0]}\`?`;
  return {
    code: "unknown-field",
    range,
    path,
    message: `There is no field \`${name}\`${parent}.${hint}`,
    ...fixes(
      field.usedAt === undefined ? at : behindAlias(at, field.usedAt),
      near.map((one) => ({ title: `Change to ${one}`, range: keyRange, text: one })),
    ),
  };
}

function versionMessage(name: string, { since, until }: FieldLife): string {
  return since === undefined
    ? `The field \`${name}\` is gone since ${until}.`
    : `The field \`${name}\` exists only since ${since}.`;
}

/** The commonest slip is a field one level too high. */
function elsewhere(schema: Schema, name: string): string {
  const below = Object.entries(schema.properties ?? {}).find(
    ([, one]) => one.properties !== undefined && Object.hasOwn(one.properties, name),
  );
  return below === undefined || below[0] === "status" ? "" : ` It belongs below \`${below[0]}\`.`;
}

function checkDuplicates(check: Check, fields: readonly Field[], at: At): void {
  const seen = new Map<string, Field>();
  for (const field of fields) {
    const first = seen.get(field.name);
    if (first === undefined) {
      seen.set(field.name, field);
      continue;
    }
    check.report({
      code: "duplicate-key",
      range: placeOf(at, field.keyRange),
      path: [...pathOf(at), field.name],
      message: `The key \`${field.name}\` is there twice; only one of the two can count.`,
      related: [{ range: first.keyRange, message: "The first one is here." }],
    });
  }
}

function checkRequired(
  check: Check,
  map: YAMLMap,
  fields: readonly Field[],
  schema: Schema,
  at: At,
): void {
  for (const name of schema.required ?? []) {
    const below = schema.properties?.[name];
    const given = fields.find((field) => field.name === name);
    const declared = at.declared?.properties?.[name];
    if (below?.default !== undefined || declared?.default !== undefined) continue;
    if (given !== undefined && !isDropped(check, given, below)) continue;
    const isEmpty = given !== undefined;
    const range = isEmpty ? given.keyRange : at.anchor;
    const where = at.above === undefined ? "" : `\`${pathText(pathOf(at))}\` needs it`;
    check.report({
      code: "required",
      range: placeOf(at, range),
      path: [...pathOf(at), name],
      message: isEmpty
        ? `\`${name}\` has to have a value.`
        : `The field \`${name}\` is missing${where === "" ? "" : `: ${where}`}.`,
      ...fixes(at, isEmpty ? [] : insertField(check.text, map, name, below)),
    });
  }
}

/** The API server drops a null that is not allowed before it looks at what is missing. */
function isDropped(check: Check, { value }: Field, schema: Schema | undefined): boolean {
  if (schema?.nullable === true) return false;
  if (value === null) return true;
  return isScalar(value) && check.nodes.scalar(value).type === "null";
}

function checkCount(check: Check, count: number, schema: Schema, at: At): void {
  const { minProperties, maxProperties } = schema;
  const say = (message: string): void =>
    check.report({ code: "range", range: placeOf(at, at.anchor), path: pathOf(at), message });
  if (minProperties !== undefined && count < minProperties)
    say(
      `${fieldName(at)} needs at least ${minProperties} ${minProperties === 1 ? "field" : "fields"}.`,
    );
  if (maxProperties !== undefined && count > maxProperties)
    say(`${fieldName(at)} has ${count} fields; at most ${maxProperties} are allowed.`);
}

function checkEmbedded(check: Check, fields: readonly Field[], at: At): void {
  for (const name of ["apiVersion", "kind"]) {
    const field = fields.find((one) => one.name === name);
    if (field?.value !== undefined && field.value !== null && rangeOf(field.value)[1] > 0) continue;
    check.report({
      code: "embedded",
      range: placeOf(at, field?.keyRange ?? at.anchor),
      path: pathOf(at),
      message: `${fieldName(at)} is a whole object: it needs \`${name}\`.`,
    });
  }
}

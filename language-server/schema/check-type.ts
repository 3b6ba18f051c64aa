/** Whether a value has the type that its field wants, and what would mend it. */
import type { Node } from "yaml";
import { isMap, isScalar, isSeq } from "yaml";

import type { At } from "./at.ts";
import { fieldName, pathOf, placeOf } from "./at.ts";
import type { Check } from "./check.ts";
import { fixes, shortened } from "./check-scalar.ts";
import { rangeOf, sourceOf } from "./fields.ts";
import type { SchemaFix } from "./finding.ts";
import { readScalar } from "./scalar.ts";
import type { Schema, SchemaType } from "./schema.ts";

/** Reports and answers false when the value is of another type. Nulls and unknown values are none of its business. */
export function checkType(check: Check, node: Node, schema: Schema, at: At): boolean {
  const wanted = typesOf(schema);
  if (wanted === undefined) return true;
  const given = typeOf(check, node);
  const fits = wanted.some((type) => type === given || (type === "number" && given === "integer"));
  if (fits) return true;
  const range = isScalar(node) ? rangeOf(node) : at.anchor;
  check.report({
    code: "type",
    range: placeOf(at, range),
    path: pathOf(at),
    message: `${fieldName(at)} must be ${wanted.map(withArticle).join(" or ")}, not ${described(node, given)}.`,
    ...fixes(at, typeFixes(node, wanted)),
  });
  return false;
}

function typesOf(schema: Schema): readonly SchemaType[] | undefined {
  if (schema.intOrString === true) {
    return schema.format === "quantity" ? ["number", "string"] : ["integer", "string"];
  }
  return schema.type === undefined ? undefined : [schema.type];
}

function typeOf(check: Check, node: Node): SchemaType | "null" {
  if (isMap(node)) return "object";
  if (isSeq(node)) return "array";
  if (!isScalar(node)) return "null";
  const reading = check.nodes.scalar(node);
  if (reading.type === "number") return reading.isWhole ? "integer" : "number";
  return reading.type;
}

function described(node: Node, given: SchemaType | "null"): string {
  if (!isScalar(node)) return given === "object" ? "a mapping" : "a list";
  const text = shortened(sourceOf(node));
  if (given === "null") return "empty";
  return given === "string" ? `the text \`${text}\`` : `the ${given} \`${text}\``;
}

function withArticle(type: SchemaType): string {
  switch (type) {
    case "object":
      return "a mapping";
    case "array":
      return "a list";
    case "string":
      return "a text";
    case "integer":
      return "an integer";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
  }
}

function typeFixes(node: Node, wanted: readonly SchemaType[]): readonly SchemaFix[] {
  if (!isScalar(node)) return [];
  const range = rangeOf(node);
  const text = sourceOf(node);
  if (wanted.includes("string")) {
    return [{ title: "Put it in quotes", range, text: JSON.stringify(text) }];
  }
  if (wanted.includes("array")) return [];
  const isOldBoolean = wanted.includes("boolean") && readScalar(text, "kubectl").type === "boolean";
  if (isOldBoolean) {
    const value = String(readScalar(text, "kubectl").value);
    return [{ title: `Change to ${value}`, range, text: value }];
  }
  const plain = readScalar(text);
  const isNumber = wanted.some((type) => type === "integer" || type === "number");
  const isQuoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE";
  return isNumber && isQuoted && plain.type === "number"
    ? [{ title: "Remove the quotes", range, text }]
    : [];
}

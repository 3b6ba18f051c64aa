/** Checks `allOf`, `anyOf`, `oneOf` and `not`, which in a structural schema only narrow what is declared beside them. */
import type { Node } from "yaml";

import type { At } from "./at.ts";
import { fieldName, pathOf, placeOf, withAlternative } from "./at.ts";
import type { Check } from "./check.ts";
import { listed } from "./check-scalar.ts";
import type { Schema } from "./schema.ts";

export function checkCombination(check: Check, node: Node, schema: Schema, at: At): void {
  const inside = withAlternative(at, schema);
  const fits = (one: Schema): boolean => check.trial(node, one, inside).length === 0;
  const say = (message: string): void =>
    check.report({
      code: "combination",
      range: placeOf(at, at.anchor),
      path: pathOf(at),
      message: `${fieldName(at)} ${message}`,
    });
  for (const one of schema.allOf ?? []) check.below(node, one, inside);
  const { anyOf, oneOf, not } = schema;
  // What decides between an integer and a text was checked with the type.
  if (anyOf !== undefined && schema.intOrString !== true && !anyOf.some(fits))
    say(`fits none of what is allowed${alternatives(anyOf)}.`);
  if (oneOf !== undefined) {
    const count = oneOf.filter(fits).length;
    if (count === 0) say(`fits none of what is allowed${alternatives(oneOf)}.`);
    if (count > 1) say(`may be only one of what is allowed${alternatives(oneOf)}.`);
  }
  if (not !== undefined && fits(not)) say("has a value that is not allowed.");
}

/** The usual case: each alternative asks for one field. */
function alternatives(schemas: readonly Schema[]): string {
  const fields = schemas.map(({ required }) => (required?.length === 1 ? required[0] : undefined));
  return fields.every((field) => field !== undefined)
    ? `: set ${listed(fields.map((field) => `\`${field}\``))}`
    : "";
}

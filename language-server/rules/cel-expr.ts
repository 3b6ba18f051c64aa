/** CEL expressions that Flux evaluates: what can't be parsed, and names that do not exist there. */
import { isScalar } from "yaml";

import { fluxKindOf, isFluxKind } from "#simulator";

import { readCel } from "../manifest/cel-syntax.ts";
import { replaceValue } from "../manifest/edits.ts";
import { flux } from "../manifest/flux-names.ts";
import type { Span, Value } from "../manifest/value.ts";
import { isTemplated } from "../model/object-index.ts";
import { closest } from "../schema/similar.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

interface Expression {
  readonly value: Value;
  /** Names that exist there; types and functions of CEL aside. */
  readonly names: readonly string[];
}

export const celExpr: Rule = {
  meta: {
    code: "flux/cel-expr",
    severity: "error",
    summary: "A CEL expression that can't be parsed, or asks for what does not exist.",
    roles: ["manifest", "patch"],
    needs: "document",
    embedded: true,
    fixable: true,
  },
  *check(context) {
    if (!fluxKindOf(context.document) || context.document.group === "") return;
    for (const { value, names } of expressionsOf(context)) {
      const text = value.text;
      if (text === undefined || text.trim() === "" || isTemplated(text)) continue;
      const read = readCel(text);
      if (read.outcome === "broken") {
        yield {
          span: spanIn(context, value, read.offset, read.offset + 1),
          message: `This expression can't be parsed: ${read.message}. The controller refuses it.`,
        };
        continue;
      }
      const unknown = read.names.filter(({ name }) => !names.includes(name) && !known.has(name));
      for (const { name, start, end } of unknown)
        yield unknownName(context, value, { name, start, end, names });
    }
  },
};

/** Names of types, which stand as values in CEL. */
const known = new Set([
  "int",
  "uint",
  "double",
  "bool",
  "string",
  "bytes",
  "list",
  "map",
  "type",
  "null_type",
  "timestamp",
  "duration",
  "optional",
  "google",
  "math",
  "strings",
  "sets",
  "base64",
  "regex",
]);

function unknownName(
  context: RuleContext,
  value: Value,
  {
    name,
    start,
    end,
    names,
  }: {
    readonly name: string;
    readonly start: number;
    readonly end: number;
    readonly names: readonly string[];
  },
): Finding {
  const [similar] = closest(name, names);
  const span = spanIn(context, value, start, end);
  return {
    span,
    severity: "warning",
    message: `There is no ${name} here: the expression never becomes true, and the object waits until its timeout.${similar === undefined ? ` It can ask for ${names.join(", ")}.` : ` Did you mean ${similar}?`}`,
    fixes:
      similar === undefined
        ? []
        : [
            {
              title: `Change to ${similar}`,
              edits: [{ ...replaceValue(value, similar), span }],
              preferred: true,
            },
          ],
  };
}

/** Offsets in the expression as offsets in the document: exact in plain and quoted texts of one line, else the line of it. */
function spanIn({ document }: RuleContext, value: Value, start: number, end: number): Span {
  const { node, span } = value;
  const raw = document.text.slice(...span);
  const text = value.text ?? "";
  if (isScalar(node) && (node.type === "PLAIN" || node.type?.startsWith("QUOTE"))) {
    const shift = node.type === "PLAIN" ? 0 : 1;
    if (raw.slice(shift, shift + text.length) !== text) return span;
    const from = Math.min(span[0] + shift + start, span[1] - 1);
    return [from, Math.min(span[0] + shift + Math.max(end, start + 1), span[1])];
  }
  const word = text.slice(start, end);
  const at = word.trim() === "" ? -1 : raw.indexOf(word);
  return at < 0 ? span : [span[0] + at, span[0] + at + word.length];
}

const objectFields = [
  "apiVersion",
  "kind",
  "metadata",
  "spec",
  "status",
  "data",
  "stringData",
  "rules",
  "type",
];

function* expressionsOf({ document, root }: RuleContext): Generator<Expression> {
  const spec = root.get("spec");
  for (const item of spec?.get("healthCheckExprs")?.items ?? [])
    for (const field of ["current", "inProgress", "failed"]) {
      const value = item.get(field);
      if (value) yield { value, names: objectFields };
    }
  for (const item of spec?.get("dependsOn")?.items ?? []) {
    const value = item.get("readyExpr");
    // A ResourceSet evaluates it on the object that it waits for (flux-operator, `spec.dependsOn` of the ResourceSet API).
    const names = isFluxKind(document, flux.ResourceSet) ? objectFields : ["self", "dep"];
    if (value) yield { value, names };
  }
  const status = spec?.get("commitStatusExpr");
  if (isFluxKind(document, flux.Provider) && status)
    yield { value: status, names: ["event", "alert"] };
  const filter = spec?.get("resourceFilter");
  if (isFluxKind(document, flux.Receiver) && filter)
    yield { value: filter, names: ["req", "res", "request", "resource"] };
}

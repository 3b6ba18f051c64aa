/** A value that has the wrong type once its variable is substituted. */
import { isScalar } from "yaml";

import { isSubstitutionDisabled, variableSites } from "../manifest/variable-sites.ts";
import type { VariableSite } from "../manifest/variable-sites.ts";
import { schemaOf } from "../model/schema-findings.ts";
import { substitutionOf } from "../model/substitution.ts";
import { schemaAt } from "../schema/navigate.ts";
import { readScalar } from "../schema/scalar.ts";
import type { Schema } from "../schema/schema.ts";
import type { Rule } from "./rule.ts";

export const varType: Rule = {
  meta: {
    code: "flux/var-type",
    severity: "error",
    summary: "After substitution the value has the wrong type.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    const { document, file, model } = context;
    const kind = schemaOf(context);
    if (!kind || isSubstitutionDisabled(document)) return;
    const whole = variableSites(document).sites.filter((site) => isWhole(site));
    if (whole.length === 0) return;
    const owners = model.graph.reachesOf(file.path).flatMap(({ owner }) => (owner ? [owner] : []));
    for (const { name, value, span } of whole) {
      const schema = value && schemaAt(kind.schema, value.path);
      if (!schema || !value) continue;
      for (const owner of owners) {
        const text = substitutionOf(model, owner).variables.get(name)?.value;
        const problem = text === undefined ? undefined : mismatch(schema, text);
        if (problem === undefined) continue;
        const isQuotable = schema.type === "string";
        yield {
          span: value.span,
          message: `With ${name} = ${text ?? ""} of Kustomization ${owner.name} this becomes ${problem}${isQuotable ? ", because kustomize drops the quotes around it" : ""}, and the API server refuses the object.`,
          fixes: isQuotable
            ? [
                {
                  title: "Keep it a text with ${quote} (needs the variable quote: '\"')",
                  edits: [
                    { span: value.span, text: `\${quote}${document.text.slice(...span)}\${quote}` },
                  ],
                },
              ]
            : [],
        };
        break;
      }
    }
  },
};

/** The variable is all there is, with or without quotes. */
function isWhole({ value }: VariableSite): boolean {
  const node = value?.node;
  return isScalar(node) && typeof node.value === "string" && /^\$\{\w+\}$/.test(node.value);
}

/** What the value becomes, when that is not what the field takes. */
function mismatch({ type, intOrString }: Schema, text: string): string | undefined {
  if (intOrString || type === undefined || text === "") return undefined;
  const read = readScalar(text);
  const isWhole = read.type === "number" && read.isWhole;
  const fits = type === read.type || (type === "integer" && isWhole);
  if (fits) return undefined;
  return type === "string" ? `a ${read.type}` : `a ${read.type}, where ${needed[type]} is needed`;
}

const needed = {
  integer: "an integer",
  number: "a number",
  boolean: "a boolean",
  object: "an object",
  array: "a list",
} as const;

/** Plain scalars that readers of YAML 1.1 and 1.2 take for different things. */
import { isScalar } from "yaml";

import { replaceValue } from "../manifest/edits.ts";
import { scalarsOf } from "../manifest/value.ts";
import { schemaOf } from "../model/schema-findings.ts";
import { schemaAt } from "../schema/navigate.ts";
import { readScalar } from "../schema/scalar.ts";
import type { Rule } from "./rule.ts";

export const yaml11: Rule = {
  meta: {
    code: "k8s/yaml11",
    severity: "warning",
    summary: "A value without quotes that some readers take for a boolean or another number.",
    roles: ["manifest", "patch", "encrypted"],
    needs: "document",
    fixable: true,
  },
  *check(context) {
    if (!mayHold.test(context.document.text)) return;
    const kind = schemaOf(context);
    for (const value of scalarsOf(context.root)) {
      const { node } = value;
      if (!isScalar(node) || node.type !== "PLAIN") continue;
      const source = node.source ?? "";
      if (!suspicious.test(source)) continue;
      const schema = kind && schemaAt(kind.schema, value.path);
      // An integer field takes an octal number as it is meant; only texts are misread.
      if (schema?.type !== "string") continue;
      const [one, other] = [readScalar(source, "kustomize"), readScalar(source, "kubectl")];
      if (one.type === "string" && other.type === "string") continue;
      // Where Flux itself does not read a text, the schema says so.
      if (one.type !== "string") continue;
      yield {
        span: value.span,
        message: `Without quotes ${source} is a text for Flux, but ${article(other.type)} ${other.type} for kubectl and other readers of YAML 1.1. Put it into quotes.`,
        fixes: [
          {
            title: `Write "${source}"`,
            edits: [replaceValue(value, `"${source}"`)],
            preferred: true,
          },
        ],
      };
    }
  },
};

/** Booleans of YAML 1.1, leading zeros, base 60. */
const suspicious =
  /^(?:y|n|yes|no|on|off|0[0-9_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9]*)?)$/i;

/** The same, with what may stand around it. */
const mayHold =
  /(?:^|[\s,:[{])(?:y|n|yes|no|on|off|0[0-9_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9]*)?)(?:[\s,\]}]|$)/im;

function article(word: string): string {
  return word === "integer" ? "an" : "a";
}

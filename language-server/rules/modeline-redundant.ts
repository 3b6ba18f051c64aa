/** A modeline that names a schema for a kind whose schema is here already. */
import { schemaOf } from "../model/schema-findings.ts";
import type { Rule } from "./rule.ts";

export const modelineRedundant: Rule = {
  meta: {
    code: "flux/modeline-redundant",
    severity: "hint",
    summary: "A modeline for the YAML language server that nobody needs.",
    roles: ["manifest", "kustomization", "encrypted"],
    needs: "document",
    fixable: true,
  },
  *check(context) {
    const match = /^[ \t]*#[ \t]*yaml-language-server:[ \t]*\$schema=.*$/m.exec(
      context.document.text,
    );
    if (!match || !schemaOf(context)) return;
    const end = match.index + match[0].length;
    yield {
      span: [match.index, end],
      message: `The schema of ${context.document.kind === "" ? "this file" : context.document.kind} is known without this line, also offline.`,
      fixes: [
        {
          title: "Remove the line",
          edits: [{ span: [match.index, end + 1], text: "" }],
          preferred: true,
        },
      ],
      tags: ["unnecessary"],
    };
  },
};

/** A reference that finds its object in another namespace only, or that gives a namespace where none is heard. */
import { insertAfter, removeField, replaceValue } from "../manifest/edits.ts";
import type { Reference } from "../manifest/references.ts";
import { referencesOf } from "../manifest/references.ts";
import { resolveReference } from "../model/resolve-reference.ts";
import type { Finding, Fix, Rule, RuleContext } from "./rule.ts";

export const refNamespace: Rule = {
  meta: {
    code: "flux/ref-namespace",
    severity: "warning",
    summary: "A reference looks in the wrong namespace.",
    roles: ["manifest"],
    needs: "simulation",
    fixable: true,
  },
  *check(context) {
    for (const reference of referencesOf(context.document)) {
      const { field, namespaceValue, kind } = reference;
      if (field.namespace === "own" && namespaceValue) yield unheard(context, reference);
      if (kind === undefined || reference.optional) continue;
      const found = resolveReference(context, reference, kind);
      if (found.outcome !== "elsewhere" || found.namespaces.length === 0) continue;
      yield elsewhere(context, reference, kind, found.namespaces);
    }
  },
};

function unheard({ document }: RuleContext, { namespaceValue, nameValue }: Reference): Finding {
  const value = namespaceValue ?? nameValue;
  return {
    span: value.keySpan ? [value.keySpan[0], value.span[1]] : value.span,
    message: `This field takes no namespace: the object is looked for in the namespace of ${document.kind} ${document.name}. Remove it.`,
    fixes: [
      { title: "Remove the namespace", edits: [removeField(document, value)], preferred: true },
    ],
  };
}

function elsewhere(
  { document }: RuleContext,
  reference: Reference,
  kind: string,
  namespaces: readonly string[],
): Finding {
  const { field, name, nameValue, namespaceValue } = reference;
  const [first = ""] = namespaces;
  const advice =
    field.namespace === "own"
      ? "It has to be in the same namespace."
      : `Set namespace: ${first}, or correct the name.`;
  return {
    span: namespaceValue?.span ?? nameValue.span,
    message: `${kind} ${name} is not in this namespace but in ${namespaces.join(", ")}. ${advice}`,
    fixes: field.namespace === "own" ? [] : [fixOf(document, reference, first)],
  };
}

function fixOf(
  document: RuleContext["document"],
  { nameValue, namespaceValue }: Reference,
  namespace: string,
): Fix {
  const edit = namespaceValue
    ? replaceValue(namespaceValue, namespace)
    : insertAfter(document, nameValue, `namespace: ${namespace}`);
  return { title: `Look in namespace ${namespace}`, edits: [edit], preferred: true };
}

/** A dependency that only an object of another kind could be: dependsOn names objects of the own kind. */
import { fluxKindOf } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { removeItem } from "../manifest/edits.ts";
import { referencesOf } from "../manifest/references.ts";
import { lookup } from "../model/lookup.ts";
import { namespacesOfReference, resolveReference } from "../model/resolve-reference.ts";
import type { Rule } from "./rule.ts";

const others: Readonly<Record<string, string>> = {
  [flux.Kustomization]: flux.HelmRelease,
  [flux.HelmRelease]: flux.Kustomization,
};

export const dependsOnKind: Rule = {
  meta: {
    code: "flux/depends-on-kind",
    severity: "error",
    summary: "dependsOn names an object of another kind.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    const other = fluxKindOf(context.document) && others[context.document.kind];
    if (other === undefined) return;
    for (const reference of referencesOf(context.document)) {
      const { field, kind, name, nameValue } = reference;
      if (field.use !== "wait" || kind !== context.document.kind) continue;
      if (resolveReference(context, reference, kind).outcome !== "missing") continue;
      const namespace = namespacesOfReference(context, reference)?.[0];
      const found = lookup(context.model, { kind: other, name, namespace });
      if (found.outcome !== "found") continue;
      yield {
        span: nameValue.span,
        message: `${name} is a ${other}, and a ${kind} can only depend on a ${kind}: it waits for ever. Depend on the ${kind} that brings it, or remove this.`,
        related: found.written.map((one) => ({
          message: `${one.kind} ${one.name}`,
          at: one,
        })),
        fixes: [
          {
            title: `Do not depend on ${name}`,
            edits: [removeItem(context.document, reference.value)],
          },
        ],
      };
    }
  },
};

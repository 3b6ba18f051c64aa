/** A reference to another namespace where the controllers run with `--no-cross-namespace-refs`. */
import { flux } from "../manifest/flux-names.ts";
import { referencesOf } from "../manifest/references.ts";
import { namespacesOf } from "../model/namespaces.ts";
import type { Rule } from "./rule.ts";

export const refCrossNamespaceDenied: Rule = {
  meta: {
    code: "flux/ref-cross-namespace-denied",
    severity: "error",
    summary: "A reference crosses namespaces although the controllers forbid it.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: false,
  },
  *check({ document, file, model }) {
    const references = referencesOf(document).filter(({ namespace }) => namespace !== undefined);
    if (references.length === 0) return;
    const lockdown = model.lockdown;
    if (!lockdown) return;
    const own = namespacesOf(model, file.path, document);
    if (!own || own.includes("flux-system")) return;
    for (const { field, namespace, namespaceValue, kind } of references) {
      if (field.namespace === "own" || !namespaceValue || namespace === undefined) continue;
      if (own.includes(namespace) || namespace.includes("${")) continue;
      // `dependsOn` is not access to another tenant's data; only sources and the like are refused.
      if (field.use === "wait" && kind === flux.Kustomization) continue;
      if (field.use !== "source") continue;
      yield {
        span: namespaceValue.span,
        message: `The controllers run with --no-cross-namespace-refs, so they refuse a source in ${namespace}. Put the source into ${own[0]} or keep the object in ${namespace}.`,
        related: [{ message: "set here", at: lockdown }],
      };
    }
  },
};

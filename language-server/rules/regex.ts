/** Regular expressions that Go can't read (RE2): no look-around, no references back. */
import { isFluxKind } from "#simulator";
import type { FluxKindName } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { Value } from "../manifest/value.ts";
import { isTemplated } from "../model/object-index.ts";
import { compilePattern } from "../schema/re2.ts";
import type { Rule } from "./rule.ts";

/** `[]` stands for every element of a list. */
const fields: readonly (readonly [FluxKindName, readonly string[]])[] = [
  [flux.ImagePolicy, ["spec", "filterTags", "pattern"]],
  [flux.ImageRepository, ["spec", "exclusionList", "[]"]],
  [flux.GitRepository, ["spec", "ref", "semverFilter"]],
  [flux.OCIRepository, ["spec", "ref", "semverFilter"]],
  [flux.OCIRepository, ["spec", "verify", "matchOIDCIdentity", "[]", "issuer"]],
  [flux.OCIRepository, ["spec", "verify", "matchOIDCIdentity", "[]", "subject"]],
  [flux.HelmChart, ["spec", "verify", "matchOIDCIdentity", "[]", "issuer"]],
  [flux.HelmChart, ["spec", "verify", "matchOIDCIdentity", "[]", "subject"]],
  [flux.Alert, ["spec", "exclusionList", "[]"]],
  [flux.Alert, ["spec", "inclusionList", "[]"]],
  [flux.ResourceSetInputProvider, ["spec", "filter", "includeBranch"]],
  [flux.ResourceSetInputProvider, ["spec", "filter", "excludeBranch"]],
  [flux.ResourceSetInputProvider, ["spec", "filter", "includeTag"]],
  [flux.ResourceSetInputProvider, ["spec", "filter", "excludeTag"]],
];

export const regex: Rule = {
  meta: {
    code: "flux/regex",
    severity: "error",
    summary: "A regular expression that the controller can't read.",
    roles: ["manifest", "patch"],
    needs: "document",
    embedded: true,
    fixable: false,
  },
  *check({ document, root }) {
    for (const [kind, path] of fields) {
      if (!isFluxKind(document, kind)) continue;
      for (const value of valuesAt(root, path)) {
        const text = value.text;
        if (text === undefined || isTemplated(text)) continue;
        const compiled = compilePattern(text);
        if (compiled.outcome !== "invalid") continue;
        const isLook = /\(\?<?[=!]/.test(text);
        yield {
          span: value.span,
          message: `Go can't read this regular expression: ${compiled.message}.${isLook ? " Look-around does not exist there; say it with groups, or filter by the policy." : ""}`,
        };
      }
    }
  },
};

function valuesAt(root: Value, path: readonly string[]): readonly Value[] {
  let values: readonly Value[] = [root];
  for (const key of path)
    values = values.flatMap((value) => {
      if (key === "[]") return value.items;
      const found = value.get(key);
      return found ? [found] : [];
    });
  return values;
}

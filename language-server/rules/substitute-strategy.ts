/** Variables with defaults only, and a Kustomization that sets none: then nothing is substituted. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { isSubstitutionDisabled, variableSites } from "../manifest/variable-sites.ts";
import { readFluxKustomizations } from "../model/flux-kustomization.ts";
import { substitutionOf } from "../model/substitution.ts";
import type { Rule } from "./rule.ts";

export const substituteStrategy: Rule = {
  meta: {
    code: "flux/substitute-strategy",
    severity: "information",
    summary: "Nothing is substituted, although manifests use variables with defaults.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: false,
  },
  *check({ document, file, root, model }) {
    const postBuild = root.at("spec", "postBuild");
    if (!isFluxKind(document, flux.Kustomization) || !postBuild) return;
    const owner = readFluxKustomizations(file).find(({ part }) => part.document === document);
    if (!owner || substitutionOf(model, owner).isActive !== false) return;
    for (const [path, role] of model.graph.filesOf(owner)) {
      if (role !== "resource") continue;
      for (const { document: other } of model.manifest(path)?.parts ?? []) {
        const site = variableSites(other).sites.find(({ hasDefault }) => hasDefault);
        if (!site || isSubstitutionDisabled(other)) continue;
        yield {
          span: postBuild.keySpan ?? postBuild.span,
          message: `No variable is set here, so nothing is substituted, and \${${site.name}…} in ${path} stays as it is. Set a variable, or substituteStrategy: Always (Flux 2.9).`,
        };
        return;
      }
    }
  },
};

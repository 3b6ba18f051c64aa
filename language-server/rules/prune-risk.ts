/** What a push would delete, said at the Kustomization that prunes it, as the plan has it. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { Rule } from "./rule.ts";

export const pruneRisk: Rule = {
  meta: {
    code: "flux/prune-risk",
    severity: "warning",
    summary: "A push would delete objects from the cluster.",
    roles: ["manifest"],
    needs: "simulation",
    fixable: true,
  },
  *check({ document, root, file, model }) {
    const prune = root.at("spec", "prune");
    if (!isFluxKind(document, flux.Kustomization) || prune?.flag !== true || !model.truth) return;
    const { truth } = model;
    const deleted = truth
      .appliersOf(file.path, document.kind, document.name)
      .flatMap((id) => truth.deletedBy(id));
    if (deleted.length === 0) return;
    const names = [...new Set(deleted)];
    const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
    yield {
      span: [prune.keySpan?.[0] ?? prune.span[0], prune.span[1]],
      message: `A push deletes ${names.slice(0, 5).join(", ")}${more} from the cluster, because this Kustomization prunes. To keep them set prune: false first, or annotate them with kustomize.toolkit.fluxcd.io/prune: disabled.`,
      fixes: [{ title: "Set prune: false", edits: [{ span: prune.span, text: "false" }] }],
    };
  },
};

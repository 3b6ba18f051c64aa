/** Several ways to choose a revision at once: one wins, and the others are not heard. */
import { isFluxKind } from "#simulator";

import { removeField } from "../manifest/edits.ts";
import { flux } from "../manifest/flux-names.ts";
import type { Rule } from "./rule.ts";

/** `fluxcd/source-controller api/v1/gitrepository_types.go` and `ocirepository_types.go`: the first that is set wins. */
const orders = [
  [flux.GitRepository, ["commit", "name", "semver", "tag", "branch"]],
  [flux.OCIRepository, ["digest", "semver", "tag"]],
] as const;

export const gitRef: Rule = {
  meta: {
    code: "flux/git-ref",
    severity: "warning",
    summary: "Several revisions are chosen at once.",
    roles: ["manifest"],
    needs: "document",
    fixable: true,
  },
  *check({ document, root }) {
    for (const [kind, order] of orders) {
      if (!isFluxKind(document, kind)) continue;
      const set = order.flatMap((key) => {
        const value = root.at("spec", "ref", key);
        return value && !value.isNull ? [{ key, value }] : [];
      });
      const [winner, ...others] = set;
      if (!winner || isUsual(winner.key, others)) continue;
      for (const { key, value } of others) {
        yield {
          span: value.keySpan ?? value.span,
          message: `${key} is not heard, because ${winner.key} is set and wins. Keep one of them.`,
          related: [
            { message: `${winner.key} wins`, at: winner.value.keySpan ?? winner.value.span },
          ],
          fixes: [
            { title: `Remove ${key}`, edits: [removeField(document, value)], preferred: true },
          ],
          tags: ["unnecessary"],
        };
      }
    }
  },
};

/**
 * A branch beside a commit is how shallow clones work, and is documented. A tag beside a digest says to people, and to tools that
 * update both, which version the digest is of.
 */
function isUsual(winner: string, others: readonly { readonly key: string }[]): boolean {
  const usual = { commit: "branch", digest: "tag" }[winner];
  return others.every(({ key }) => key === usual);
}

/** Ranges of versions that the controllers can't read. Grammar: `Masterminds/semver` v3, which they use. */
import { isFluxKind } from "#simulator";
import type { FluxKindName } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { isTemplated } from "../model/object-index.ts";
import type { Rule } from "./rule.ts";

const fields: readonly (readonly [FluxKindName, readonly string[]])[] = [
  [flux.HelmRelease, ["spec", "chart", "spec", "version"]],
  [flux.HelmChart, ["spec", "version"]],
  [flux.GitRepository, ["spec", "ref", "semver"]],
  [flux.OCIRepository, ["spec", "ref", "semver"]],
  [flux.ImagePolicy, ["spec", "policy", "semver", "range"]],
  [flux.FluxInstance, ["spec", "distribution", "version"]],
];

export const semver: Rule = {
  meta: {
    code: "flux/semver",
    severity: "error",
    summary: "A range of versions that can't be read.",
    roles: ["manifest", "patch"],
    needs: "document",
    embedded: true,
    fixable: false,
  },
  *check({ document, root }) {
    for (const [kind, path] of fields) {
      if (!isFluxKind(document, kind)) continue;
      const value = root.at(...path);
      const text = value?.scalar;
      if (!value || text === undefined || isTemplated(text) || isRange(text)) continue;
      // A chart of a Git repository has no version to choose.
      const source = root.at("spec", "chart", "spec", "sourceRef", "kind")?.text;
      if (kind === flux.HelmRelease && source !== undefined && source !== flux.HelmRepository)
        continue;
      yield {
        span: value.span,
        message: `${text} is no range of versions, so the controller stops here. Ranges look like 1.2.3, 1.2.x, ~1.2, ^1.2 or ">=1.2.0 <2.0.0".`,
      };
    }
  },
};

const part = String.raw`(?:0|[1-9]\d*|\d+|[xX*])`;
const version = String.raw`v?${part}(?:\.${part}(?:\.${part})?)?(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?`;
const comparison = String.raw`(?:=|==|!=|>|<|>=|=>|<=|=<|~|~>|\^)?\s*${version}`;
const alternative = new RegExp(
  String.raw`^\s*(?:${version}\s+-\s+${version}|${comparison}(?:(?:\s*,\s*|\s+)${comparison})*)\s*$`,
);

/** Empty and `*` mean any version. */
function isRange(text: string): boolean {
  return (
    text.trim() === "" ||
    text.length > 300 ||
    text.split("||").every((one) => alternative.test(one))
  );
}

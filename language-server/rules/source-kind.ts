/** A source of a kind that the field does not take, or that is better written as another kind. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { referencesOf } from "../manifest/references.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const sourceKind: Rule = {
  meta: {
    code: "flux/source-kind",
    severity: "error",
    summary: "A reference names a kind of source that does not work there.",
    roles: ["manifest"],
    needs: "document",
    fixable: false,
  },
  *check(context) {
    for (const { field, kind, value } of referencesOf(context.document)) {
      if (field.use !== "source" || field.kinds === "written" || kind === undefined) continue;
      const written = value.get("kind");
      if (!written || field.kinds.includes(kind) || kind.includes("${")) continue;
      yield {
        span: written.span,
        message: `${field.path.join(".")} takes ${listed(field.kinds)}, not ${kind}. ${adviceFor(context, kind)}`,
      };
    }
    yield* ociRepository(context);
  },
};

function adviceFor({ document }: RuleContext, kind: string): string {
  if (kind === flux.OCIRepository && isFluxKind(document, flux.HelmRelease))
    return "Name it in spec.chartRef instead.";
  if (kind === flux.HelmRepository)
    return "A HelmRepository is named in spec.chart.spec.sourceRef.";
  return "The API server refuses the object.";
}

/** `type: oci` is in maintenance; charts in registries are meant to be OCIRepositories (fluxcd.io/flux/components/source/ocirepositories). */
function* ociRepository({ document, root }: RuleContext): Generator<Finding> {
  const type = root.at("spec", "type");
  if (!isFluxKind(document, flux.HelmRepository)) return;
  const url = root.at("spec", "url");
  if (type?.text === "oci" && url?.text !== undefined && !/^(?:oci:\/\/|\$\{)/.test(url.text)) {
    yield {
      span: url.span,
      message: `With type: oci the address has to begin with oci://, so the API server refuses ${url.text}.`,
    };
  } else if (type?.text === "oci") {
    yield {
      span: type.span,
      severity: "information",
      message:
        "Charts in registries are better an OCIRepository with chartRef: it follows digests, and can be verified. type: oci still works.",
    };
  }
}

function listed(kinds: readonly string[]): string {
  return kinds.length < 2
    ? kinds.join("")
    : `${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1) ?? ""}`;
}

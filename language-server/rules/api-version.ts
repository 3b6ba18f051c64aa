/** An apiVersion that the selected Flux or Kubernetes does not serve any more, or will not. */
import { replaceValue } from "../manifest/edits.ts";
import { isFluxGroup } from "../manifest/flux-names.ts";
import type { Finding, Fix, Rule, RuleContext } from "./rule.ts";

const roles = ["manifest", "patch", "encrypted"] as const;

export const apiRemoved: Rule = {
  meta: {
    code: "flux/api-removed",
    severity: "error",
    summary: "An API version of Flux that is no longer served.",
    roles,
    needs: "document",
    embedded: true,
    fixable: true,
  },
  *check(context) {
    // Without a word about the version in the repository it may be an older Flux.
    const severity = context.model.fluxIsKnown ? "error" : "warning";
    if (isFluxGroup(context.document.group)) yield* removed(context, severity);
  },
};

export const apiDeprecated: Rule = {
  meta: {
    code: "flux/api-deprecated",
    severity: "warning",
    summary: "An API version of Flux that a later version removes.",
    roles,
    needs: "document",
    embedded: true,
    fixable: true,
  },
  *check(context) {
    if (isFluxGroup(context.document.group)) yield* deprecated(context);
  },
};

export const kubernetesApi: Rule = {
  meta: {
    code: "k8s/api-version",
    severity: "warning",
    summary: "An API version that Kubernetes has removed or is going to remove.",
    roles,
    needs: "document",
    embedded: true,
    fixable: true,
  },
  *check(context) {
    if (isFluxGroup(context.document.group)) return;
    yield* removed(context, "warning");
    yield* deprecated(context);
  },
};

function* removed(context: RuleContext, severity: "error" | "warning"): Generator<Finding> {
  const { document, root, model } = context;
  const { apiVersion, kind } = document;
  const value = root.get("apiVersion");
  const resolution = model.catalog?.resolve({ apiVersion, kind });
  if (!value || resolution?.outcome !== "not-served") return;
  const { reason, since, served } = resolution;
  const [best] = served;
  const consequence = `Change it to ${best ?? "another version"}.`;
  yield {
    span: value.span,
    severity: reason === "removed" ? severity : "warning",
    message:
      reason === "removed"
        ? `${since} no longer serves ${kind} in ${apiVersion}, so applying it fails. ${consequence}`
        : `${kind} in ${apiVersion} exists only since ${since}. ${consequence}`,
    fixes: fixOf(context, best),
    tags: reason === "removed" ? ["deprecated"] : [],
  };
}

function* deprecated(context: RuleContext): Generator<Finding> {
  const { document, root, model } = context;
  const value = root.get("apiVersion");
  const resolution = model.catalog?.resolve(document);
  if (!value || resolution?.outcome !== "found" || !resolution.notice) return;
  const { message, replacement, removedIn } = resolution.notice;
  yield {
    span: value.span,
    ...(removedIn === undefined && !isFluxGroup(document.group)
      ? { severity: "information" as const }
      : {}),
    message,
    fixes: fixOf(context, replacement),
    tags: ["deprecated"],
  };
}

function fixOf({ document, root }: RuleContext, version: string | undefined): readonly Fix[] {
  const value = root.get("apiVersion");
  if (!value || version === undefined || !version.includes("/")) return [];
  const title = `Change ${document.apiVersion} to ${version}`;
  return [{ title, edits: [replaceValue(value, version)], preferred: true }];
}

/** The structural schema of the object's kind: types, enums, patterns, required and unknown fields. */
import { fluxKindOf, isFluxKind } from "#simulator";

import { flux, isFluxGroup } from "../manifest/flux-names.ts";
import { referencesOf } from "../manifest/references.ts";
import { mayBePatched } from "../model/patched.ts";
import { schemaFindings } from "../model/schema-findings.ts";
import type { SchemaFinding } from "../schema/finding.ts";
import { toFinding } from "./schema-finding.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const k8sSchema: Rule = {
  meta: {
    code: "k8s/schema",
    severity: "error",
    summary: "A field has the wrong type or value, is missing, or does not exist.",
    roles: ["manifest", "patch", "encrypted", "kustomization"],
    needs: "workspace",
    embedded: true,
    fixable: true,
  },
  *check(context) {
    const { document, file, model } = context;
    for (const finding of schemaFindings(context)) {
      if (hasOwnRule(finding) || isExplainedBetter(context, finding)) continue;
      if (finding.code === "required" && mayBePatched(model.graph, file.path, document)) continue;
      yield { ...toFinding(finding), detail: finding.code, ...lostLabels(finding) };
    }
  },
};

/**
 * A label that is no text does not stop Flux: it reads no labels at all then, and writes only its own
 * (`fluxcd/pkg ssa/manager.go`, SetOwnerLabels).
 */
function lostLabels({ code, path, message }: SchemaFinding): Partial<Finding> {
  const isLabel = path.length === 3 && path[0] === "metadata" && path[1] === "labels";
  if (code !== "type" || !isLabel) return {};
  return {
    severity: "warning",
    message: `${message} Flux drops all labels of the object then. Put the value into quotes.`,
  };
}

function hasOwnRule({ code, path }: SchemaFinding): boolean {
  // The API server drops the status of what is applied before it looks at it.
  if (path[0] === "status" && path.length > 1) return true;
  return code === "duplicate-item" || code === "field-version" || code === "cel";
}

const durations = new Set<unknown>(["interval", "timeout", "retryInterval"]);

/** Other rules say the same in words that fit the field. */
function isExplainedBetter(
  { document, role, root }: RuleContext,
  { code, path, range }: SchemaFinding,
): boolean {
  // kustomize/two-kinds
  if (role === "kustomization" && (isFluxGroup(document.group) || root.get("spec"))) return true;
  const last = path.at(-1);
  // flux/duration
  if (code === "pattern" && durations.has(last) && fluxKindOf(document)) return true;
  // flux/receiver
  if (code === "enum" && isFluxKind(document, flux.Receiver) && path[1] === "resources")
    return true;
  // flux/source-kind
  if (code === "enum" && last === "kind" && role === "manifest" && isSourceKind(document, range))
    return true;
  // flux/ref-namespace
  return (
    code === "unknown-field" &&
    last === "namespace" &&
    referencesOf(document).some(
      ({ field, namespaceValue }) =>
        field.namespace === "own" && namespaceValue?.keySpan?.[0] === range[0],
    )
  );
}

function isSourceKind(document: RuleContext["document"], [start]: SchemaFinding["range"]): boolean {
  return referencesOf(document).some(
    ({ field, value }) =>
      field.use === "source" && field.kinds !== "written" && value.get("kind")?.span[0] === start,
  );
}

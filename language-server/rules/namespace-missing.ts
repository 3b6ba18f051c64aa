/** An object that would be applied without a namespace, or into one that nothing creates. */
import { isTemplated } from "../model/object-index.ts";
import type { Reach } from "../model/file-graph.ts";
import { mayBePatched } from "../model/patched.ts";
import { insertAfter } from "../manifest/edits.ts";
import { schemaOf } from "../model/schema-findings.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const namespaceMissing: Rule = {
  meta: {
    code: "flux/namespace-missing",
    severity: "warning",
    summary: "An object has no namespace, or one that nothing creates.",
    roles: ["manifest", "encrypted"],
    needs: "simulation",
    fixable: true,
  },
  *check(context) {
    const { document, model, file } = context;
    if (schemaOf(context)?.scope !== "namespaced" || document.name === "") return;
    const reaches = model.graph
      .reachesOf(file.path)
      .filter(({ role, owner }) => role === "resource" && owner);
    if (reaches.length === 0 || mayBePatched(model.graph, file.path, document)) return;
    const finding = document.namespace === "" ? without(context, reaches) : undefined;
    if (finding) yield finding;
    else yield* inMissing(context);
  },
};

function without(
  { document, root, model, file }: RuleContext,
  reaches: readonly Reach[],
): Finding | undefined {
  const way = reaches.find(({ namespace }) => namespace === undefined);
  const name = root.at("metadata", "name");
  if (!way || !name || isTemplated(document.name)) return undefined;
  // Something above it may give it a targetNamespace.
  if (
    reaches.some(({ owner }) => owner && mayBePatched(model.graph, owner.file, owner.part.document))
  )
    return undefined;
  // The build of a parent may have given the namespace by other means.
  if (
    model.truth?.rendersOf(file.path, document.kind, "").some(({ namespace }) => namespace !== "")
  )
    return undefined;
  return {
    span: name.span,
    message: `${document.kind} ${document.name} gets no namespace from Kustomization ${way.owner?.name ?? ""}, so it can't be applied. Set metadata.namespace, or namespace in the kustomization.yaml, or targetNamespace.`,
    fixes: [
      {
        title: "Add metadata.namespace: default",
        edits: [insertAfter(document, name, "namespace: default")],
      },
    ],
  };
}

/** The simulation knows all namespaces that are made; without it nothing is claimed. */
function* inMissing({ document, root, model, file }: RuleContext): Generator<Finding> {
  const value = root.at("metadata", "namespace");
  if (!value || !model.truth) return;
  const reported = model.truth
    .problemsAbout("namespace-missing", document.kind, document.name)
    .find(({ namespace }) => namespace === document.namespace);
  if (!reported || (reported.path !== undefined && reported.path !== file.path)) return;
  yield {
    span: value.span,
    severity: reported.severity,
    message: reported.message,
  };
}

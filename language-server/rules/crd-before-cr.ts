/** A custom resource that may be applied before the Kustomization which brings its CustomResourceDefinition. */
import { fluxKindOf } from "#simulator";

import { derived } from "../manifest/manifest-document.ts";
import type { FluxKustomization } from "../model/flux-kustomization.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Rule, RuleContext } from "./rule.ts";

export const crdBeforeCr: Rule = {
  meta: {
    code: "flux/crd-before-cr",
    severity: "warning",
    summary: "A custom resource does not wait for the Kustomization that installs its CRD.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: false,
  },
  *check({ document, root, file, model }) {
    if (!document.group.includes(".") || fluxKindOf(document)) return;
    const definitions = definitionsOf(model, document);
    const value = root.get("kind");
    if (definitions.length === 0 || !value) return;
    const own = ownersOf(model, file.path);
    const providers = definitions.flatMap((path) => ownersOf(model, path));
    // Within one Kustomization Flux applies CRDs first.
    if (own.length === 0 || providers.length === 0) return;
    const late = own.find(
      (one) => !providers.some((provider) => waitsFor(model, one, provider, new Set())),
    );
    const [provider] = providers;
    if (!late || !provider) return;
    yield {
      span: value.span,
      message: `Kustomization ${late.name} may be applied before ${provider.name}, which installs the definition of ${document.kind}: the first run fails and is tried again. Add dependsOn: ${provider.name}.`,
      related: definitions.map((path) => ({ message: "defined here", at: { path, line: 0 } })),
    };
  },
};

function ownersOf({ graph }: WorkspaceModel, path: string): readonly FluxKustomization[] {
  return graph
    .reachesOf(path)
    .flatMap(({ owner, role }) => (owner && role === "resource" ? [owner] : []));
}

/** The same, by `dependsOn` over any number of steps, or because a child of it applies the object. */
function waitsFor(
  model: WorkspaceModel,
  one: FluxKustomization,
  provider: FluxKustomization,
  seen: Set<FluxKustomization>,
): boolean {
  if (one === provider) return true;
  if (seen.has(one)) return false;
  seen.add(one);
  const names = (one.root.at("spec", "dependsOn")?.items ?? []).map(
    (item) => item.get("name")?.text,
  );
  const next = model.graph.owners.filter(
    ({ name, file }) =>
      names.includes(name) ||
      ownersOf(model, one.file).some((parent) => parent.file === file && parent.name === name),
  );
  return next.some((other) => waitsFor(model, other, provider, seen));
}

/** Paths of the files with its definition. The index is asked first, so that only edits of these files matter. */
function definitionsOf(
  model: WorkspaceModel,
  { group, kind }: RuleContext["document"],
): readonly string[] {
  const named = model.index
    .ofKind("CustomResourceDefinition")
    .filter(({ name }) => name.endsWith(`.${group}`))
    .map(({ path }) => path);
  return [...new Set(named)].filter((path) =>
    model.manifest(path)?.parts.some(({ document }) => defines(document) === `${group}/${kind}`),
  );
}

const defines = derived(({ kind, root }) => {
  const group = root?.at("spec", "group")?.text;
  const name = root?.at("spec", "names", "kind")?.text;
  return kind === "CustomResourceDefinition" && group && name ? `${group}/${name}` : null;
});

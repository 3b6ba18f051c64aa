/** A custom resource that may be applied before the Kustomization which brings its CustomResourceDefinition. */
import { fluxKindOf } from "#simulator";

import type { FluxKustomization } from "../model/flux-kustomization.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Rule } from "./rule.ts";

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
    const definitions = crdsOf(model).get(`${document.group}/${document.kind}`);
    const value = root.get("kind");
    if (!definitions || !value) return;
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

const perFiles = new WeakMap<WorkspaceModel["files"], ReadonlyMap<string, readonly string[]>>();
const perFile = new WeakMap<SourceFile, readonly string[]>();

/** Paths of definitions by `group/Kind`. */
function crdsOf({ files }: WorkspaceModel): ReadonlyMap<string, readonly string[]> {
  const known = perFiles.get(files);
  if (known) return known;
  const found = new Map<string, string[]>();
  for (const file of files.values()) {
    for (const key of definedIn(file)) found.set(key, [...(found.get(key) ?? []), file.path]);
  }
  perFiles.set(files, found);
  return found;
}

function definedIn(file: SourceFile): readonly string[] {
  let known = perFile.get(file);
  if (known) return known;
  const isHolding = file.headlines.some(({ kind }) => kind === "CustomResourceDefinition");
  known = isHolding
    ? (file.manifest?.parts ?? []).flatMap(({ document: { kind, root } }) => {
        const group = root?.at("spec", "group")?.text;
        const name = root?.at("spec", "names", "kind")?.text;
        return kind === "CustomResourceDefinition" && group && name ? [`${group}/${name}`] : [];
      })
    : [];
  perFile.set(file, known);
  return known;
}

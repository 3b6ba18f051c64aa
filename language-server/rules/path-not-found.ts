/** `spec.path` of a Kustomization whose source is this repository, when there is no such folder. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { replaceValue } from "../manifest/edits.ts";
import type { FileGraph } from "../model/file-graph.ts";
import { cleanPath } from "../model/flux-kustomization.ts";
import { isTemplated } from "../model/object-index.ts";
import { closest } from "../schema/similar.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const pathNotFound: Rule = {
  meta: {
    code: "flux/path-not-found",
    severity: "error",
    summary: "The path of a Kustomization does not exist in this repository.",
    roles: ["manifest"],
    needs: "simulation",
    fixable: true,
  },
  *check(context) {
    const { document, root, model, file } = context;
    if (!isFluxKind(document, flux.Kustomization)) return;
    // Nothing that is seen here applies it, so its folder may be gone for good reason.
    if (!model.graph.isLive(file.path)) return;
    const value = root.at("spec", "path");
    const text = value?.text;
    if (!value || text === undefined || isTemplated(text)) return;
    const source = {
      kind: root.at("spec", "sourceRef", "kind")?.text ?? "",
      name: root.at("spec", "sourceRef", "name")?.text ?? "",
      namespace: "",
    };
    if (!isThisRepository(context, source)) return;
    const path = cleanPath(text);
    const exists = model.graph.exists(path);
    if (exists !== "folder") yield finding(context, { text, path, isFile: exists === "file" });
  },
};

/** By the votes of the other Kustomizations, or because the simulation looked there and found nothing. */
function isThisRepository(
  { model, document, file }: RuleContext,
  source: { readonly kind: string; readonly name: string; readonly namespace: string },
): boolean {
  const { truth } = model;
  const [applier] = truth?.appliersOf(file.path, document.kind, document.name) ?? [];
  if (truth && applier !== undefined)
    return truth.problemsOf(applier).some(({ code }) => code === "path-not-found");
  return model.graph.isOwnSource(source);
}

function finding(
  { root, model, document }: RuleContext,
  given: { readonly text: string; readonly path: string; readonly isFile: boolean },
): Finding {
  const value = root.at("spec", "path") ?? root;
  const nearest = nearestFolder(model.graph, given.path);
  const parent = given.path.slice(0, Math.max(0, given.path.lastIndexOf("/")));
  const better = given.isFile ? parent : nearest;
  const reason = given.isFile
    ? `${given.text} is a file, and a path has to be a folder`
    : `There is no folder ${given.text} in this repository`;
  const windows = given.text.includes("\\") ? " Folders are separated by / here." : "";
  return {
    span: value.span,
    message: `${reason}: the build of ${document.name} fails.${windows}${better === undefined ? "" : ` Did you mean ./${better}?`}`,
    fixes:
      better === undefined
        ? []
        : [
            {
              title: `Change the path to ./${better}`,
              edits: [replaceValue(value, `./${better}`)],
              preferred: true,
            },
          ],
  };
}

/** The folder with a manifest that differs by the fewest letters, when that is few. */
function nearestFolder({ kustomizations, owners }: FileGraph, path: string): string | undefined {
  const folders = new Set([
    ...[...kustomizations.values()].map(({ dir }) => dir),
    ...owners.flatMap((owner) => (owner.path === undefined ? [] : [owner.path])),
  ]);
  folders.delete(path);
  folders.delete("");
  return closest(path.replaceAll("\\", "/"), [...folders])[0];
}

/** What a document is, which decides what may be asked of it. */
import { embeddedRole } from "../manifest/embedded-parts.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { derived } from "../manifest/manifest-document.ts";
import { flux, kustomizeGroup } from "../manifest/flux-names.ts";
import type { FileGraph } from "./file-graph.ts";
import { folderOf, isKustomizationPath } from "./kustomization-file.ts";

export type DocumentRole =
  /** A whole object. */
  | "manifest"
  /** A kustomization.yaml or a Component. */
  | "kustomization"
  /** Part of an object. */
  | "patch"
  /** An object whose values SOPS encrypted. */
  | "encrypted"
  /** A template of Helm, Jinja and the like: not YAML yet. */
  | "template"
  /** Anything else: values, data of a generator, configuration of other programs. */
  | "other";

export interface RoleContext {
  readonly path: string;
  readonly graph: FileGraph;
}

export function roleOf(document: ManifestDocument, { path, graph }: RoleContext): DocumentRole {
  if (isTemplateText(document) || isInChart(path, graph)) return "template";
  const inside = embeddedRole(document);
  if (inside) return inside;
  if (isKustomization(document, path)) return "kustomization";
  const roles = graph.reachesOf(path).map(({ role }) => role);
  if (roles.length > 0 && !roles.includes("resource") && !roles.includes("component")) {
    if (roles.includes("patch")) return document.root ? "patch" : "other";
    if (!roles.includes("transformer") && !roles.includes("crd")) return "other";
  }
  const { root, apiVersion, kind } = document;
  if (!root || apiVersion === "" || kind === "") return "other";
  if (hasPatchMark(document)) return "patch";
  return root.at("sops", "mac") || root.at("sops", "version") ? "encrypted" : "manifest";
}

function isKustomization({ group, kind }: ManifestDocument, path: string): boolean {
  if (isKustomizationPath(path)) return true;
  return group === kustomizeGroup && (kind === flux.Kustomization || kind === "Component");
}

/** Control structures on lines of their own, or braces where YAML would read a mapping of a mapping. */
const isTemplateText = derived(
  ({ text }) =>
    (text.includes("{{") || text.includes("{%")) &&
    /^\s*(?:\{\{|\{%|#?\s*\{\{-)|:\s+\{\{(?!\s*\{)|^\s*-\s+\{\{/m.test(text),
);

const hasPatchMark = derived(
  ({ text }) =>
    text.includes("$") && /^\s*(?:- )?\$(?:patch|retainKeys|setElementOrder)/m.test(text),
);

function isInChart(path: string, graph: FileGraph): boolean {
  for (let dir = folderOf(path); dir !== ""; dir = folderOf(dir)) {
    const isPart = /(^|\/)(templates|charts)$/.test(dir) || dir === folderOf(path);
    if (!isPart) continue;
    const chart = /(^|\/)(templates|charts)$/.test(dir) ? folderOf(dir) : dir;
    const file = chart === "" ? "Chart.yaml" : `${chart}/Chart.yaml`;
    if (graph.exists(file) === "file") return true;
  }
  return false;
}

/** Patches of a kustomization.yaml that match nothing, or that are no YAML. */
import { parseDocument } from "yaml";

import type { Value } from "../manifest/value.ts";
import type { KustomizationFile } from "../model/kustomization-file.ts";
import { isTemplated } from "../model/object-index.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import { closest } from "../schema/similar.ts";
import { replaceValue } from "../manifest/edits.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const patchNoTarget: Rule = {
  meta: {
    code: "kustomize/patch-no-target",
    severity: "warning",
    summary: "A patch that matches nothing, or can't be read.",
    roles: ["kustomization"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    const { root, model, file } = context;
    const own = model.graph.kustomizations.get(file.path);
    for (const patch of root.get("patches")?.items ?? []) {
      const broken = unreadable(patch);
      if (broken) {
        yield broken;
        continue;
      }
      if (!own || own.isComponent || isExtended(context)) continue;
      const objects = objectsOf(model, own, 0);
      const finding = objects && unmatched(patch, objects);
      if (finding) yield finding;
    }
  },
};

/** `spec.components` of a Flux Kustomization stand in the kustomization.yaml of its path when it is built. */
function isExtended({ model, file }: RuleContext): boolean {
  return model.graph.reachesOf(file.path).some(({ owner, chain }) => {
    const components = owner?.root.at("spec", "components")?.items ?? [];
    return components.length > 0 && chain.length === 0;
  });
}

function unreadable(patch: Value): Finding | undefined {
  const value = patch.get("patch");
  const text = value?.text;
  if (!value || text === undefined || isTemplated(text)) return undefined;
  const [error] = parseDocument(text, {
    uniqueKeys: false,
    logLevel: "silent",
    prettyErrors: false,
  }).errors;
  if (!error || error.code === "MULTIPLE_DOCS") return undefined;
  return {
    span: value.keySpan ?? value.span,
    severity: "error",
    message: `This patch is no YAML, so the build fails: ${error.message.split("\n", 1)[0] ?? ""}`,
  };
}

interface Target {
  readonly kind: string;
  readonly name: string;
  readonly group: string;
}

/** A target whose kind and name match no object of the build. Targets are regular expressions in kustomize. */
function unmatched(patch: Value, objects: readonly Target[]): Finding | undefined {
  const target = patch.get("target");
  if (target?.get("labelSelector") || target?.get("annotationSelector")) return undefined;
  const kind = target ? target.get("kind") : undefined;
  const name = target ? target.get("name") : undefined;
  const inline = target ? undefined : inlineTarget(patch);
  const wanted = { kind: kind?.text ?? inline?.kind, name: name?.text ?? inline?.name };
  if (wanted.kind === undefined && wanted.name === undefined) return undefined;
  if (isTemplated(`${wanted.kind ?? ""}${wanted.name ?? ""}`)) return undefined;
  const ofKind = objects.filter((one) => fits(wanted.kind, one.kind));
  if (ofKind.some((one) => isTemplated(one.name) || fits(wanted.name, one.name))) return undefined;
  const [similar] = closest(
    wanted.name ?? "",
    ofKind.map((one) => one.name),
  );
  const place = name ?? kind ?? patch.get("patch");
  const hint = similar === undefined ? "" : ` Did you mean ${similar}?`;
  return {
    span: (target ? place?.span : place?.keySpan) ?? patch.span,
    severity: inline ? "error" : "warning",
    message: `No ${wanted.kind ?? "object"}${wanted.name === undefined ? "" : ` named ${wanted.name}`} is in this build, so the patch ${inline ? "makes it fail" : "changes nothing"}.${hint}`,
    fixes:
      name && similar !== undefined
        ? [{ title: `Change to ${similar}`, edits: [replaceValue(name, similar)], preferred: true }]
        : [],
  };
}

function inlineTarget(patch: Value): { readonly kind: string; readonly name: string } | undefined {
  const text = patch.get("patch")?.text;
  if (text === undefined || text.trimStart().startsWith("-") || text.trimStart().startsWith("["))
    return undefined;
  const kind = /^kind: *["']?([\w.]+)/m.exec(text)?.[1];
  const name = /^metadata:[\s\S]*?\n {2,4}name: *["']?([\w.-]+)["']? *$/m.exec(text)?.[1];
  return kind === undefined || name === undefined || /\$patch/.test(text)
    ? undefined
    : { kind, name };
}

function fits(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined || pattern === "" || pattern === text) return true;
  try {
    return pattern.length > 200 || new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return true;
  }
}

/** All objects of a build as they are written; `undefined` when some can't be seen, or get other names. */
function objectsOf(
  model: WorkspaceModel,
  one: KustomizationFile,
  depth: number,
): readonly Target[] | undefined {
  if (
    depth > 20 ||
    one.renames ||
    one.entries.some(({ remote, role }) => remote || role === "transformer")
  )
    return undefined;
  const found: Target[] = one.generated.map(({ kind, name }) => ({ kind, name, group: "" }));
  if (found.some(({ kind }) => kind === "*")) return undefined;
  for (const { role, path } of one.entries) {
    if (role !== "resource" && role !== "component") continue;
    const below = path === undefined ? undefined : model.graph.inFolder(path);
    const inner = below ? objectsOf(model, below, depth + 1) : objectsIn(model, path);
    if (!inner) return undefined;
    found.push(...inner);
  }
  return found;
}

function objectsIn(model: WorkspaceModel, path: string | undefined): readonly Target[] | undefined {
  const file = path === undefined ? undefined : model.manifest(path);
  if (!file || file.parts.some(({ document }) => document.faults.length > 0)) return undefined;
  // A file without an object is filled by somebody else, as bootstrap does with gotk-components.yaml.
  if (file.parts.every(({ document }) => document.kind === "")) return undefined;
  return file.parts.flatMap(({ document: { kind, name, group } }) =>
    kind.endsWith("List") ? [] : [{ kind, name, group }],
  );
}

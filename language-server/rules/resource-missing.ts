/** An entry of a kustomization.yaml that leads to no file and no folder. */
import { removeItem, replaceValue } from "../manifest/edits.ts";
import type { FileEntry } from "../model/kustomization-file.ts";
import { folderOf } from "../model/kustomization-file.ts";
import { isTemplated } from "../model/object-index.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import { closest } from "../schema/similar.ts";
import type { Finding, Fix, Rule, RuleContext } from "./rule.ts";

export const resourceMissing: Rule = {
  meta: {
    code: "kustomize/resource-missing",
    severity: "error",
    summary: "A kustomization.yaml names a file or a folder that does not exist.",
    roles: ["kustomization"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    const { file, model } = context;
    const own = model.graph.kustomizations.get(file.path);
    if (!own) return;
    for (const entry of own.entries) {
      const problem = problemOf(model, entry);
      if (problem !== undefined) yield finding(context, entry, problem);
    }
  },
};

function problemOf({ graph }: WorkspaceModel, entry: FileEntry): string | undefined {
  if (entry.remote || isTemplated(entry.target)) return undefined;
  const { path, target, role } = entry;
  if (path === undefined) return `${target} is outside of the repository`;
  const exists = graph.exists(path);
  if (!exists) return `There is no ${target} here`;
  if (exists === "file") return undefined;
  if (role === "patch" || role === "data" || role === "crd") return `${target} is a folder`;
  return graph.inFolder(path) || role === "configuration"
    ? undefined
    : `${target} is a folder without a kustomization.yaml`;
}

function finding({ document, model }: RuleContext, entry: FileEntry, problem: string): Finding {
  const nearest = nearestFile(model, entry);
  const better =
    nearest === undefined
      ? []
      : [
          {
            title: `Change to ${nearest}`,
            edits: [
              replaceValue(
                entry.value,
                entry.value.text?.replace(entry.target, nearest) ?? nearest,
              ),
            ],
            preferred: true,
          },
        ];
  const fixes: readonly Fix[] =
    entry.role === "resource" || entry.role === "component"
      ? [...better, { title: `Remove ${entry.target}`, edits: [removeItem(document, entry.value)] }]
      : better;
  return {
    span: entry.value.span,
    ...(isMadeElsewhere(entry) ? { severity: "warning" as const } : {}),
    message: `${problem}: the build fails.${nearest === undefined ? " Create it or remove the entry." : ` Did you mean ${nearest}?`}`,
    fixes,
  };
}

/** `.cluster-vars.env`: hidden data files are often written by what sets the cluster up, and not kept in Git. */
function isMadeElsewhere({ role, path }: FileEntry): boolean {
  return role === "data" && /(?:^|\/)\.[^/]+$/.test(path ?? "");
}

/** A file of the same folder, or a folder beside it, whose name differs by few letters. */
function nearestFile(
  { files, graph }: WorkspaceModel,
  { path, target }: FileEntry,
): string | undefined {
  if (path === undefined) return undefined;
  const dir = folderOf(path);
  const prefix = dir === "" ? "" : `${dir}/`;
  const names = new Set<string>();
  for (const other of files.keys()) {
    if (!other.startsWith(prefix)) continue;
    const name = other.slice(prefix.length);
    const slash = name.indexOf("/");
    if (slash < 0) names.add(name);
    else if (graph.inFolder(prefix + name.slice(0, slash))) names.add(name.slice(0, slash));
  }
  const wrong = path.slice(prefix.length);
  names.delete(wrong);
  const [best] = closest(wrong, [...names]);
  return best === undefined || !target.endsWith(wrong)
    ? undefined
    : target.slice(0, target.length - wrong.length) + best;
}

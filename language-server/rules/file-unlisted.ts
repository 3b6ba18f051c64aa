/** A manifest beside a kustomization.yaml that does not list it, and nobody else either. */
import { folderOf, isKustomizationPath } from "../model/kustomization-file.ts";
import type { Fix, Rule, RuleContext } from "./rule.ts";

export const fileUnlisted: Rule = {
  meta: {
    code: "kustomize/file-unlisted",
    severity: "information",
    summary: "A manifest is not listed by the kustomization.yaml of its folder.",
    roles: ["kustomization"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    const { file, model, root } = context;
    const own = model.graph.kustomizations.get(file.path);
    if (!own || !model.graph.reachesOf(file.path).some(({ owner }) => owner)) return;
    const resources = root.get("resources");
    const prefix = own.dir === "" ? "" : `${own.dir}/`;
    for (const other of model.files.values()) {
      if (!other.isYaml || !other.path.startsWith(prefix) || folderOf(other.path) !== own.dir)
        continue;
      if (isKustomizationPath(other.path) || model.graph.reachesOf(other.path).length > 0) continue;
      if (!other.headlines.flat().some(({ apiVersion, kind, name }) => apiVersion && kind && name))
        continue;
      const name = other.path.slice(prefix.length);
      yield {
        span: resources?.keySpan ?? [0, 0],
        message: `${name} is in this folder, but not listed: it is not applied. Add it to resources, or remove it.`,
        related: [{ message: name, at: { path: other.path, line: 0 } }],
        fixes: fixOf(context, name),
      };
    }
  },
};

/** Behind the last element of a list in block style, with its dash. */
function fixOf({ document: { text }, root }: RuleContext, name: string): readonly Fix[] {
  const last = root.get("resources")?.items.at(-1);
  if (!last) return [];
  const [start, end] = last.span;
  const dash = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  if (!/^\s*-\s*$/.test(dash)) return [];
  const newline = text.indexOf("\n", end);
  const at = newline < 0 ? text.length : newline;
  const edit = { span: [at, at] as const, text: `\n${dash}./${name}` };
  return [{ title: `Add ${name} to resources`, edits: [edit], preferred: true }];
}

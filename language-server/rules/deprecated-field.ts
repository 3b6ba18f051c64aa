/** Fields of kustomization.yaml that kustomize keeps for old files only. */
import { replaceValue } from "../manifest/edits.ts";
import type { Fix, Rule } from "./rule.ts";

/** `kubernetes-sigs/kustomize api/types/kustomization.go`: `FixKustomizationPreMarshal` and the deprecation notes. */
const successors: Readonly<Record<string, string>> = {
  bases: "resources",
  vars: "replacements",
  commonLabels: "labels",
  patchesStrategicMerge: "patches",
  patchesJson6902: "patches",
  imageTags: "images",
};

export const deprecatedField: Rule = {
  meta: {
    code: "kustomize/deprecated-field",
    severity: "warning",
    summary: "A field of kustomization.yaml that kustomize will drop.",
    roles: ["kustomization"],
    needs: "document",
    fixable: true,
  },
  *check({ root }) {
    for (const { key, keySpan, value } of root.entries) {
      const successor = Object.hasOwn(successors, key) ? successors[key] : undefined;
      if (successor === undefined || value.isNull) continue;
      yield {
        span: keySpan,
        message: `${key} is deprecated. Use ${successor} (kustomize edit fix does it).`,
        fixes: fixOf(key, successor, root, keySpan),
        tags: ["deprecated"],
      };
    }
  },
};

type Root = Parameters<Rule["check"]>[0]["root"];

/** Where renaming the field, or putting `path:` before each element, is all there is to it. */
function fixOf(
  key: string,
  successor: string,
  root: Root,
  keySpan: readonly [number, number],
): readonly Fix[] {
  if (root.get(successor)) return [];
  const rename = { span: keySpan, text: successor };
  const title = `Change ${key} to ${successor}`;
  if (key === "bases") return [{ title, edits: [rename], preferred: true }];
  if (key !== "patchesStrategicMerge") return [];
  const items = root.get(key)?.items ?? [];
  if (items.some(({ text }) => text === undefined || text.includes("\n"))) return [];
  const edits = items.map((item) => replaceValue(item, `path: ${item.text ?? ""}`));
  return [{ title, edits: [rename, ...edits], preferred: true }];
}

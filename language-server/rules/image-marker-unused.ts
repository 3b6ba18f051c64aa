/** An ImagePolicy that no marker names, although image automation runs. */
import { flux } from "../manifest/flux-names.ts";
import { isTemplated } from "../model/object-index.ts";
import type { SourceFile } from "../model/source-file.ts";
import { isImagePolicy, markersIn, policyOf } from "./image-marker.ts";
import type { Rule } from "./rule.ts";

export const imageMarkerUnused: Rule = {
  meta: {
    code: "flux/image-marker-unused",
    severity: "hint",
    summary: "An ImagePolicy that no marker uses.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: false,
  },
  *check({ document, root, model }) {
    const value = root.at("metadata", "name");
    const { name } = document;
    if (!isImagePolicy(document) || !value || isTemplated(name)) return;
    if (model.index.ofKind(flux.ImageUpdateAutomation).length === 0) return;
    for (const file of model.files.values()) {
      const used = policiesIn(file);
      if (used.has(name) || used.has("*")) return;
    }
    yield {
      span: value.span,
      message: `No marker names this policy, so image automation changes nothing for it. Put # {"$imagepolicy": "${document.namespace === "" ? "flux-system" : document.namespace}:${name}"} behind an image.`,
      tags: ["unnecessary"],
    };
  },
};

const perFile = new WeakMap<SourceFile, ReadonlySet<string>>();

/** Names of policies in the markers of a file; `*` for a templated one. */
function policiesIn(file: SourceFile): ReadonlySet<string> {
  const known = perFile.get(file);
  if (known) return known;
  const found = new Set<string>();
  if (file.isYaml)
    for (const { text } of markersIn(file.text ?? "")) {
      const name = policyOf(text)?.split(":")[1] ?? "*";
      found.add(isTemplated(name) ? "*" : name);
    }
  perFile.set(file, found);
  return found;
}

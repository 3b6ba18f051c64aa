/** `valuesFrom` that asks a ConfigMap or Secret for a key which it does not have. */
import { isFluxKind } from "#simulator";

import { replaceValue } from "../manifest/edits.ts";
import { flux } from "../manifest/flux-names.ts";
import { referencesOf } from "../manifest/references.ts";
import { isTemplated } from "../model/object-index.ts";
import { mayBePatched } from "../model/patched.ts";
import { resolveReference } from "../model/resolve-reference.ts";
import { closest } from "../schema/similar.ts";
import type { Fix, Rule, RuleContext } from "./rule.ts";

export const valuesFromMissing: Rule = {
  meta: {
    code: "helm/values-from-missing",
    severity: "warning",
    summary: "valuesFrom names a key that the ConfigMap or Secret does not have.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    if (!isFluxKind(context.document, flux.HelmRelease)) return;
    for (const reference of referencesOf(context.document)) {
      const { field, kind, value, name, optional } = reference;
      if (!field.path.includes("valuesFrom") || kind === undefined) continue;
      const found = resolveReference(context, reference, kind);
      if (found.outcome !== "found" || found.written.length !== 1) continue;
      const [written] = found.written;
      const keys = written && keysOf(context, written.path, kind, name);
      const keyValue = value.get("valuesKey");
      const key = keyValue?.scalar ?? "values.yaml";
      if (!written || !keys || keys.includes(key) || isTemplated(key)) continue;
      const similar = closest(key, keys);
      const fixes = similar.map((one, at): Fix => ({
        title: `Change the key to ${one}`,
        edits: keyValue ? [replaceValue(keyValue, one)] : [],
        preferred: at === 0,
      }));
      yield {
        span: keyValue?.span ?? reference.nameValue.span,
        message: `${kind} ${name} has no key ${key}${keys.length > 0 ? ` (it has ${keys.slice(0, 5).join(", ")})` : ""}, so the release fails.${optional ? " optional: true does not cover a missing key." : ""}`,
        related: [{ message: `${kind} ${name}`, at: written }],
        fixes: fixes.filter(({ edits }) => edits.length > 0),
      };
    }
  },
};

/** `undefined` when the keys can't all be seen. */
function keysOf(
  { model }: RuleContext,
  path: string,
  kind: string,
  name: string,
): readonly string[] | undefined {
  const part = model
    .manifest(path)
    ?.parts.find(({ document }) => document.kind === kind && document.name === name);
  if (!part?.document.root || mayBePatched(model.graph, path, part.document)) return undefined;
  const { root } = part.document;
  const keys = ["data", "stringData", "binaryData"].flatMap(
    (field) => root.get(field)?.keys() ?? [],
  );
  return keys.some(isTemplated) ? undefined : keys;
}

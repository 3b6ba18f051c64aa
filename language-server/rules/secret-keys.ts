/** A Secret of this repository that lacks the keys which its user asks for. */
import { fluxKindOf, isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { Reference } from "../manifest/references.ts";
import { referencesOf } from "../manifest/references.ts";
import { isTemplated } from "../model/object-index.ts";
import { mayBePatched } from "../model/patched.ts";
import { resolveReference } from "../model/resolve-reference.ts";
import type { Rule, RuleContext } from "./rule.ts";

export const secretKeys: Rule = {
  meta: {
    code: "flux/secret-keys",
    severity: "warning",
    summary: "A Secret lacks the keys that its user needs.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: false,
  },
  *check(context) {
    for (const reference of referencesOf(context.document)) {
      const wanted = wantedKeys(context, reference);
      if (!wanted) continue;
      const found = resolveReference(context, reference, "Secret");
      if (found.outcome !== "found" || found.written.length !== 1) continue;
      const [written] = found.written;
      const keys = written && keysOf(context, written.path, reference.name);
      if (!written || !keys) continue;
      const missing = wanted.map((choice) => choice.filter((key) => !keys.includes(key)));
      if (missing.some((keysMissing) => keysMissing.length === 0)) continue;
      const best = missing.toSorted((a, b) => a.length - b.length)[0] ?? [];
      yield {
        span: reference.nameValue.span,
        message: `Secret ${reference.name} has no ${best.join(" and no ")}, which ${context.document.kind} ${context.document.name} needs.`,
        related: [{ message: `Secret ${reference.name}`, at: written }],
      };
    }
  },
};

/** Sets of keys, of which one has to be complete; `undefined` where nothing is certain. */
function wantedKeys(
  { document, root }: RuleContext,
  { field }: Reference,
): readonly (readonly string[])[] | undefined {
  if (fluxKindOf(document) === undefined || field.path.join(".") !== "spec.secretRef")
    return undefined;
  const url = root.at("spec", "url")?.text ?? "";
  const provider = root.at("spec", "provider")?.text ?? "generic";
  if (isFluxKind(document, flux.GitRepository) && provider === "generic") {
    if (url.startsWith("ssh://")) return [["identity", "known_hosts"]];
    if (/^https?:\/\//.test(url))
      return [["username", "password"], ["bearerToken"], ["ca.crt"], ["caFile"]];
  }
  if (isFluxKind(document, flux.HelmRepository) && /^https?:\/\//.test(url))
    return [
      ["username", "password"],
      ["tls.crt", "tls.key"],
      ["certFile", "keyFile"],
      ["ca.crt"],
      ["caFile"],
    ];
  if (isFluxKind(document, flux.OCIRepository))
    return [[".dockerconfigjson"], ["username", "password"]];
  if (isFluxKind(document, flux.Bucket) && provider === "generic")
    return [["accesskey", "secretkey"]];
  if (isFluxKind(document, flux.Receiver)) return [["token"]];
  return undefined;
}

function keysOf({ model }: RuleContext, path: string, name: string): readonly string[] | undefined {
  const part = model
    .manifest(path)
    ?.parts.find(({ document }) => document.kind === "Secret" && document.name === name);
  if (!part?.document.root || mayBePatched(model.graph, path, part.document)) return undefined;
  const { root } = part.document;
  const keys = ["data", "stringData"].flatMap((field) => root.get(field)?.keys() ?? []);
  return keys.length === 0 || keys.some(isTemplated) ? undefined : keys;
}

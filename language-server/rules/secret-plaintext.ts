/** A Secret whose values stand in the repository for everyone to read. */
import { parse } from "yaml";

import type { Value } from "../manifest/value.ts";
import { isTemplated } from "../model/object-index.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Rule, RuleContext } from "./rule.ts";

export const secretPlaintext: Rule = {
  meta: {
    code: "flux/secret-plaintext",
    severity: "warning",
    summary: "A Secret is not encrypted.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: false,
  },
  *check(context) {
    const { document, root, file, model } = context;
    if (document.kind !== "Secret" || document.apiVersion !== "v1") return;
    const value = [root.get("data"), root.get("stringData")].find((one) => one && holdsSecret(one));
    if (!value) return;
    const isMeant =
      isWhollyPlain(value) && (isEncryptedByRule(model, file.path) || isDecrypted(context));
    yield {
      span: value.keySpan ?? value.span,
      ...(isMeant ? { severity: "error" as const } : {}),
      message: isMeant
        ? `The values of Secret ${document.name} are not encrypted, although Secrets here are. Run: sops --encrypt --in-place ${file.path}`
        : `The values of Secret ${document.name} stand in the repository for everyone to read. Encrypt them with SOPS, or take them from a store of secrets.`,
    };
  },
};

/** Values that come from a substitution, and empty ones, give nothing away. */
function holdsSecret(value: Value): boolean {
  return value.entries.some(({ value: one }) => !isGiven(one) && one.scalar?.trim() !== "");
}

/** Where some values are filled in later, those are the secret ones: what stands beside them may be an address or a user's name. */
function isWhollyPlain(value: Value): boolean {
  return !value.entries.some(({ value: one }) => isGiven(one));
}

function isGiven({ scalar: text = "" }: Value): boolean {
  return isReference(text) || isReference(decoded(text));
}

/** Variables, templates, and addresses in a store of secrets (`op://vault/item`, `ref+vault://…`, `<path:…>`). */
function isReference(text: string): boolean {
  return isTemplated(text) || /^(?:op|bw|vault|ref\+[a-z]+):\/\/|^<[\w-]+:/.test(text);
}

/** Of `data`: `${…}` may stand inside of the base64. */
function decoded(text: string): string {
  try {
    return /^[A-Za-z0-9+/\s]+=*$/.test(text) ? atob(text.replaceAll(/\s/g, "")) : "";
  } catch {
    return "";
  }
}

/** A Kustomization that decrypts applies it, and other Secrets of the repository are encrypted. */
function isDecrypted({ model, file }: RuleContext): boolean {
  return model.graph
    .reachesOf(file.path)
    .some(({ owner }) => owner?.root.at("spec", "decryption", "provider") !== undefined);
}

const patterns = new WeakMap<SourceFile, readonly RegExp[]>();

/** `path_regex` of the `creation_rules` in `.sops.yaml`. */
function isEncryptedByRule({ files }: WorkspaceModel, path: string): boolean {
  const rules = files.get(".sops.yaml");
  if (!rules) return false;
  let known = patterns.get(rules);
  if (!known) patterns.set(rules, (known = readPatterns(rules.text ?? "")));
  // A pattern that takes every file says nothing about this one.
  return known.some((pattern) => pattern.test(path) && !pattern.test(anyFile));
}

const anyFile = "some/kustomization.yaml";

function readPatterns(text: string): readonly RegExp[] {
  try {
    const { creation_rules: rules } = parse(text, { logLevel: "silent" }) as {
      readonly creation_rules?: readonly { readonly path_regex?: unknown }[];
    };
    return (rules ?? []).flatMap(({ path_regex: pattern }) =>
      typeof pattern === "string" && pattern.length < 500 ? [new RegExp(pattern)] : [],
    );
  } catch {
    return [];
  }
}

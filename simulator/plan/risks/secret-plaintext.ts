/**
 * A Secret whose values stand in the repository for everyone to read. The text is looked at, not the render: what SOPS has decrypted
 * and what a variable brings is no secret of the repository.
 */
import { parseDocument } from "yaml";

import { refTitle } from "../../flux/object-ref.ts";
import { headlines } from "../../manifest/headlines.ts";
import { isObject, objectAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import { about, groupKind } from "./rule.ts";
import type { ChangedObject, RiskContext, RiskRule } from "./rule.ts";

export const secretPlaintext: RiskRule = {
  code: "risk/secret-plaintext",
  summary: "A Secret is pushed in plain text.",
  *find(context) {
    for (const changed of context.objects) {
      const { kind, ref, origin } = changed.change;
      if (groupKind(ref) !== "/Secret" || (kind !== "created" && kind !== "changed")) continue;
      if (origin === undefined || !isReadable(changed, context)) continue;
      yield about(
        changed,
        "high",
        `The values of ${refTitle(ref)} stand in ${origin.path} for everyone to read. Encrypt them with SOPS, or take them from a store of secrets, before they are pushed.`,
      );
    }
  },
};

const maxLength = 1_000_000;

function isReadable({ change: { ref, origin } }: ChangedObject, { tree }: RiskContext): boolean {
  const bytes = tree.files.get(origin?.path ?? "")?.bytes;
  if (bytes === undefined || bytes.length > maxLength) return false;
  const text = new TextDecoder().decode(bytes);
  const lines = text.split("\n");
  const found = headlines(text).filter(
    (one) =>
      one.kind === "Secret" &&
      (origin?.line === undefined || one.line === origin.line || ref.name.endsWith(one.name)),
  );
  return found.some(({ line, endLine }) => {
    const object = parsed(lines.slice(line - 1, endLine).join("\n"));
    return object !== undefined && holdsSecret(object);
  });
}

function parsed(text: string): JsonObject | undefined {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
  if (document.errors.length > 0) return undefined;
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function holdsSecret(object: JsonObject): boolean {
  if (isObject(object["sops"])) return false;
  const encoded = Object.values(objectAt(object, "data")).map(decoded);
  const plain = Object.values(objectAt(object, "stringData"));
  return [...encoded, ...plain].some((value) => typeof value === "string" && isSecret(value));
}

/** Variables, addresses in a store of secrets, certificates and empty values give nothing away. */
function isSecret(text: string): boolean {
  const plain = text.trim();
  return (
    plain !== "" &&
    !/^\$\{[^}]*\}$|\{\{|^<[\w-]+:|^(?:op|bw|vault|ref\+[a-z]+):\/\/|^ENC\[/.test(plain) &&
    !/^-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----$/.test(plain)
  );
}

function decoded(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return /^[A-Za-z0-9+/\s]+=*\s*$/.test(value) ? atob(value.replaceAll(/\s/g, "")) : value;
  } catch {
    return value;
  }
}

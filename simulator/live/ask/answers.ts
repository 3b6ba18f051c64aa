/** The answers that several steps of the ladder give, and the words of the server without what must not be repeated. */
import { canonicalJson, objectAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { LiveAnswer } from "../question.ts";

export function absent(
  id: string,
  known: Extract<LiveAnswer, { readonly outcome: "absent" }>["known"],
): LiveAnswer {
  return { id, outcome: "absent", known };
}

export function lost(id: string, message: string): LiveAnswer {
  return { id, outcome: "unanswered", reason: "lost", message };
}

export function unknownKind(id: string, message: string): LiveAnswer {
  return { id, outcome: "unanswered", reason: "unknown-kind", message };
}

/** An object as it is compared and shown. */
export function withoutManagedFields(object: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = objectAt(object, "metadata");
  return { ...object, metadata };
}

/** The server repeats values that it does not like. */
export function withoutSecrets(message: string, object: JsonObject): string {
  if (object["kind"] !== "Secret") return message;
  const values = ["data", "stringData"].flatMap((key) => Object.values(objectAt(object, key)));
  return values.reduce<string>((text, value) => {
    const shown = typeof value === "string" ? [value, decodedText(value)] : [canonicalJson(value)];
    return shown.reduce((rest, word) => (word === "" ? rest : rest.replaceAll(word, "***")), text);
  }, message);
}

function decodedText(value: string): string {
  try {
    return atob(value);
  } catch {
    return "";
  }
}

/**
 * What the server would make of an object if nothing were there: the same one under a name that nobody has, as a dry run. It tells
 * what can't be changed from what is wrong by itself, and which fields are defaults.
 */
import { textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { LiveQuestion } from "../question.ts";
import { ask } from "./asker.ts";
import type { Asker } from "./asker.ts";
import { pathOf } from "./kinds.ts";
import type { ServedKind } from "./kinds.ts";
import { probeRequest } from "./requests.ts";

/** `undefined` when the server refuses it, or when no other name is possible. */
export async function freshObject(
  asker: Asker,
  question: LiveQuestion,
  kind: ServedKind,
): Promise<JsonObject | undefined> {
  // The names of these say what they are about, so that no other name is valid.
  if (kind.kind === "CustomResourceDefinition" || kind.kind === "APIService") return undefined;
  const namespace = textAt(question.object, "metadata", "namespace") ?? "";
  const own = textAt(question.object, "metadata", "name") ?? "";
  const name = `${own.slice(0, 40)}-sluice-probe`;
  const reply = await ask(asker, probeRequest(question, pathOf(kind, namespace, name), name));
  return reply.ok ? renamed(reply.object, name, own) : undefined;
}

/** The server writes names into fields: a Namespace has its own as a label. */
function renamed(object: JsonObject, from: string, to: string): JsonObject {
  return JSON.parse(JSON.stringify(object), (_key, value: unknown) =>
    typeof value === "string" ? value.replaceAll(from, to) : value,
  ) as JsonObject;
}

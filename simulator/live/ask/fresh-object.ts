/**
 * What the server would make of an object if nothing were there: the same one under a name that nobody has, as a dry run. It tells
 * what can't be changed from what is wrong by itself, and which fields are defaults.
 */
import { objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { LiveQuestion } from "../question.ts";
import { ask } from "./asker.ts";
import type { Asker } from "./asker.ts";
import { pathOf } from "./kinds.ts";
import type { ServedKind } from "./kinds.ts";
import { probeRequest } from "./requests.ts";
import type { Refused, Reply } from "./status.ts";

/** `undefined` when the server refuses it, or when no other name is possible without another content. */
export async function freshObject(
  asker: Asker,
  question: LiveQuestion,
  kind: ServedKind,
): Promise<JsonObject | undefined> {
  if (isNamedByContent(kind)) return undefined;
  const own = textAt(question.object, "metadata", "name") ?? "";
  const name = otherName(own);
  const reply = await probe(asker, question, { kind, name });
  return reply.ok ? renamed(reply.object, name, own) : undefined;
}

/** Whether the server would accept a new one; `undefined` where nobody can tell. */
export async function triedAnew(
  asker: Asker,
  question: LiveQuestion,
  kind: ServedKind,
): Promise<"accepted" | Refused | undefined> {
  const { object } = question;
  const own = textAt(object, "metadata", "name") ?? "";
  const group = textAt(object, "spec", "group");
  const isDefinition = kind.kind === "CustomResourceDefinition" && group !== undefined;
  if (isNamedByContent(kind) && !isDefinition) return undefined;
  // Another group makes it another definition with everything else alike.
  const name = isDefinition ? own.replace(`.${group}`, `.sluice-probe.${group}`) : otherName(own);
  const asked = isDefinition ? inGroup(question, `sluice-probe.${group}`) : question;
  const reply = await probe(asker, asked, { kind, name });
  if (reply.ok) return "accepted";
  switch (reply.refusal) {
    case "immutable":
    case "invalid":
    case "other":
      return { ...reply, message: reply.message.replaceAll(name, own) };
    case "not-allowed":
    case "namespace-missing":
    case "not-found":
    case "no-dry-run":
    case "lost":
    case "busy":
      return undefined;
  }
}

function probe(
  asker: Asker,
  question: LiveQuestion,
  { kind, name }: { readonly kind: ServedKind; readonly name: string },
): Promise<Reply> {
  const namespace = textAt(question.object, "metadata", "namespace") ?? "";
  return ask(asker, probeRequest(question, pathOf(kind, namespace, name), name));
}

function otherName(own: string): string {
  return `${own.slice(0, 40)}-sluice-probe`;
}

/** The names of these say what they are about, so that no other name is valid. */
function isNamedByContent({ kind }: ServedKind): boolean {
  return kind === "CustomResourceDefinition" || kind === "APIService";
}

function inGroup(question: LiveQuestion, group: string): LiveQuestion {
  const { object } = question;
  return { ...question, object: { ...object, spec: { ...objectAt(object, "spec"), group } } };
}

/** The server writes names into fields: a Namespace has its own as a label. */
function renamed(object: JsonObject, from: string, to: string): JsonObject {
  return JSON.parse(JSON.stringify(object), (_key, value: unknown) =>
    typeof value === "string" ? value.replaceAll(from, to) : value,
  ) as JsonObject;
}

/**
 * An object that is there and whose change the server refuses: because it can't become that, or because what is wanted is wrong by
 * itself; and what force makes of it.
 */
import { objectAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Forced, LiveAnswer, LiveQuestion } from "../question.ts";
import { withoutManagedFields, withoutSecrets } from "./answers.ts";
import type { Asker } from "./asker.ts";
import { triedAnew } from "./fresh-object.ts";
import type { ServedKind } from "./kinds.ts";
import type { Refused } from "./status.ts";

export async function unchangeable(
  asker: Asker,
  what: {
    readonly question: LiveQuestion;
    readonly kind: ServedKind;
    readonly live: JsonObject;
  },
  refused: Refused,
): Promise<Extract<LiveAnswer, { readonly outcome: "immutable" | "refused" }>> {
  const { question, live } = what;
  const isImmutable = refused.refusal === "immutable";
  // The words say it already; what force would make of it only matters where it is on.
  const isCertain = isImmutable && !(refused.isForceable && mayBeForced(question, live));
  const anew = isCertain ? undefined : await madeAnew(asker, what, refused);
  return {
    id: question.id,
    outcome: isImmutable || anew?.outcome === "recreated" ? "immutable" : "refused",
    live: withoutManagedFields(live),
    message: withoutSecrets(refused.message, question.object),
    ...(anew === undefined || !refused.isForceable ? {} : { forced: anew }),
  };
}

/** Where nobody can tell, what can't be changed can be created, and what is wrong stays wrong. */
async function madeAnew(
  asker: Asker,
  { question, kind }: { readonly question: LiveQuestion; readonly kind: ServedKind },
  refused: Refused,
): Promise<Forced> {
  const tried = await triedAnew(asker, question, kind);
  const lost = ({ message }: Refused): Forced => ({
    outcome: "lost",
    message: withoutSecrets(message, question.object),
  });
  if (tried === "accepted") return { outcome: "recreated" };
  if (tried === undefined)
    return refused.refusal === "immutable" ? { outcome: "recreated" } : lost(refused);
  // The object that is there holds the port or the address itself, and a quota counts both.
  const isTaken = takenWords.test(tried.message) && !takenWords.test(refused.message);
  return isTaken ? { outcome: "recreated" } : lost(tried);
}

const takenWords = /already allocated|exceeded quota/;

/** The applier asks for it, the object, or the one on the cluster, in the words of any controller. */
function mayBeForced({ recreates }: LiveQuestion, live: JsonObject): boolean {
  const keys = ["labels", "annotations"].flatMap((one) =>
    Object.keys(objectAt(live, "metadata", one)),
  );
  return recreates || keys.some((key) => key.endsWith("/force"));
}

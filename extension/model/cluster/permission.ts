/** What the user may do to a live object, as far as the API server was asked. Pure. */

/** What Sluice's actions need: patches for everything but deletion. */
export type ActionVerb = "patch" | "delete";
export type Verdict = "yes" | "no" | "asking";

const words: Readonly<Record<ActionVerb, string>> = { patch: "change it", delete: "delete it" };

/** `change it, delete it`; empty when everything is allowed or not known yet. */
export function refusedWords(may: (verb: ActionVerb) => Verdict): string {
  const verbs: readonly ActionVerb[] = ["patch", "delete"];
  return verbs
    .filter((verb) => may(verb) === "no")
    .map((verb) => words[verb])
    .join(", ");
}

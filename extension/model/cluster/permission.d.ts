/** What the user may do to a live object, as far as the API server was asked. Pure. */
/** What Sluice's actions need: patches for everything but deletion. */
export type ActionVerb = "patch" | "delete";
export type Verdict = "yes" | "no" | "asking";
/** `change it, delete it`; empty when everything is allowed or not known yet. */
export declare function refusedWords(may: (verb: ActionVerb) => Verdict): string;

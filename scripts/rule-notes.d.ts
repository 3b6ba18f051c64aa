/** What the page of a rule says beside its summary: cause, consequence, what to do, and where it keeps silent. */
export declare const ruleNotes: Readonly<Record<string, string>>;

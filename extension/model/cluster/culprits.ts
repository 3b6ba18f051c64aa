/** The objects that the message of a failed pass names. Pure. */

export interface Culprit {
  readonly kind: string;
  /** Empty for what lives in no namespace. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * `Deployment/apps/web status: 'InProgress'`, `ClusterRole/reader dry-run failed`: how the controllers print objects
 * (`fluxcd/pkg ssa/utils/format.go`). Each once, in the order of the message.
 */
export function culpritsIn(message: string): readonly Culprit[] {
  const pattern =
    /(?<![\w/.-])([A-Z][A-Za-z0-9]+)\/([a-z0-9][a-z0-9.:-]*)(?:\/([a-z0-9][a-z0-9.:-]*))?/g;
  const found = new Map<string, Culprit>();
  for (const [text, kind = "", first = "", second] of message.matchAll(pattern)) {
    const culprit =
      second === undefined
        ? { kind, namespace: "", name: trimmed(first) }
        : { kind, namespace: first, name: trimmed(second) };
    if (!found.has(text)) found.set(text, culprit);
  }
  return [...found.values()];
}

/** A full stop or a colon at the end belongs to the sentence. */
function trimmed(name: string): string {
  return name.replace(/[.:-]+$/, "");
}

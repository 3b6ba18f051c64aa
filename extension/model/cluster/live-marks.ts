/** The live objects that a manifest text defines: what stands beside their lines in an editor. Pure. */
import { groupOf, headlines } from "#simulator";

import type { LiveEntry } from "./live-index.ts";
import type { ClusterView } from "./live-tree.ts";
import { isFailing } from "./live-tree.ts";
import { shortRevision, statusWords } from "./live-words.ts";

export interface LiveMark {
  /** 1-based line of the object's name. */
  readonly line: number;
  readonly context: string;
  readonly entry: LiveEntry;
  /** `failed: BuildFailed`, `ready, main@1a2b3c4`; with the context when several are connected. */
  readonly title: string;
}

/** An object without a namespace in the text is meant by its name when only one namespace has it. */
export function marksOf(text: string, views: readonly ClusterView[]): readonly LiveMark[] {
  const open = views.filter(({ state }) => state?.kind === "connected");
  const documents = headlines(text).filter(({ name }) => name !== "");
  if (open.length === 0 || documents.length === 0) return [];
  const wanted = new Set(documents.map(({ kind, name }) => `${kind}/${name}`));
  return open.flatMap(({ context, index }) => {
    const candidates = [...index.all()].filter(({ live: { ref } }) =>
      wanted.has(`${ref.kind}/${ref.name}`),
    );
    return documents.flatMap(({ apiVersion, kind, name, namespace, nameLine }) => {
      const found = candidates.filter(
        ({ live: { ref } }) =>
          ref.kind === kind &&
          ref.name === name &&
          groupOf(ref.apiVersion) === groupOf(apiVersion) &&
          (namespace === "" || ref.namespace === namespace),
      );
      const [entry] = found;
      if (entry === undefined || found.length > 1) return [];
      return [{ line: nameLine, context, entry, title: titleOf(entry, context, open.length > 1) }];
    });
  });
}

function titleOf({ live, status }: LiveEntry, context: string, several: boolean): string {
  const words = statusWords(status);
  const more = status.state === "ready" ? shortRevision(live.object) : status.reason;
  const said = more === "" ? words : `${words}: ${more}`;
  return several ? `${said} (${context})` : said;
}

/** Which of them are worth a line among the problems. */
export function isProblem({ entry }: LiveMark, wanted: "off" | "failed" | "all"): boolean {
  switch (wanted) {
    case "off":
      return false;
    case "failed":
      return isFailing(entry);
    case "all":
      return isFailing(entry) || entry.status.state === "waiting" || entry.status.drifted;
  }
}

/** The tag that a version range picks, as `fluxcd/pkg git/gogit/clone.go` does in `cloneSemVer`. */
import type { PickVersion } from "#simulator";

import { FetchFailure } from "./fetch-failure.ts";
import type { GitRemote } from "./git-remote.ts";
import { isSafeRef } from "./source-url.ts";

export async function pickTag(
  constraint: string,
  remote: GitRemote,
  context: { readonly pickVersion: PickVersion | undefined; readonly signal: AbortSignal },
  shown: string,
): Promise<string> {
  const { pickVersion, signal } = context;
  if (pickVersion === undefined)
    throw new FetchFailure("unsupported", `Version ranges of ${shown} can't be resolved here.`);
  const tags = (await remote.tags()).filter(isSafeRef);
  const pick = (versions: readonly string[]): Promise<string | undefined> =>
    pickVersion({ versions, constraint, rule: "git" }, signal);
  const highest = await pick(tags);
  if (highest === undefined) {
    throw new FetchFailure("not-found", `No tag of ${shown} matches the version ${constraint}.`);
  }
  const equal = tags.filter((tag) => comparable(tag) === comparable(highest));
  if (equal.length === 1) return highest;
  // Versions that differ in their build metadata only count as equal: the newest commit wins.
  return (await pick(await oldestFirst(equal, remote))) ?? highest;
}

/** The part of a version that counts when two are compared. */
function comparable(tag: string): string {
  return tag.replace(/^v/, "").replace(/\+.*$/, "");
}

async function oldestFirst(tags: readonly string[], remote: GitRemote): Promise<readonly string[]> {
  const dated: { readonly tag: string; readonly date: number }[] = [];
  for (const tag of tags) {
    const [id] = await remote.fetch([`refs/tags/${tag}`]);
    dated.push({ tag, date: await commitDate(remote, id ?? "") });
  }
  return dated.sort((a, b) => a.date - b.date).map(({ tag }) => tag);
}

async function commitDate(remote: GitRemote, id: string): Promise<number> {
  let next = id;
  for (let depth = 0; depth < 5; depth++) {
    const object = await remote.readObject(next);
    const text = new TextDecoder().decode(object?.bytes);
    if (object?.type !== "tag") return Number(/^committer .*> (\d+) /m.exec(text)?.[1] ?? 0);
    next = /^object ([0-9a-f]+)\n/.exec(text)?.[1] ?? "";
  }
  return 0;
}

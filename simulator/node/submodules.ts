/** Lays the contents of submodules into a fetched tree, as `git submodule update --init --recursive` would. */
import type { GitSourceRequest, SourceAnswer, TreeFile } from "#simulator";

import { FetchFailure } from "./fetch-failure.ts";
import { isTreePath, type ReadTree } from "./read-tree.ts";
import { gitUrl, parseUrl } from "./source-url.ts";

const maxSubmodules = 50;

/** `fetch` answers for one submodule and applies the same rules and limits as for the repository itself. */
export async function withSubmodules(
  tree: ReadTree,
  url: URL,
  fetch: (request: GitSourceRequest) => Promise<SourceAnswer>,
): Promise<ReadTree> {
  const modules = [...tree.files].filter(([, { kind }]) => kind === "submodule");
  if (modules.length === 0) return tree;
  if (modules.length > maxSubmodules) {
    throw new FetchFailure(
      "too-large",
      `${url.host} has a repository with more than ${maxSubmodules} submodules.`,
    );
  }
  const urls = parseGitmodules(tree.files.get(".gitmodules"));
  const files = new Map(tree.files);
  for (const [path, { id }] of modules) {
    const written = urls.get(path);
    if (written === undefined) continue;
    const answer = await fetch({
      kind: "git",
      url: submoduleUrl(written, url),
      ref: id,
      submodules: true,
    });
    if (answer.outcome === "unavailable")
      throw new FetchFailure(answer.reason, `Submodule ${path}: ${answer.message}`);
    files.delete(path);
    for (const [name, file] of answer.tree.files) files.set(`${path}/${name}`, file);
  }
  return { ...tree, files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Path → URL of a `.gitmodules` file (gitmodules(5)). */
function parseGitmodules(file: TreeFile | undefined): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  const text = new TextDecoder().decode(file?.bytes ?? new Uint8Array());
  for (const section of text.split(/^\s*\[submodule\b.*\]\s*$/m).slice(1)) {
    const valueOf = (key: string): string | undefined =>
      new RegExp(`^\\s*${key}\\s*=\\s*"?(.*?)"?\\s*$`, "m").exec(section)?.[1];
    const [path, url] = [valueOf("path"), valueOf("url")];
    if (path !== undefined && url !== undefined && isTreePath(path)) urls.set(path, url);
  }
  return urls;
}

/** A URL that begins with `./` or `../` is relative to the repository's own (git-submodule(1)). */
function submoduleUrl(written: string, base: URL): string {
  if (!/^\.\.?\//.test(written)) return gitUrl(written).href;
  const folder = new URL(base);
  const parts = folder.pathname.replace(/\/+$/, "").split("/");
  for (const part of written.replace(/\/+$/, "").split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  folder.pathname = parts.join("/");
  return parseUrl(folder.href)?.href ?? folder.href;
}

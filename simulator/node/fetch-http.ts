/** Fetches a single file over http or https, as kustomize does for a remote resource (`api/internal/loader/fileloader.go`). */
import type { FileTree } from "#simulator";

import { FetchFailure } from "./fetch-failure.ts";
import type { FetchContext } from "./fetcher.ts";
import { contentRevision, fileOf } from "./read-tree.ts";
import { exchange } from "./retrying-http.ts";
import { httpUrl, withoutCredentials } from "./source-url.ts";

/** The tree has one file, named `content`. */
export async function fetchHttp(
  written: string,
  context: FetchContext,
  maxBytes: number,
): Promise<FileTree> {
  const url = httpUrl(written);
  const shown = withoutCredentials(url);
  const headers = { accept: "*/*", "user-agent": "sluice" };
  const { status, body } = await exchange(
    context,
    { url: url.href, method: "GET", headers },
    Math.min(maxBytes, context.limits.maxBytes),
  );
  if (status === 404 || status === 410)
    throw new FetchFailure("not-found", `There is nothing at ${shown}.`);
  if (status === 401 || status === 403)
    throw new FetchFailure("unauthorized", `${shown} may not be read.`);
  if (status < 200 || status > 299)
    throw new FetchFailure("failed", `${shown} answered with status ${status}.`);
  const files = new Map([["content", fileOf(body)]]);
  return { label: shown, revision: contentRevision(files), files };
}

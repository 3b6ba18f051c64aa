/** Fetches a single file over http or https, as kustomize does for a remote resource (`api/internal/loader/fileloader.go`). */
import { FetchFailure } from "./fetch-failure.ts";
import { guardedRequest, type HttpLimits } from "./guarded-http.ts";
import type { NetworkGuard } from "./network-guard.ts";
import { contentRevision, fileOf, type ReadTree } from "./read-tree.ts";
import { withoutCredentials } from "./source-url.ts";

/** The tree has one file, named `content`. */
export async function fetchHttp(
  url: URL,
  guard: NetworkGuard,
  limits: HttpLimits,
): Promise<ReadTree> {
  const shown = withoutCredentials(url);
  const headers = { accept: "*/*", "user-agent": "sluice" };
  const answer = await guardedRequest(guard, { url: url.href, method: "GET", headers }, limits);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  if (answer.status === 404 || answer.status === 410)
    throw new FetchFailure("not-found", `There is nothing at ${shown}.`);
  if (answer.status === 401 || answer.status === 403)
    throw new FetchFailure("unauthorized", `${shown} may not be read.`);
  if (answer.status < 200 || answer.status > 299) {
    throw new FetchFailure("failed", `${shown} answered with status ${answer.status}.`);
  }
  const files = new Map([["content", fileOf(new Uint8Array(Buffer.concat(chunks)))]]);
  return { label: shown, revision: contentRevision(files), files, problems: [] };
}

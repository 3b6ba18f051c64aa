/** Servers on loopback for sources, and what a fetched source looks like in a test. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

import type { SourceAnswer } from "#simulator";

import type { SourcesOptions } from "../../simulator/node/sources.ts";
import { type GitServer, type GitServerOptions, startGitServer } from "./git-server.ts";
import { git, temporaryFolder } from "./temporary-repository.ts";

export function optionsOf(more: Partial<SourcesOptions> = {}): SourcesOptions {
  return {
    ...{ cacheDir: temporaryFolder(), offline: false, allowPrivateNetwork: true },
    // No test reads the user's home.
    userCredentials: false,
    ...more,
  };
}

/** Serves `repository` as `<url>/repo`. */
export async function serve(
  repository: string,
  options: GitServerOptions = {},
): Promise<GitServer & { readonly root: string }> {
  const root = temporaryFolder();
  git(root, "clone", "--quiet", "--bare", repository, "repo");
  const server = await startGitServer(root, options);
  onTestFinished(() => server.close());
  return { ...server, root };
}

export async function serveHttp(listener: RequestListener, host = "127.0.0.1"): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

export function describeAnswer(answer: SourceAnswer): unknown {
  if (answer.outcome === "unavailable") return answer.reason;
  return [...answer.tree.files].map(([path, { bytes }]) => [
    path,
    bytes && new TextDecoder().decode(bytes),
  ]);
}

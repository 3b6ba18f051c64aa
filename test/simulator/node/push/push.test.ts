/** Pushes to a real Git server on loopback, with both programs: what arrives, what is said, and that nothing is half done. */
import { chmodSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { pushCommit } from "../../../../simulator/node/push/index.ts";
import type { PushOutcome } from "../../../../simulator/node/push/index.ts";
import { startGitServer } from "../../../support/git-server.ts";
import type { GitServerOptions } from "../../../support/git-server.ts";
import {
  commitFiles,
  git,
  temporaryFolder,
  temporaryRepository,
} from "../../../support/temporary-repository.ts";
import { testCertificate } from "../../../support/tls.ts";

const user = { username: "tester", password: "secret-of-tester" };
const good = authorizationOf(user.password);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(["isomorphic-git", "git"] as const)("with %s", (by) => {
  test("a commit arrives, and the branch of the remote is known to be there", async () => {
    const { root, bare } = await prepared(by);
    const commit = commitFiles(root, { "a.yaml": "two" }, "second");
    const outcome = await push(root, commit);
    expect(outcome).toMatchObject({ outcome: "pushed", by });
    expect(git(bare, "rev-parse", "main")).toBe(commit);
    expect(git(root, "rev-parse", "refs/remotes/origin/main")).toBe(commit);
  });

  test("a new branch arrives, and the local one follows it", async () => {
    const { root, bare } = await prepared(by);
    git(root, "switch", "--quiet", "--create", "feature/a");
    const commit = commitFiles(root, { "a.yaml": "two" }, "second");
    const outcome = await pushCommit({
      ...{ root, remote: "origin", commit, branch: "feature/a", follow: "feature/a" },
    });
    expect(outcome).toMatchObject({ outcome: "pushed", by });
    expect(git(bare, "rev-parse", "feature/a")).toBe(commit);
    expect(git(root, "rev-parse", "feature/a@{upstream}")).toBe(commit);
  });

  test("commits of others at the remote are never overwritten", async () => {
    const { root, bare } = await prepared(by);
    const theirs = commitElsewhere(bare);
    const commit = commitFiles(root, { "a.yaml": "mine" }, "mine");
    const outcome = await push(root, commit);
    expect(outcome).toMatchObject({ outcome: "failed", reason: "not-fast-forward" });
    expect(git(bare, "rev-parse", "main")).toBe(theirs);
    expect(git(root, "rev-parse", "HEAD")).toBe(commit);
  });

  test("an expired token is said, and its value is not", async () => {
    const { root, bare } = await prepared(by, { password: "expired-token" });
    const before = git(bare, "rev-parse", "main");
    const outcome = await push(root, commitFiles(root, { "a.yaml": "two" }, "second"));
    expect(outcome).toMatchObject({ outcome: "failed", reason: "unauthorized" });
    expect(JSON.stringify(outcome)).not.toContain("expired-token");
    expect(git(bare, "rev-parse", "main")).toBe(before);
  });

  test("who may read but not push is told so", async () => {
    const { root } = await prepared(by, {
      intercept: (request) => (isPush(request) ? 403 : undefined),
    });
    const outcome = await push(root, commitFiles(root, { "a.yaml": "two" }, "second"));
    expect(outcome).toMatchObject({ outcome: "failed", reason: "unauthorized" });
  });

  test("what a hook of the server says is passed on", async () => {
    const { root, bare } = await prepared(by);
    const before = git(bare, "rev-parse", "main");
    const hook = join(bare, "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'GH006: main is protected' >&2\nexit 1\n");
    chmodSync(hook, 0o755);
    const outcome = await push(root, commitFiles(root, { "a.yaml": "two" }, "second"));
    expect(outcome).toMatchObject({ outcome: "failed", reason: "refused-by-server" });
    expect(outcome.said.join("\n")).toContain("GH006: main is protected");
    expect(git(bare, "rev-parse", "main")).toBe(before);
  });

  test("a server that is not there", async () => {
    const { root } = await prepared(by);
    git(root, "remote", "set-url", "origin", `${await deadAddress(by)}/repo.git`);
    const commit = commitFiles(root, { "a.yaml": "two" }, "second");
    const outcome = await push(root, commit);
    expect(outcome).toMatchObject({ outcome: "failed", reason: "unreachable" });
    expect(git(root, "rev-parse", "HEAD")).toBe(commit);
  });

  test("a repository that is not there", async () => {
    const { root, url } = await prepared(by);
    git(root, "remote", "set-url", "origin", url.replace("repo.git", "other.git"));
    const outcome = await push(root, commitFiles(root, { "a.yaml": "two" }, "second"));
    expect(outcome).toMatchObject({ outcome: "failed", reason: "not-found" });
  });

  test("a connection that breaks after the commit arrived is no failure", async () => {
    const { root, bare } = await prepared(by, { cutAfterPush: true });
    const commit = commitFiles(root, { "a.yaml": "two" }, "second");
    const outcome = await push(root, commit);
    expect(git(bare, "rev-parse", "main")).toBe(commit);
    expect(outcome).toMatchObject({ outcome: "pushed" });
  });

  test("cancelled before the answer: nothing arrived, the commit is still here", async () => {
    const controller = new AbortController();
    const { root, bare } = await prepared(by, {
      intercept: (request) => {
        if (isPush(request)) controller.abort();
        return undefined;
      },
      holdPush: true,
    });
    const before = git(bare, "rev-parse", "main");
    const commit = commitFiles(root, { "a.yaml": "two" }, "second");
    const outcome = await pushCommit(
      { root, remote: "origin", commit, branch: "main" },
      { signal: controller.signal },
    );
    expect(outcome).toMatchObject({ outcome: "failed", reason: "cancelled" });
    expect(git(bare, "rev-parse", "main")).toBe(before);
    expect(git(root, "rev-parse", "HEAD")).toBe(commit);
  });
});

describe("which program pushes", () => {
  test("git does it where there is a pre-push hook, which decides", async () => {
    const { root, bare } = await prepared("isomorphic-git");
    const hook = join(root, ".git", "hooks", "pre-push");
    writeFileSync(hook, "#!/bin/sh\necho 'too many risks' >&2\nexit 1\n");
    chmodSync(hook, 0o755);
    const before = git(bare, "rev-parse", "main");
    const outcome = await push(root, commitFiles(root, { "a.yaml": "two" }, "second"));
    expect(outcome).toMatchObject({ outcome: "failed", reason: "refused-by-hook" });
    expect(git(bare, "rev-parse", "main")).toBe(before);
    expect(outcome.outcome === "failed" && outcome.message).toContain("too many risks");
  });

  test("git does it from a shallow clone, of which nothing is missing at the remote then", async () => {
    const { root, bare } = await prepared("isomorphic-git");
    const first = commitFiles(root, { "a.yaml": "two" }, "second");
    expect(await push(root, first)).toMatchObject({ outcome: "pushed", by: "isomorphic-git" });
    writeFileSync(join(root, ".git", "shallow"), `${first}\n`);
    const commit = commitFiles(root, { "a.yaml": "three" }, "third");
    expect(await push(root, commit)).toMatchObject({ outcome: "pushed", by: "git" });
    expect(git(bare, "log", "--format=%s", "main")).toBe("third\nsecond\nfirst");
  });

  test.each([
    ["extensions.partialClone", "origin"],
    ["submodule.recurse", "true"],
  ])("git does it with the setting %s", async (setting, value) => {
    const { root } = await prepared("isomorphic-git");
    git(root, "config", "core.repositoryFormatVersion", "1");
    git(root, "config", setting, value);
    const commit = commitFiles(root, { "a.yaml": "two" }, "second");
    expect(await push(root, commit)).toMatchObject({ outcome: "pushed", by: "git" });
  });

  test.each([
    ["push.recurseSubmodules", "check"],
    ["push.recurseSubmodules", "on-demand"],
    ["submodule.recurse", "true"],
  ])("a submodule with commits that nobody has is said: %s=%s", async (setting, value) => {
    const { root, bare } = await prepared("isomorphic-git");
    const before = git(bare, "rev-parse", "main");
    const module = temporaryRepository({ "m.yaml": "one" });
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", module, "module");
    git(root, "config", setting, value);
    commitFiles(join(root, "module"), { "m.yaml": "two" }, "in the module");
    const outcome = await push(root, commitFiles(root, { "a.yaml": "two" }, "second"));
    expect(outcome).toMatchObject({ outcome: "failed", reason: "failed" });
    expect(outcome.outcome === "failed" && outcome.message).toMatch(/submodule paths.* module\)/);
    expect(git(bare, "rev-parse", "main")).toBe(before);
    git(join(root, "module"), "push", "--quiet", "origin", "HEAD:refs/heads/theirs");
    expect(await push(root, git(root, "rev-parse", "HEAD"))).toMatchObject({ outcome: "pushed" });
  });

  test("isomorphic-git does it where there is no git, without credentials", async () => {
    const { root } = await prepared("isomorphic-git");
    const commit = commitFiles(root, { "a.yaml": "two" }, "second");
    const outcome = await pushCommit(
      { root, remote: "origin", commit, branch: "main" },
      { git: false },
    );
    // It knows no http.sslCAInfo then, so the test's own authority is not trusted.
    expect(outcome).toMatchObject({ outcome: "failed", reason: "certificate" });
  });

  test("a remote that is not there is a mistake of the caller", async () => {
    const { root } = await prepared("git");
    const commit = git(root, "rev-parse", "HEAD");
    await expect(pushCommit({ root, remote: "upstream", commit, branch: "main" })).rejects.toThrow(
      "no remote upstream",
    );
  });
});

interface Setting {
  readonly password?: string;
  /** A status ends the request. */
  readonly intercept?: (request: IncomingMessage) => number | undefined;
  readonly cutAfterPush?: boolean;
  readonly holdPush?: boolean;
}

/** A clone whose remote is a server that wants a password. `by` is what shall push: git for http, the other for https. */
async function prepared(
  by: "git" | "isomorphic-git",
  { password = user.password, intercept, cutAfterPush, holdPush }: Setting = {},
) {
  // Nothing of the machine's user: no helper, no settings.
  vi.stubEnv("GIT_CONFIG_GLOBAL", "/dev/null");
  vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
  vi.stubEnv("GIT_ASKPASS", "");
  vi.stubEnv("SSH_ASKPASS", "");
  for (const name of [
    "GIT_SSL_CAINFO",
    "GIT_SSL_NO_VERIFY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
  ])
    vi.stubEnv(name, undefined);
  const served = temporaryFolder();
  const root = temporaryRepository({ "a.yaml": "one" });
  const bare = join(served, "repo.git");
  git(served, "clone", "--quiet", "--bare", root, bare);
  git(bare, "config", "http.receivepack", "true");
  const check: GitServerOptions["intercept"] = (request, response) => {
    if (request.headers.authorization !== good) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="tests"' }).end();
      return true;
    }
    const status = intercept?.(request);
    if (status !== undefined) {
      response.writeHead(status).end();
      return true;
    }
    if (isPush(request) && request.method === "POST") {
      if (holdPush === true) return true;
      if (cutAfterPush === true) cutAnswer(request, response);
    }
    return false;
  };
  const server = await startGitServer(served, { intercept: check, tls: by === "isomorphic-git" });
  onTestFinished(() => server.close());
  const url = `${server.url}/repo.git`;
  git(root, "remote", "add", "origin", url);
  const authority = join(served, "authority.pem");
  writeFileSync(authority, testCertificate);
  git(root, "config", "http.sslCAInfo", authority);
  const helper = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' ${user.username} ${password}; }; f`;
  git(root, "config", "credential.helper", helper);
  return { root, bare, url };
}

function push(root: string, commit: string): Promise<PushOutcome> {
  return pushCommit({ root, remote: "origin", commit, branch: "main" });
}

/** The backend takes everything; the client hears nothing of it. */
function cutAnswer(
  request: IncomingMessage,
  response: Parameters<NonNullable<GitServerOptions["intercept"]>>[1],
): void {
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => {
    request.socket.destroy();
    return response;
  };
}

function isPush({ url = "" }: IncomingMessage): boolean {
  return url.includes("git-receive-pack");
}

function authorizationOf(password: string): string {
  return `Basic ${Buffer.from(`${user.username}:${password}`).toString("base64")}`;
}

function commitElsewhere(bare: string): string {
  const other = join(temporaryFolder(), "clone");
  git(bare, "clone", "--quiet", bare, other);
  const commit = commitFiles(other, { "b.yaml": "theirs" }, "theirs");
  git(other, "push", "--quiet", "origin", "HEAD:main");
  return commit;
}

/** A port that nobody listens on. */
async function deadAddress(by: "git" | "isomorphic-git"): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `${by === "git" ? "http" : "https"}://127.0.0.1:${port}`;
}

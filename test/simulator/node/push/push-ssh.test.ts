/** Pushes over ssh: the real git and the real OpenSSH client against a server on loopback that knows one key. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { pushCommit } from "../../../../simulator/node/push/index.ts";
import type { PushOutcome } from "../../../../simulator/node/push/index.ts";
import { isSsh, sshEnvironment } from "../../../../simulator/node/push/ssh-environment.ts";
import { makeKey, startSsh } from "../../../support/servers/ssh.ts";
import {
  commitFiles,
  git,
  temporaryFolder,
  temporaryRepository,
} from "../../../support/temporary-repository.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the commit arrives, and the branch of the remote is known to be there", async () => {
  const { root, bare, server } = await prepared();
  const commit = commitFiles(root, { "a.yaml": "two" }, "second");
  const routes: (string | undefined)[] = [];
  const outcome = await pushCommit(
    { root, remote: "origin", commit, branch: "main" },
    { onRoute: ({ because }) => void routes.push(because) },
  );
  expect(outcome).toEqual({ outcome: "pushed", by: "git", said: [] });
  expect(routes).toEqual(["the remote is not reached over https"]);
  expect(server.commands).toEqual(["git-receive-pack '/repo'"]);
  expect(git(bare, "rev-parse", "main")).toBe(commit);
  expect(git(root, "rev-parse", "refs/remotes/origin/main")).toBe(commit);
});

test("a key that the server does not know", async () => {
  const setting = await prepared({ key: "other" });
  await expectRefused(setting, "unauthorized", /does not accept your key.*ssh-add/);
});

test("a key with a passphrase and no agent is no question that nobody hears", async () => {
  const setting = await prepared({ passphrase: "open sesame" });
  await expectRefused(setting, "unauthorized", /If the key has a passphrase, load it with ssh-add/);
});

test("a passphrase is asked for by the program that the user has for it", async () => {
  const { root, bare, folder } = await prepared({ passphrase: "open sesame" });
  const askpass = join(folder, "askpass");
  writeFileSync(askpass, "#!/bin/sh\necho 'open sesame'\n");
  chmodSync(askpass, 0o755);
  vi.stubEnv("SSH_ASKPASS", askpass);
  const commit = commitFiles(root, { "a.yaml": "two" }, "second");
  expect(await push(root, commit)).toMatchObject({ outcome: "pushed" });
  expect(git(bare, "rev-parse", "main")).toBe(commit);
});

test("a key of an agent", async () => {
  const { root, bare, keyFile } = await prepared({ agentOnly: true });
  const commit = commitFiles(root, { "a.yaml": "two" }, "second");
  expect(await push(root, commit)).toMatchObject({ outcome: "failed", reason: "unauthorized" });
  const agent = execFileSync("ssh-agent", ["-s"], { encoding: "utf8" });
  const value = (name: string): string => new RegExp(`${name}=([^;]+)`).exec(agent)?.[1] ?? "";
  onTestFinished(() => void process.kill(Number(value("SSH_AGENT_PID"))));
  vi.stubEnv("SSH_AUTH_SOCK", value("SSH_AUTH_SOCK"));
  execFileSync("ssh-add", ["-q", keyFile], { stdio: "ignore" });
  expect(await push(root, commit)).toMatchObject({ outcome: "pushed" });
  expect(git(bare, "rev-parse", "main")).toBe(commit);
});

test("a server that is not known yet", async () => {
  const setting = await prepared({ knownHosts: () => "" });
  await expectRefused(setting, "host-key-unknown", /ssh does not know the server/);
});

test("a server that has another key than before", async () => {
  const stranger = makeKey(temporaryFolder(), "stranger")
    .publicKey.split(" ")
    .slice(0, 2)
    .join(" ");
  const setting = await prepared({ knownHosts: (port) => `[127.0.0.1]:${port} ${stranger}\n` });
  await expectRefused(setting, "host-key-changed", /another host key than before.*ssh-keygen -R/);
});

test("a server that is not there", async () => {
  const setting = await prepared();
  await setting.server.close();
  await expectRefused(setting, "unreachable", /can't be reached/);
});

test("a repository that is not there", async () => {
  const setting = await prepared();
  git(setting.root, "remote", "set-url", "origin", setting.server.url.replace("repo", "gone"));
  await expectRefused(setting, "not-found", /There is no repository/);
});

test("commits of others at the remote are never overwritten", async () => {
  const setting = await prepared();
  const other = join(temporaryFolder(), "clone");
  git(setting.bare, "clone", "--quiet", setting.bare, other);
  commitFiles(other, { "b.yaml": "theirs" }, "theirs");
  git(other, "push", "--quiet", "origin", "HEAD:main");
  await expectRefused(setting, "not-fast-forward", /has commits that are not here/);
});

test("what a hook of the server says is passed on", async () => {
  const setting = await prepared();
  const hook = join(setting.bare, "hooks", "pre-receive");
  writeFileSync(hook, "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n");
  chmodSync(hook, 0o755);
  await expectRefused(setting, "refused-by-server", /main is protected/);
});

test("a push that is cancelled while the server thinks has not arrived", async () => {
  const setting = await prepared();
  const hook = join(setting.bare, "hooks", "pre-receive");
  writeFileSync(hook, '#!/bin/sh\ntouch "$0.begun"\nuntil [ -e "$0.go" ]; do sleep 0.1; done\n');
  chmodSync(hook, 0o755);
  onTestFinished(() => writeFileSync(`${hook}.go`, ""));
  const controller = new AbortController();
  const commit = commitFiles(setting.root, { "a.yaml": "two" }, "second");
  const pushed = pushCommit(
    { root: setting.root, remote: "origin", commit, branch: "main" },
    { signal: controller.signal },
  );
  await vi.waitUntil(() => existsSync(`${hook}.begun`), { timeout: 60_000 });
  controller.abort();
  expect(await pushed).toMatchObject({ outcome: "failed", reason: "cancelled" });
  expect(git(setting.bare, "rev-parse", "main")).toBe(setting.before);
});

describe("how ssh is started", () => {
  const environment = async (
    env: Readonly<Record<string, string>>,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Readonly<Record<string, string>>> => {
    const root = temporaryRepository({ a: "a" });
    for (const [key, value] of Object.entries(settings)) git(root, "config", key, value);
    return sshEnvironment("git", root, env);
  };

  test.each([
    [{}, {}, "ssh -o BatchMode=yes"],
    [{}, { "core.sshCommand": "ssh -i key" }, "ssh -i key -o BatchMode=yes"],
    [{}, { "core.sshCommand": '"C:/a b/ssh.exe" -v' }, '"C:/a b/ssh.exe" -v -o BatchMode=yes'],
    [{ GIT_SSH: "/o p/ssh" }, {}, "'/o p/ssh' -o BatchMode=yes"],
    [
      { GIT_SSH_COMMAND: "/usr/bin/ssh", GIT_SSH: "x" },
      { "core.sshCommand": "y" },
      "/usr/bin/ssh -o BatchMode=yes",
    ],
  ])("without a question: %j %j", async (env, settings, command) => {
    expect(await environment(env, settings)).toEqual({ GIT_SSH_COMMAND: command });
  });

  test.each([
    [{ GIT_SSH: "plink.exe" }, {}],
    [{}, { "core.sshCommand": "my-ssh-wrapper" }],
    [{}, { "core.sshCommand": "ssh", "ssh.variant": "simple" }],
    [{ SSH_ASKPASS: "ask", SSH_ASKPASS_REQUIRE: "prefer" }, {}],
  ])("as the user has it: %j %j", async (env, settings) => {
    expect(await environment(env, settings)).toEqual({});
  });

  test("with the user's own way to ask", async () => {
    expect(await environment({ SSH_ASKPASS: "ask" })).toEqual({ SSH_ASKPASS_REQUIRE: "force" });
  });

  test.each([
    ["ssh://git@host/a", true],
    ["git+ssh://host/a", true],
    ["git@host:a/b", true],
    ["[::1]:a", true],
    ["git@[::1]:a", true],
    ["https://host/a", false],
    ["file:///a", false],
    ["/a/b:c", false],
    ["C:/a", false],
    ["C:\\a", false],
    ["ext::program", false],
  ])("%s is ssh: %s", (url, answer) => {
    expect(isSsh(url)).toBe(answer);
  });
});

interface Setting {
  /** `other`: one that the server does not know. */
  readonly key?: "own" | "other";
  readonly passphrase?: string;
  /** ssh is told of no key file. */
  readonly agentOnly?: boolean;
  readonly knownHosts?: (port: number) => string;
}

type Prepared = Awaited<ReturnType<typeof prepared>>;

/** A clone whose remote is a server that knows one key, and a git that knows nothing of this machine's user. */
async function prepared({ key = "own", passphrase, agentOnly, knownHosts }: Setting = {}) {
  vi.stubEnv("GIT_CONFIG_GLOBAL", "/dev/null");
  vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
  for (const name of ["SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "GIT_SSH"])
    vi.stubEnv(name, undefined);
  for (const name of ["GIT_SSH_COMMAND", "GIT_SSH_VARIANT"]) vi.stubEnv(name, undefined);
  const folder = temporaryFolder();
  const root = temporaryRepository({ "a.yaml": "one" });
  const bare = join(folder, "repo");
  git(folder, "clone", "--quiet", "--bare", root, bare);
  const own = makeKey(folder, "own", passphrase);
  makeKey(folder, "other");
  const server = await startSsh(folder, own, { mayPush: true });
  onTestFinished(() => server.close());
  writeFileSync(join(folder, "known_hosts"), knownHosts?.(server.port) ?? server.knownHosts);
  const keyFile = join(folder, key);
  const identity =
    agentOnly === true ? "-o IdentityFile=none" : `-i ${keyFile} -o IdentitiesOnly=yes`;
  const known = `-o UserKnownHostsFile=${join(folder, "known_hosts")} -o GlobalKnownHostsFile=none`;
  git(root, "config", "core.sshCommand", `ssh -F none ${identity} ${known}`);
  git(root, "remote", "add", "origin", server.url);
  return { folder, root, bare, server, keyFile, before: git(bare, "rev-parse", "main") };
}

function push(root: string, commit: string): Promise<PushOutcome> {
  return pushCommit({ root, remote: "origin", commit, branch: "main" });
}

/** The remote is what it was, and the commit is still here. */
async function expectRefused(
  { root, bare }: Prepared,
  reason: string,
  message: RegExp,
): Promise<void> {
  const before = git(bare, "rev-parse", "main");
  const commit = commitFiles(root, { "a.yaml": "two" }, "second");
  const outcome = await push(root, commit);
  expect(outcome, JSON.stringify(outcome)).toMatchObject({ outcome: "failed", reason });
  expect(outcome.outcome === "failed" && outcome.message).toMatch(message);
  expect(git(bare, "rev-parse", "main")).toBe(before);
  expect(git(root, "rev-parse", "HEAD")).toBe(commit);
}

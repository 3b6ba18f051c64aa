/** Git over ssh: the real `ssh` client with the Secret of a source, and with nothing of the user's. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { createNetworkGuard } from "../../../simulator/node/network-guard.ts";
import { createSources } from "../../../simulator/node/sources.ts";
import { makeKey, startSsh, type TestKey, type TestSsh } from "../../support/servers/ssh.ts";
import { describeAnswer, optionsOf } from "../../support/sources.ts";
import { git, temporaryFolder, temporaryRepository } from "../../support/temporary-repository.ts";

async function serveSsh(key: TestKey): Promise<TestSsh> {
  const root = temporaryFolder();
  git(root, "clone", "--quiet", "--bare", temporaryRepository({ a: "over ssh" }), "repo");
  const server = await startSsh(root, key);
  onTestFinished(() => server.close());
  return server;
}

describe("a repository over ssh", () => {
  it("is fetched with the key of the Secret, encrypted or not, from the host it knows", async () => {
    const folder = temporaryFolder();
    const key = makeKey(folder, "plain");
    const { url, knownHosts, commands } = await serveSsh(key);
    const options = optionsOf();
    const secret = { identity: key.privateKey.trimEnd(), known_hosts: knownHosts };
    const ref = { branch: "main" };
    const answer = await createSources(options).fetch({
      kind: "git",
      url,
      ref,
      access: { secret },
    });
    expect(describeAnswer(answer)).toEqual([["a", "over ssh"]]);
    expect(commands).toEqual(["git-upload-pack '/repo'"]);
    expect(readdirSync(join(options.cacheDir, "sources-2/tmp"))).toEqual([]);
  });

  it("takes the passphrase from the Secret", async () => {
    const key = makeKey(temporaryFolder(), "locked", "open sesame");
    const { url, knownHosts } = await serveSsh(key);
    const secret = { identity: key.privateKey, known_hosts: knownHosts };
    const fetchWith = async (password: string): Promise<unknown> =>
      describeAnswer(
        await createSources(optionsOf()).fetch({
          ...{ kind: "git", url, ref: { branch: "main" } },
          access: { secret: { ...secret, password } },
        }),
      );
    expect(await fetchWith("open sesame")).toEqual([["a", "over ssh"]]);
    expect(await fetchWith("wrong")).toBe("unauthorized");
  });

  it("says what is wrong with the key, the host or the repository", async () => {
    const folder = temporaryFolder();
    const key = makeKey(folder, "one");
    const other = makeKey(folder, "two");
    const server = await serveSsh(key);
    const another = await serveSsh(key);
    const wrongHost = another.knownHosts.replace(`:${another.port}`, `:${server.port}`);
    const secret = { identity: key.privateKey, known_hosts: server.knownHosts };
    const cases = [
      [server.url, { ...secret, identity: other.privateKey }, "unauthorized"],
      [server.url, { ...secret, identity: "no key" }, "unauthorized"],
      [server.url, { ...secret, known_hosts: "github.com ssh-ed25519 AAAA" }, "unauthorized"],
      [server.url, { ...secret, known_hosts: wrongHost }, "unauthorized"],
      [server.url.replace("/repo", "/other"), secret, "not-found"],
    ] as const;
    for (const [url, data, reason] of cases) {
      const answer = await createSources(optionsOf()).fetch({
        ...{ kind: "git", url, access: { secret: data } },
      });
      expect([url, describeAnswer(answer)]).toEqual([url, reason]);
      expect(JSON.stringify(answer)).not.toContain("PRIVATE KEY");
    }
  });

  it("goes to the address that was checked, whatever the name says later", async () => {
    const key = makeKey(temporaryFolder(), "one");
    const { url, port, knownHosts, commands } = await serveSsh(key);
    const guard = createNetworkGuard({
      isAllowed: (address) => address === "127.0.0.1",
      resolve: async (host) => [
        { address: host === "git.example.test" ? "127.0.0.1" : "10.0.0.1", family: 4 },
      ],
    });
    const sources = createSources(optionsOf({ guard }));
    const named = url.replace("127.0.0.1", "git.example.test");
    const known = knownHosts.replace("127.0.0.1", "git.example.test");
    const access = { secret: { identity: key.privateKey, known_hosts: known } };
    const answer = await sources.fetch({ kind: "git", url: named, access });
    expect(describeAnswer(answer)).toEqual([["a", "over ssh"]]);
    const inside = `ssh://inside.example.test:${port}/repo`;
    expect(describeAnswer(await sources.fetch({ kind: "git", url: inside, access }))).toBe(
      "refused",
    );
    expect(commands).toHaveLength(1);
  });
});

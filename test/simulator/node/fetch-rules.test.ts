/** What is refused, what is never sent, and single files, against real servers on loopback. */
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { createNetworkGuard } from "../../../simulator/node/network-guard.ts";
import { createSources } from "../../../simulator/node/sources.ts";
import { testCertificate } from "../../support/tls.ts";
import { describeAnswer, optionsOf, serve, serveHttp } from "../../support/sources.ts";
import { temporaryFolder, temporaryRepository } from "../../support/temporary-repository.ts";

describe("addresses", () => {
  it("other than http, https, ssh and git are refused", async () => {
    const repository = temporaryRepository({ a: "1" });
    const sources = createSources(optionsOf());
    const urls = [
      repository,
      `file://${repository}`,
      "ext::sh -c id",
      "fd::3",
      "ftp://example.test/x",
      "",
      "-oProxyCommand=id",
    ];
    for (const url of [...urls, "ssh://-oProxyCommand=id/x"]) {
      expect([url, describeAnswer(await sources.fetch({ kind: "git", url }))]).toEqual([
        url,
        "refused",
      ]);
    }
    expect(
      describeAnswer(await sources.fetch({ kind: "http", url: `file://${repository}/a` })),
    ).toBe("refused");
  });

  it("of private machines are refused for ssh and git too", async () => {
    const sources = createSources(optionsOf({ allowPrivateNetwork: false }));
    for (const url of [
      "ssh://git@127.0.0.1/x",
      "git@127.0.0.1:x",
      "git://[::1]/x",
      "git@localhost:x",
    ]) {
      expect([url, describeAnswer(await sources.fetch({ kind: "git", url }))]).toEqual([
        url,
        "refused",
      ]);
    }
  });

  it("need git for ssh", async () => {
    const sources = createSources(optionsOf({ git: false }));
    expect(await sources.fetch({ kind: "git", url: "git@127.0.0.1:x" })).toMatchObject({
      reason: "failed",
      message: expect.stringContaining("Install git") as string,
    });
  });

  it("over ssh connect to the address that was checked", async () => {
    const bin = temporaryFolder();
    const record = join(bin, "args");
    writeFileSync(join(bin, "ssh"), `#!/bin/sh\nprintf '%s\\n' "$@" > ${record}\nexit 1\n`, {
      mode: 0o755,
    });
    const before = process.env["PATH"];
    process.env["PATH"] = `${bin}:${before ?? ""}`;
    onTestFinished(() => void (process.env["PATH"] = before));
    const guard = createNetworkGuard({
      isAllowed: () => true,
      resolve: async () => [{ address: "192.0.2.7", family: 4 }],
    });
    const sources = createSources(optionsOf({ guard }));
    expect(
      describeAnswer(await sources.fetch({ kind: "git", url: "git@example.test:me/repo" })),
    ).toBe("failed");
    const args = readFileSync(record, "utf8").split("\n");
    expect(args).toEqual(
      expect.arrayContaining(["BatchMode=yes", "HostName=192.0.2.7", "HostKeyAlias=example.test"]),
    );
  });
});

describe("https", () => {
  it("is fetched with git through the guard, with its certificate checked", async () => {
    const server = await serve(temporaryRepository({ a: "1" }), { tls: true });
    const request = { kind: "git", url: `${server.url}/repo` } as const;
    expect(describeAnswer(await createSources(optionsOf()).fetch(request))).toBe("failed");
    expect(server.requests).toEqual([]);
    const certificate = join(temporaryFolder(), "ca.pem");
    writeFileSync(certificate, testCertificate);
    process.env["GIT_SSL_CAINFO"] = certificate;
    onTestFinished(() => void delete process.env["GIT_SSL_CAINFO"]);
    expect(describeAnswer(await createSources(optionsOf()).fetch(request))).toEqual([["a", "1"]]);
    const small = createSources(optionsOf({ maxBytes: 100 }));
    expect(describeAnswer(await small.fetch(request))).toBe("too-large");
  });

  it.each([{}, { git: false }] as const)(
    "is refused inside the private network (%o)",
    async (adapter) => {
      const server = await serve(temporaryRepository({ a: "1" }), { tls: true });
      const sources = createSources(optionsOf({ ...adapter, allowPrivateNetwork: false }));
      for (const url of [server.url, server.url.replace("127.0.0.1", "localhost")]) {
        const answer = await sources.fetch({ kind: "git", url: `${url}/repo` });
        expect([url, describeAnswer(answer)]).toEqual([url, "refused"]);
      }
      expect(server.requests).toEqual([]);
    },
  );
});

describe("credentials", () => {
  it("of the user's git settings are not sent unencrypted, and those in an address stay with its host", async () => {
    const home = temporaryFolder();
    writeFileSync(
      join(home, ".gitconfig"),
      '[http]\n\textraHeader = X-Secret: token\n[credential]\n\thelper = "!echo password=secret"\n',
    );
    writeFileSync(join(home, ".netrc"), "machine 127.0.0.1 login me password secret\n");
    const before = process.env["HOME"];
    process.env["HOME"] = home;
    onTestFinished(() => void (process.env["HOME"] = before));
    const seen: string[] = [];
    const other = await serveHttp((request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.writeHead(404).end();
    });
    const { url } = await serve(temporaryRepository({ a: "1" }), {
      intercept: (request, response) => {
        seen.push(JSON.stringify(request.headers));
        if (request.headers.authorization === undefined)
          response.writeHead(401, { "www-authenticate": "Basic" }).end();
        else
          response
            .writeHead(301, { location: `${other}/repo/info/refs?service=git-upload-pack` })
            .end();
        return true;
      },
    });
    for (const adapter of [{}, { git: false }] as const) {
      const sources = createSources(optionsOf({ ...adapter, userCredentials: true }));
      await sources.fetch({ kind: "git", url: `${url}/repo` });
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.join()).not.toMatch(/secret|authorization/i);
      await sources.fetch({ kind: "git", url: `${url.replace("://", "://me:in-url@")}/repo` });
      const encoded = Buffer.from("me:in-url").toString("base64");
      expect(seen.filter((headers) => headers.includes(encoded)).length).toBeGreaterThan(0);
      expect(seen.at(-1)).not.toContain(encoded);
      seen.length = 0;
    }
  });

  it("never appear in messages", async () => {
    const url = await serveHttp((_, response) => void response.writeHead(500).end());
    const lines: string[] = [];
    const log = {
      info: (line: string): number => lines.push(line),
      warn: (line: string): number => lines.push(line),
    };
    for (const adapter of [{}, { git: false }] as const) {
      const sources = createSources(optionsOf({ ...adapter, log }));
      const withToken = url.replace("://", "://me:token@");
      const answers = [
        await sources.fetch({ kind: "git", url: `${withToken}/repo` }),
        await sources.fetch({ kind: "http", url: `${withToken}/file` }),
      ];
      expect(JSON.stringify([answers, lines])).not.toContain("token");
    }
  });
});

describe("a file over http", () => {
  it("is the one file of its tree, after redirects", async () => {
    const url = await serveHttp((request, response) => {
      if (request.url === "/a") response.writeHead(302, { location: "/b" }).end();
      else if (request.url === "/b") response.end("kind: X\n");
      else response.writeHead(404).end();
    });
    const sources = createSources(optionsOf());
    expect(describeAnswer(await sources.fetch({ kind: "http", url: `${url}/a` }))).toEqual([
      ["content", "kind: X\n"],
    ]);
    expect(describeAnswer(await sources.fetch({ kind: "http", url: `${url}/c` }))).toBe(
      "not-found",
    );
  });

  it("is refused in private networks, at the end of redirects, and after too many of them", async () => {
    const url = await serveHttp((request, response) => {
      const to = request.url === "/metadata" ? "http://169.254.169.254/latest" : "/round";
      response
        .writeHead(302, { location: request.url === "/file" ? "file:///etc/passwd" : to })
        .end();
    });
    const guard = createNetworkGuard({ isAllowed: (address) => address === "127.0.0.1" });
    const sources = createSources(optionsOf({ guard }));
    for (const path of ["/metadata", "/round", "/file"]) {
      expect([
        path,
        describeAnswer(await sources.fetch({ kind: "http", url: url + path })),
      ]).toEqual([path, "refused"]);
    }
    const strict = createSources(optionsOf({ allowPrivateNetwork: false }));
    expect(describeAnswer(await strict.fetch({ kind: "http", url }))).toBe("refused");
  });

  it("is bounded in size", async () => {
    const url = await serveHttp((_, response) => void response.end("x".repeat(5000)));
    const sources = createSources(optionsOf({ maxBytes: 1000 }));
    expect(describeAnswer(await sources.fetch({ kind: "http", url }))).toBe("too-large");
  });
});

describe("without a network", () => {
  it("what is not in the cache is named", async () => {
    const sources = createSources(optionsOf({ offline: true }));
    const answer = await sources.fetch({ kind: "http", url: "https://example.test/x.yaml" });
    expect(answer).toMatchObject({
      reason: "offline",
      message: expect.stringContaining("https://example.test/x.yaml") as string,
    });
  });

  it("a cache that can't be written is no obstacle", async () => {
    const url = await serveHttp((_, response) => void response.end("x"));
    const cacheDir = join(temporaryFolder(), "file");
    writeFileSync(cacheDir, "in the way");
    chmodSync(cacheDir, 0o400);
    const warnings: string[] = [];
    const log = { info: (): void => {}, warn: (message: string): number => warnings.push(message) };
    const sources = createSources(optionsOf({ cacheDir, log }));
    expect(describeAnswer(await sources.fetch({ kind: "http", url }))).toEqual([["content", "x"]]);
    expect(warnings).toHaveLength(1);
    expect(statSync(cacheDir).isFile()).toBe(true);
  });
});

/** What a user has stored for other programs, found in files and asked of real helper programs. */
import { chmodSync } from "node:fs";
import { delimiter, join } from "node:path";

import { afterEach, describe, expect, it, vi } from "vitest";

import { runCredentialHelper } from "../../../../simulator/node/oci/credential-helper.ts";
import {
  createUserCredentials,
  type UserCredentialsOptions,
} from "../../../../simulator/node/oci/user-credentials.ts";
import { temporaryFolder, writeFiles } from "../../../support/temporary-repository.ts";

const signal = new AbortController().signal;
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const alice = { kind: "basic", username: "alice", password: "pass:word" };

function stored(
  files: Readonly<Record<string, string>>,
  more: Partial<UserCredentialsOptions> = {},
): ReturnType<typeof createUserCredentials> {
  const home = temporaryFolder();
  writeFiles(home, files);
  return createUserCredentials({ env: {}, home, ...more });
}

describe("Docker's file", () => {
  const auths = (entries: object): Readonly<Record<string, string>> => ({
    ".docker/config.json": JSON.stringify({ auths: entries }),
  });

  it.each([
    ["ghcr.io", "ghcr.io"],
    ["https://ghcr.io", "ghcr.io"],
    ["https://ghcr.io/v2/", "ghcr.io"],
    ["127.0.0.1:5000", "127.0.0.1:5000"],
    ["https://index.docker.io/v1/", "index.docker.io"],
    ["docker.io", "index.docker.io"],
    ["*.azurecr.io", "team.azurecr.io"],
  ])("%s is for %s", async (address, host) => {
    const credentials = stored(auths({ [address]: { auth: base64("alice:pass:word") } }));
    expect(await credentials.registry(host, signal)).toEqual(alice);
  });

  it.each([
    ["ghcr.io", "ghcr.io:5000"],
    ["ghcr.io", "evil-ghcr.io"],
    ["ghcr.io", "ghcr.io.evil.example"],
    ["*.azurecr.io", "azurecr.io"],
    ["*.azurecr.io", "a.b.azurecr.io"],
    ["ghcr.io/team", "ghcr.io"],
  ])("%s is not for %s", async (address, host) => {
    const credentials = stored(auths({ [address]: { auth: base64("alice:pass:word") } }));
    expect(await credentials.registry(host, signal)).toBeUndefined();
  });

  it("has tokens besides passwords", async () => {
    const credentials = stored(
      auths({ "a.example": { identitytoken: "x" }, "b.example": { registrytoken: "y" } }),
    );
    expect(await credentials.registry("a.example", signal)).toEqual({
      kind: "identity-token",
      token: "x",
    });
    expect(await credentials.registry("b.example", signal)).toEqual({ kind: "bearer", token: "y" });
  });

  it("may be elsewhere, broken, or not there", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      "config.json":
        auths({ "ghcr.io": { auth: base64("alice:pass:word") } })[".docker/config.json"] ?? "",
    });
    const elsewhere = stored({}, { env: { DOCKER_CONFIG: folder } });
    expect(await elsewhere.registry("ghcr.io", signal)).toEqual(alice);
    const broken = stored({ ".docker/config.json": "{" });
    expect(await broken.registry("ghcr.io", signal)).toBeUndefined();
    expect(await stored({}).registry("ghcr.io", signal)).toBeUndefined();
  });

  it("is a file of a few kilobytes, and nothing of four megabytes is one", async () => {
    const text = auths({ "ghcr.io": { auth: base64("alice:pass:word") } })[".docker/config.json"];
    const padded = (size: number) => stored({ ".docker/config.json": (text ?? "").padEnd(size) });
    const limit = 4 * 1024 * 1024;
    expect(await padded(limit).registry("ghcr.io", signal)).toEqual(alice);
    expect(await padded(limit + 1).registry("ghcr.io", signal)).toBeUndefined();
  });

  it("comes before Helm's", async () => {
    const folder = temporaryFolder();
    const auth = (user: string): string =>
      JSON.stringify({ auths: { "ghcr.io": { auth: base64(`${user}:pass:word`) } } });
    writeFiles(folder, { "helm.json": auth("alice") });
    const more = { env: { HELM_REGISTRY_CONFIG: join(folder, "helm.json") } };
    const both = stored({ ".docker/config.json": auth("docker") }, more);
    expect(await both.registry("ghcr.io", signal)).toMatchObject({ username: "docker" });
    expect(await stored({}, more).registry("ghcr.io", signal)).toEqual(alice);
  });
});

describe("a helper program", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const script = `#!/bin/sh
read -r server
[ "$1" = get ] || exit 2
case "$server" in
  ghcr.io) echo '{"ServerURL":"ghcr.io","Username":"alice","Secret":"pass:word"}' ;;
  token.example) echo '{"Username":"<token>","Secret":"refresh"}' ;;
  garbage.example) echo 'not json' ;;
  slow.example) exec sleep 60 ;;
  long.example) printf '{"Username":"alice","Secret":"pass:word"%2000000s}' '' ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;

  function withHelper(config: object): ReturnType<typeof createUserCredentials> {
    const bin = temporaryFolder();
    writeFiles(bin, { "docker-credential-test": script });
    chmodSync(join(bin, "docker-credential-test"), 0o700);
    vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"] ?? ""}`);
    const files = { ".docker/config.json": JSON.stringify(config) };
    return stored(files, { runHelper: runCredentialHelper });
  }

  it("is asked for its host, or for all", async () => {
    const one = withHelper({ credHelpers: { "ghcr.io": "test" } });
    expect(await one.registry("ghcr.io", signal)).toEqual(alice);
    const all = withHelper({ credsStore: "test" });
    expect(await all.registry("ghcr.io", signal)).toEqual(alice);
    expect(await all.registry("token.example", signal)).toEqual({
      kind: "identity-token",
      token: "refresh",
    });
  });

  it("may have nothing, answer nonsense, be missing or have a name that is a path", async () => {
    const credentials = withHelper({
      credsStore: "test",
      credHelpers: { "missing.example": "missing", "path.example": "../../bin/sh" },
    });
    for (const host of ["none.example", "garbage.example", "missing.example", "path.example"])
      expect(await credentials.registry(host, signal)).toBeUndefined();
  });

  it("is not listened to for long", async () => {
    const credentials = withHelper({ credsStore: "test" });
    expect(await credentials.registry("long.example", signal)).toBeUndefined();
  });

  it("ends when nobody waits for it", async () => {
    const credentials = withHelper({ credsStore: "test" });
    const controller = new AbortController();
    const asked = credentials.registry("slow.example", controller.signal);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/i);
  });

  it("is not run unless the caller says how", async () => {
    const files = { ".docker/config.json": JSON.stringify({ credsStore: "test" }) };
    expect(await stored(files).registry("ghcr.io", signal)).toBeUndefined();
  });
});

describe("Helm's repositories", () => {
  const files = (folder: string): Readonly<Record<string, string>> => ({
    [`${folder}/repositories.yaml`]:
      "apiVersion: ''\nrepositories:\n- name: a\n  url: https://charts.example/a/\n  username: alice\n  password: pass:word\n- name: b\n  url: https://charts.example/b\n",
  });

  it("have a password by their address", async () => {
    const home = temporaryFolder();
    writeFiles(home, files("helm"));
    const credentials = createUserCredentials({ env: { HELM_CONFIG_HOME: join(home, "helm") } });
    const ask = (url: string): Promise<unknown> => credentials.helmRepository(url, signal);
    expect(await ask("https://charts.example/a")).toEqual(alice);
    expect(await ask("https://charts.example/b")).toBeUndefined();
    expect(await ask("https://charts.example/")).toBeUndefined();
    expect(await ask("http://charts.example/a")).toBeUndefined();
  });
});

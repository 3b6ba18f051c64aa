/** `sluice publish` beside the real `flux push artifact`: the same tree has the same digest, in a registry that wants a password. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, onTestFinished, test } from "vitest";

import { makePublication } from "../../simulator/node/publish/index.ts";
import { artifactTree } from "../support/artifact-tree.ts";
import { registryUser, startRegistry } from "../support/servers/registry.ts";
import { temporaryFolder } from "../support/temporary-repository.ts";
import { binary } from "./harness/parts.ts";

const created = "2024-01-02T03:04:05Z";
const title = "org.opencontainers.image.title";

test.each([
  ["a folder", ".", { [title]: "Fleet & <friends>" }, false],
  ["a folder, reproducible", ".", {}, true],
  ["a sub-folder", "apps", {}, true],
  ["one file", "apps/web.yaml", {}, true],
] as const)("%s", async (_, path, annotations, reproducible) => {
  const registry = await startRegistry({ auth: "basic" });
  onTestFinished(() => registry.close());
  const root = join(artifactTree(), path);
  const source = "https://example.test/org/fleet?a=1&b=<2>";
  const revision = "main@sha1:4f2a9c1";
  const own = {
    ...annotations,
    ...(reproducible ? {} : { "org.opencontainers.image.created": created }),
  };
  const theirs = await flux(
    ...["push", "artifact", `oci://${registry.host}/org/theirs:v1`, "--path", root],
    ...["--source", source, "--revision", revision, "--output", "json"],
    ...Object.entries(own).flatMap(([key, value]) => ["--annotations", `${key}=${value}`]),
    ...(reproducible ? ["--reproducible"] : []),
    ...["--creds", `${registryUser.username}:${registryUser.password}`],
  );
  const { published, upload } = await makePublication({
    ...{ path: root, source, revision, annotations: own },
    address: `oci://${registry.host}/org/ours:v1`,
    created: reproducible ? "1970-01-01T00:00:00Z" : created,
    wasm: join(import.meta.dirname, "../../dist/engine.wasm"),
  });
  await upload({ insecure: false, credentials: registryUser });
  expect(published.digest).toBe((JSON.parse(theirs) as { digest: string }).digest);
});

/** With a home of its own; the docker configuration there is empty. */
async function flux(...words: readonly string[]): Promise<string> {
  const home = temporaryFolder();
  mkdirSync(join(home, ".docker"));
  writeFileSync(join(home, ".docker/config.json"), "{}");
  const env = { HOME: home, PATH: process.env["PATH"] };
  const { stdout } = await promisify(execFile)(binary("flux"), [...words], { env });
  return stdout;
}

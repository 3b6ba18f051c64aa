/** The plan of an artifact over the wire: both archives are read by the host, and what can't be read is said. */
import { afterEach, expect, test } from "vitest";

import type { ClientRequests } from "../../../language-server/protocol.ts";
import { HostFailure } from "../../../language-server/workspace/host.ts";
import type { ServerHost } from "../../../language-server/workspace/host.ts";
import { treeOf } from "../../support/fixture.ts";
import { createFileSimulator } from "../file-simulator.ts";
import type { Client } from "../lsp-pair.ts";
import { connect } from "../lsp-pair.ts";
import { createMemoryHost } from "../memory-host.ts";

const root = "file:///repo";
const disk = { "a.yaml": "a: 3\n" };
const archives: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "/tmp/old.tgz": { "a.yaml": "a: 1\n" },
  "/tmp/new.tgz": { "a.yaml": "a: 2\n" },
};
let client: Client | undefined;

afterEach(async () => {
  await client?.stop();
  client = undefined;
});

type Plans = ClientRequests["sluice/planPublication"];

async function ask(
  params: Pick<Plans[0], "before" | "after">,
  host: ServerHost = hostWith(),
): Promise<Plans[1]> {
  client = await connect(host, { root });
  await client.next("ready");
  const place = { folder: root, url: "oci://registry.test/fleet", tag: "main", path: "" };
  return client.connection.sendRequest("sluice/planPublication", { ...place, ...params });
}

function hostWith(head?: Readonly<Record<string, string>>): ServerHost {
  const simulator = createFileSimulator();
  return {
    ...createMemoryHost({ root, disk, ...(head && { head }), simulator }),
    readArchive: async (file, label) => {
      const files = archives[file];
      if (files === undefined) throw new HostFailure("unreadable", `${file} can't be read.`);
      return treeOf(files, label);
    },
  };
}

const after = "/tmp/new.tgz";

test("what differs between the archives, whatever the disk has", async () => {
  const { plan, followers } = await ask({ after, before: { file: "/tmp/old.tgz", label: "now" } });
  expect(plan).toMatchObject({ base: "now", target: "the repository", counts: { changed: 1 } });
  expect(followers).toEqual([]);
});

test("without an artifact everything is new", async () => {
  const { plan } = await ask({ after });
  expect(plan).toMatchObject({ counts: { created: 1, changed: 0 } });
});

test("the folder's base stands in for an artifact that can't be read", async () => {
  const { plan } = await ask({ after, before: "base" }, hostWith({ "a.yaml": "a: 0\n" }));
  expect(plan).toMatchObject({ base: "HEAD", counts: { changed: 1 } });
  await client?.stop();
  const without = await ask({ after, before: "base" });
  expect(without.plan).toBeDefined();
  expect(without.plan?.base).toBeUndefined();
});

test("an archive that can't be read, and a host without any, are said", async () => {
  expect(await ask({ after: "/tmp/gone.tgz" })).toEqual({
    failure: "/tmp/gone.tgz can't be read.",
  });
  await client?.stop();
  const { readArchive: _, ...browser } = hostWith();
  expect(await ask({ after }, browser)).toHaveProperty("failure");
});

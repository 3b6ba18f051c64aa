/** The plan between two commits over the wire: the working tree and unsaved text have no part in it. */
import { afterEach, expect, test } from "vitest";

import type { ClientRequests } from "../../../language-server/protocol.ts";
import type { FolderHost, ServerHost } from "../../../language-server/workspace/host.ts";
import { treeOf } from "../../support/fixture.ts";
import { createFileSimulator } from "../file-simulator.ts";
import type { Client } from "../lsp-pair.ts";
import { connect } from "../lsp-pair.ts";
import { createMemoryHost } from "../memory-host.ts";

const root = "file:///repo";
const revisions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  old: { "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" },
  new: { "a.yaml": "a: 2\n", "b.yaml": "b: 1\n" },
};
let client: Client | undefined;

afterEach(async () => {
  await client?.stop();
  client = undefined;
});

type Plans = ClientRequests["sluice/planRevisions"];

async function ask(params: Omit<Plans[0], "folder">, folder = root): Promise<Plans[1]> {
  client ??= await connect(hostWithHistory(), { root });
  await client.next("ready");
  await client.open(`${root}/b.yaml`, "b: unsaved\n");
  return client.connection.sendRequest("sluice/planRevisions", { folder, ...params });
}

/** The disk holds something that no commit has. */
function hostWithHistory(): ServerHost {
  const disk = { "a.yaml": "a: 3\n", "b.yaml": "b: 3\n" };
  const simulator = createFileSimulator();
  const host = createMemoryHost({ root, disk, head: revisions["old"] ?? {}, simulator });
  return {
    ...host,
    async openFolder(uri): Promise<FolderHost> {
      const folder = await host.openFolder(uri);
      return {
        ...folder,
        async base(spec, known, signal) {
          if (spec === "HEAD") return folder.base(spec, known, signal);
          const files = revisions[spec];
          const message = `Git finds no ${spec}.`;
          return files === undefined
            ? { outcome: "none", note: { code: "base-not-found", message } }
            : { outcome: "tree", tree: treeOf(files, spec) };
        },
      };
    },
  };
}

test("what differs between the commits, under the names that people know", async () => {
  const { plan } = await ask({
    base: { revision: "old", label: "origin/main" },
    target: { revision: "new", label: "main" },
  });
  expect(plan).toMatchObject({ base: "origin/main", target: "main", counts: { changed: 1 } });
});

test("without a base nothing is compared", async () => {
  const { plan } = await ask({ target: { revision: "new", label: "main" } });
  expect(plan?.base).toBeUndefined();
  expect(plan?.counts.changed).toBe(0);
});

test("a commit that is not there, and a folder that is not open, are said", async () => {
  const target = { revision: "gone", label: "main" };
  expect(await ask({ target })).toEqual({ failure: "Git finds no gone." });
  const elsewhere = await client?.connection.sendRequest("sluice/planRevisions", {
    folder: "file:///elsewhere",
    target,
  });
  expect(elsewhere).toHaveProperty("failure");
});

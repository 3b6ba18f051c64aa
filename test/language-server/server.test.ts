/** The server over LSP: what a client sees while someone edits, saves, and changes settings. */
import { afterEach, expect, test } from "vitest";

import { HostFailure } from "../../language-server/workspace/host.ts";
import type { FileSimulator } from "./file-simulator.ts";
import { createFileSimulator } from "./file-simulator.ts";
import type { Client, ClientOptions } from "./lsp-pair.ts";
import { connect } from "./lsp-pair.ts";
import type { MemoryHost, MemoryHostOptions } from "./memory-host.ts";
import { createMemoryHost } from "./memory-host.ts";

const root = "file:///repo";
let client: Client | undefined;

afterEach(async () => {
  await client?.stop();
  client = undefined;
});

interface Started {
  readonly client: Client;
  readonly host: MemoryHost;
  readonly simulator: FileSimulator;
}

async function start(options: Partial<MemoryHostOptions & ClientOptions> = {}): Promise<Started> {
  const simulator = createFileSimulator();
  const disk = { "a.yaml": "a: 1\n", "b c.yaml": "b: 1\n" };
  const host = createMemoryHost({ root, disk, head: disk, simulator, ...options });
  client = await connect(host, { root, ...options });
  return { client, host, simulator };
}

const changed = (params: {
  readonly plan: { readonly counts: { readonly changed: number } };
}): number => params.plan.counts.changed;

test("a folder is simulated when it opens", async () => {
  const { client } = await start();
  const { plan, folder, notes } = await client.next("ready");
  expect(folder).toBe(root);
  expect(plan.base).toBe("HEAD");
  expect(changed({ plan })).toBe(0);
  expect(notes).toEqual([]);
});

test("unsaved text changes the plan, and closing without saving takes it back", async () => {
  const { client } = await start();
  await client.next("ready");
  await client.open(`${root}/a.yaml`, "a: 1\n");
  await client.edit(`${root}/a.yaml`, 2, 0, [3, 4], "2");
  const { plan } = await client.next("ready", (params) => changed(params) === 1);
  expect(plan.clusters[0]?.appliers[0]?.changes.map(({ ref }) => ref.name)).toEqual(["a.yaml"]);
  await client.close(`${root}/a.yaml`);
  await client.next("ready", (params) => changed(params) === 0);
});

test("paths with characters that URIs encode are found", async () => {
  const { client } = await start();
  await client.next("ready");
  await client.open(`${root}/b%20c.yaml`, "b: 2 # FIXME\n");
  await client.next("ready", (params) => changed(params) === 1);
  await expect.poll(() => client.diagnostics(`${root}/b%20c.yaml`)).toHaveLength(1);
});

test("an edit reads only its file, and a document elsewhere nothing at all", async () => {
  const { client, host } = await start();
  await client.next("ready");
  await client.open("file:///elsewhere/a.yaml", "a: 3\n");
  await client.open(`${root}/a.yaml`, "a: 2\n");
  await client.next("ready", (params) => changed(params) === 1);
  expect(host.readings).toEqual(["everything", ["a.yaml"]]);
});

test("a newer edit cancels the running simulation, whose late result is never shown", async () => {
  const { client, simulator } = await start();
  await client.next("ready");
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  simulator.holdUntil(() => released);
  await client.open(`${root}/a.yaml`, "a: 2\n");
  const first = await client.next("running");
  await expect.poll(() => simulator.waiting).toBe(1);
  simulator.holdUntil(undefined);
  await client.edit(`${root}/a.yaml`, 2, 0, [3, 4], "3");
  await client.next("ready", ({ revision }) => revision > first.revision);
  release();
  await expect.poll(() => simulator.cancelled).toBe(1);
  await client.edit(`${root}/a.yaml`, 3, 0, [3, 4], "4");
  await client.next("ready");
  const finished = client.plans
    .filter(({ state }) => state === "ready")
    .map((params) => "revision" in params && params.revision);
  expect(finished).not.toContain(first.revision);
});

test("problems are diagnostics at their line, and go when they are mended", async () => {
  const { client } = await start();
  await client.next("ready");
  await client.open(`${root}/a.yaml`, "a: 1\nb: FIXME\n");
  await client.next("ready", ({ plan }) => plan.counts.errors === 1);
  await expect
    .poll(() => client.diagnostics(`${root}/a.yaml`))
    .toMatchObject([
      {
        source: "Sluice",
        code: "simulation/build-failed",
        severity: 1,
        range: { start: { line: 1, character: 0 } },
      },
    ]);
  await client.edit(`${root}/a.yaml`, 2, 1, [3, 8], "2");
  await client.next("ready", ({ plan }) => plan.counts.errors === 0);
  await expect.poll(() => client.diagnostics(`${root}/a.yaml`)).toEqual([]);
});

test("a file that changed on disk is read again, and what Git writes is not", async () => {
  const { client, host } = await start();
  await client.next("ready");
  host.disk["a.yaml"] = "a: 5\n";
  await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [
      { uri: `${root}/.git/index.lock`, type: 1 },
      { uri: `${root}/a.yaml`, type: 2 },
    ],
  });
  await client.next("ready", (params) => changed(params) === 1);
  expect(host.readings.at(-1)).toEqual(["a.yaml"]);
});

test("a commit, which moves HEAD, reads everything again and compares with the new one", async () => {
  const { client, host } = await start();
  const { revision } = await client.next("ready");
  if (host.head) host.head["a.yaml"] = "a: committed\n";
  await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [{ uri: `${root}/.git/refs/heads/main`, type: 2 }],
  });
  const next = await client.next("ready", (params) => params.revision > revision);
  expect(changed(next)).toBe(1);
  expect(host.readings).toEqual(["everything", "everything"]);
});

test("the text of both sides of an object", async () => {
  const { client } = await start();
  await client.next("ready");
  await client.open(`${root}/a.yaml`, "a: 2\n");
  await client.next("ready", (params) => changed(params) === 1);
  const ask = (side: string, name = "a.yaml") =>
    client.connection.sendRequest("sluice/objectText", {
      folder: root,
      applier: "cluster|Kustomization/flux-system/apps",
      object: `v1/ConfigMap/apps/${name}`,
      side,
    });
  expect(await ask("base")).toEqual({ text: "a: 1\n" });
  expect(await ask("target")).toEqual({ text: "a: 2\n" });
  expect(await ask("target", "missing")).toEqual({});
});

test("the outlook of a folder, and nothing for one that is not open", async () => {
  const { client } = await start();
  await client.next("ready");
  const ask = (folder: string) => client.connection.sendRequest("sluice/outlook", { folder });
  expect(await ask(root)).toEqual({ clusters: [] });
  expect(await ask("file:///elsewhere")).toEqual({});
});

test("another base gives another plan", async () => {
  const { client } = await start({ settings: { base: "HEAD" } });
  await client.next("ready");
  await client.changeSettings({ base: "v1" });
  const { plan } = await client.next("ready");
  expect(plan.base).toBe("v1");
});

test("a cluster as the base is asked through the client, and answers what the plan is about", async () => {
  const asked: unknown[] = [];
  const { client } = await start({
    settings: { base: "cluster:staging" },
    askCluster(params) {
      asked.push(params);
      return { status: 403, body: "no" };
    },
  });
  const { plan } = await client.next("ready");
  expect(plan.base).toBe("staging: 403 no");
  expect(asked).toContainEqual({
    context: "staging",
    request: { verb: "get", path: "/api/v1/namespaces" },
  });
  expect(JSON.stringify(asked)).not.toContain("dry-run");
  const [change] = plan.clusters[0]?.appliers[0]?.changes ?? [];
  const text = (side: "base" | "target"): Promise<unknown> =>
    client.connection.sendRequest("sluice/objectText", {
      folder: root,
      applier: change?.applier,
      object: "v1/ConfigMap/apps/a.yaml",
      side,
    });
  expect(await text("base")).toEqual({ text: `live ${change?.id}` });
  expect(await text("target")).toEqual({ text: `applied ${change?.id}` });
  const unchanged = await client.connection.sendRequest("sluice/objectText", {
    folder: root,
    applier: "another",
    object: "v1/ConfigMap/apps/a.yaml",
    side: "base",
  });
  expect(unchanged).toEqual({ text: "a: 1\n" });
});

test("a line of a rendered object leads to the manifest", async () => {
  const { client } = await start();
  await client.next("ready");
  await client.open(`${root}/a.yaml`, "a: 1\nb:\n  c: 2\n");
  const { plan } = await client.next("ready", (params) => changed(params) === 1);
  const [change] = plan.clusters[0]?.appliers[0]?.changes ?? [];
  const answer = await client.connection.sendRequest("sluice/lineOrigin", {
    folder: root,
    applier: change?.applier,
    object: "v1/ConfigMap/apps/a.yaml",
    side: "target",
    line: 3,
  });
  expect(answer).toEqual({ place: { path: "a.yaml", line: 3, column: 3 } });
});

test("without Git there is a plan, and a note about what is missing", async () => {
  const simulator = createFileSimulator();
  const host = createMemoryHost({ root, disk: { "a.yaml": "FIXME\n" }, simulator });
  client = await connect(host, { root });
  const { plan, notes } = await client.next("ready");
  expect(plan.base).toBeUndefined();
  expect(plan.counts.errors).toBe(1);
  expect(notes.map(({ code }) => code)).toEqual(["no-git"]);
});

test("an untrusted workspace fetches nothing and reads no keys until trust is granted", async () => {
  const { client, host } = await start({
    initialization: { trusted: false },
    settings: { offline: false, ageKeyFile: "/keys.txt", allowPrivateNetwork: true },
  });
  const { notes } = await client.next("ready");
  expect(notes.map(({ code }) => code)).toEqual(["untrusted"]);
  expect(host.networks).toEqual([{ offline: true, allowPrivateNetwork: false }]);
  expect(host.keyFiles).toEqual([]);
  await client.connection.sendNotification("sluice/trustGranted", {});
  const trusted = await client.next("ready");
  expect(trusted.notes).toEqual([]);
  expect(host.networks.at(-1)).toEqual({ offline: false, allowPrivateNetwork: true });
  expect(host.keyFiles).toEqual(["/keys.txt"]);
});

test("a missing engine is said, and the server lives on", async () => {
  const failure = new HostFailure("engine-missing", "The engine is missing.");
  const { client } = await start({ failure });
  expect(await client.next("failed")).toMatchObject({
    reason: "engine-missing",
    message: "The engine is missing.",
  });
  expect(await client.connection.sendRequest("sluice/refresh", {})).toBeNull();
});

test("a bug in a simulation is one failed state, and the next edit works again", async () => {
  const { client, simulator } = await start();
  await client.next("ready");
  simulator.holdUntil(() => Promise.reject(new TypeError("a bug")));
  await client.open(`${root}/a.yaml`, "a: 2\n");
  expect((await client.next("failed")).reason).toBe("bug");
  simulator.holdUntil(undefined);
  await client.edit(`${root}/a.yaml`, 2, 0, [3, 4], "3");
  expect(changed(await client.next("ready"))).toBe(1);
});

test("refresh answers after the new plan has been sent", async () => {
  const { client, host } = await start();
  await client.next("ready");
  host.disk["new.yaml"] = "n: 1\n";
  await client.connection.sendRequest("sluice/refresh", {});
  expect(client.plans.at(-1)).toMatchObject({ state: "ready", plan: { counts: { created: 1 } } });
});

test("a workspace folder that is removed takes its plan and its problems along", async () => {
  const { client } = await start({ disk: { "a.yaml": "FIXME\n" } });
  await client.next("ready");
  await expect.poll(() => client.diagnostics(`${root}/a.yaml`)).toHaveLength(1);
  await client.changeFolders({ removed: [root] });
  expect(await client.next("closed")).toEqual({ state: "closed", folder: root });
  await expect.poll(() => client.diagnostics(`${root}/a.yaml`)).toEqual([]);
});

test("two workspace folders of one repository are one tree, until both are gone", async () => {
  const { client } = await start();
  await client.next("ready");
  await client.changeFolders({ added: [`${root}/sub`] });
  await client.changeFolders({ removed: [root] });
  await client.connection.sendRequest("sluice/refresh", {});
  expect(new Set(client.plans.map(({ folder }) => folder))).toEqual(new Set([root]));
  expect(client.plans.at(-1)?.state).toBe("ready");
  await client.changeFolders({ removed: [`${root}/sub`] });
  await client.next("closed");
});

/** The API server dies again and again while objects change: no final state is missed, nothing is there twice, nothing stays open. */
import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import type { LiveSide } from "./live-clusters.ts";
import { eventually, openLiveSide } from "./live-clusters.ts";

let cluster: Cluster;
let side: LiveSide;
const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);

beforeAll(async () => {
  process.on("unhandledRejection", note);
  cluster = await startCluster({
    controllers: [],
    crds: ["source-controller", "kustomize-controller", "helm-controller"],
    healthy: false,
  });
  side = await openLiveSide(cluster.kubeconfig, "admin@test");
});

afterAll(async () => {
  side?.clusters.dispose();
  await cluster?.stop();
  process.off("unhandledRejection", note);
});

const kustomization = (name: string, path: string) => ({
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  metadata: { name, namespace: "flux-system" },
  spec: {
    interval: "1h",
    path,
    prune: true,
    sourceRef: { kind: "GitRepository", name: "repo" },
  },
});

test("twenty deaths of the API server during a wave of updates", async () => {
  const server = cluster.process("kube-apiserver");
  for (let round = 0; round < 20; round++) {
    const wave = Array.from({ length: 8 }, (_, at) =>
      cluster.api.apply(kustomization(`k${at}`, `./round-${round}`)),
    );
    await Promise.allSettled(wave);
    if (round % 4 === 3)
      await cluster.api.delete({ ...ref(`k${round % 8}`) }).catch(() => undefined);
    await server.kill();
    await server.start();
  }
  await Promise.all(
    Array.from({ length: 8 }, (_, at) => cluster.api.apply(kustomization(`k${at}`, "./last"))),
  );
  await cluster.api.delete(ref("k7"));
  await eventually(async () => {
    const listed = await cluster.api.list(
      "kustomize.toolkit.fluxcd.io/v1",
      "Kustomization",
      "flux-system",
    );
    const wanted = listed.map(
      ({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`,
    );
    const seen = [...side.index.all()].map(
      ({ live }) => `${live.ref.name} ${live.uid} ${live.resourceVersion}`,
    );
    expect(seen.sort()).toEqual(wanted.sort());
    expect(seen).toHaveLength(7);
  });
  await eventually(() => {
    expect(side.session.state).toMatchObject({ kind: "connected", loading: false });
    expect(side.session.state).not.toHaveProperty("interrupted");
  });
  expect(rejections).toEqual([]);
});

test("nothing is left open after a switch of contexts and after deactivating: the process ends by itself", async () => {
  const output = await run(join(import.meta.dirname, "open-handles.ts"), [
    [cluster.kubeconfig, cluster.devKubeconfig].join(delimiter),
    "admin@test",
    "dev@test",
  ]);
  const moments = output.split("\n").map((line) => JSON.parse(line) as Moment);
  const count = (when: string, name: string): number =>
    moments.find((moment) => moment.when === when)?.resources[name] ?? 0;
  expect(moments.map(({ when }) => when)).toEqual([
    "before",
    "connected",
    "disconnected",
    "deactivated",
  ]);
  expect(count("connected", "TCPSocketWrap")).toBeGreaterThan(0);
  for (const name of ["TCPSocketWrap", "ProcessWrap"])
    expect([name, count("disconnected", name)]).toEqual([name, count("before", name)]);
});

interface Moment {
  readonly when: string;
  readonly resources: Readonly<Record<string, number>>;
}

/** What the program printed. Nobody ends it: a program that keeps something open is waited for in vain. */
function run(script: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else reject(new Error(stderr, { cause: error }));
    });
  });
}

function ref(name: string) {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    namespace: "flux-system",
    name,
  } as const;
}

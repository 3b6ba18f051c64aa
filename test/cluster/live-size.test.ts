/**
 * Many objects on the real API server, then a storm of changes: nothing is missed, and memory stays where it
 * was. How long things take is measured by `npm run bench:cluster` in a real VS Code, on a machine that has nothing else to do.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { afterAll, beforeAll, expect, test } from "vitest";

import {
  attention,
  clusterChildren,
  objectChildren,
} from "../../extension/model/cluster/live-tree.ts";
import type { ClusterView } from "../../extension/model/cluster/live-tree.ts";
import { Paced } from "../../extension/views/cluster/paced.ts";
import type { Cluster } from "./harness/cluster.ts";
import type { LiveSide } from "./live-clusters.ts";
import { eventually, openLiveSide } from "./live-clusters.ts";
import { changeMany, entriesEach, makeMany, startQuietCluster } from "./many-kustomizations.ts";

const objects = 400;
const changes = 600;
const pace = 250;
const options = { mode: "owner", filter: "" } as const;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let cluster: Cluster;
let side: LiveSide | undefined;

beforeAll(async () => {
  cluster = await startQuietCluster();
  await makeMany(cluster, objects);
});

afterAll(async () => {
  side?.clusters.dispose();
  await cluster?.stop();
});

/** Megabytes. */
function heap(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

test("a storm of changes is followed to its end, in the same memory", async () => {
  const empty = heap();
  const live = await openLiveSide(cluster.kubeconfig, "admin@test", { timing: { pageSize: 200 } });
  side = live;
  expect(live.index.size).toBe(objects);
  // An API server that has just been given a kind refuses it for a moment, which the tree says.
  await eventually(() => expect(clusterChildren(viewOf(live), options)).toHaveLength(10));
  const drawing = startDrawing(live);
  await changeMany(cluster, objects, changes);
  await everythingSeen(live);
  const full = heap();
  // What one object costs: 5,000 of them have to fit into 150 MB.
  expect((full - empty) / objects).toBeLessThan(150 / 5000);
  await changeMany(cluster, objects, changes);
  await everythingSeen(live);
  await eventually(() => expect(drawing.times).toBeGreaterThan(1));
  drawing.stop();
  expect(heap() / full).toBeLessThan(1.15);
  console.log(
    `${objects} objects with ${objects * entriesEach} entries: ${(full - empty).toFixed(1)} MB; ` +
      `${2 * changes} changes in ${drawing.times} drawings`,
  );
});

function viewOf({ clusters }: LiveSide): ClusterView {
  const [one] = clusters.views();
  if (one === undefined) throw new Error("there is no view");
  return one;
}

/** What the views do after each change, at the pace that they do it. */
function startDrawing(live: LiveSide): {
  readonly times: number;
  readonly stop: () => void;
} {
  let times = 0;
  const paced = new Paced(pace, () => {
    times++;
    for (const { target } of clusterChildren(viewOf(live), options))
      if (target.kind === "object") objectChildren(viewOf(live), target.id);
    attention([viewOf(live)]);
  });
  const unsubscribe = live.clusters.onDidChange(() => paced.soon());
  return {
    get times() {
      return times;
    },
    stop: () => {
      unsubscribe();
      paced.dispose();
    },
  };
}

/** The store holds each object in the version that a new list shows. */
async function everythingSeen({ index }: LiveSide): Promise<void> {
  const listed = await cluster.api.list(
    "kustomize.toolkit.fluxcd.io/v1",
    "Kustomization",
    "flux-system",
  );
  const wanted = listed.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
  await eventually(() => {
    const seen = [...index.all()].map(({ live }) => `${live.ref.name} ${live.resourceVersion}`);
    expect(seen.sort()).toEqual(wanted.sort());
  });
}

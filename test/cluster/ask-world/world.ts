/** An API server that knows the custom resource of `questions.ts`, and nobody who acts on it: for the tests of one file. */
import { afterAll, beforeAll } from "vitest";

import type { Live } from "#simulator";
import { createLive } from "#simulator/cluster";
import type { OpenLive } from "#simulator/cluster";
import { startCluster } from "../harness/cluster.ts";
import type { Cluster } from "../harness/cluster.ts";
import { widgets } from "./questions.ts";

export interface AskWorld {
  readonly cluster: Cluster;
  /** With all rights. */
  readonly live: Live;
}

export function useAskWorld(): AskWorld {
  let cluster: Cluster | undefined;
  let live: OpenLive | undefined;
  beforeAll(async () => {
    cluster = await startCluster({ controllers: [], healthy: false });
    live = createLive([cluster.kubeconfig], "admin@test");
    await cluster.api.apply(widgets);
  });
  afterAll(async () => {
    live?.close();
    await cluster?.stop();
  });
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error("the cluster starts before the first test");
    return part;
  };
  return {
    get cluster() {
      return started(cluster);
    },
    get live() {
      return started(live);
    },
  };
}

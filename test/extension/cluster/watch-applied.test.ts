/** When a plan against a cluster is out of date. */
import { afterEach, expect, test, vi } from "vitest";

import { watchApplied } from "../../../extension/cluster/watch-applied.ts";
import type { ClustersChange } from "../../../extension/cluster/clusters.ts";
import type { LiveObject } from "../../../extension/model/cluster/live-object.ts";
import { toLiveObject } from "../../../extension/model/cluster/live-object.ts";
import { gitRepository, kustomization, ready } from "./live-objects.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Puts objects, and says how often somebody was told. */
function world() {
  vi.useFakeTimers();
  const store = new Map<string, LiveObject>();
  let tell: (change: ClustersChange) => void = () => undefined;
  let told = 0;
  const clusters = {
    onDidChange(listener: (change: ClustersChange) => void) {
      tell = listener;
      return () => (tell = () => undefined);
    },
    session: () => ({ store: { get: (id: string) => store.get(id) } }) as never,
  };
  const end = watchApplied(clusters, () => void told++);
  return {
    end,
    told: () => told,
    put(...objects: readonly Parameters<typeof toLiveObject>[0][]) {
      const live = objects.flatMap((object) => toLiveObject(object) ?? []);
      for (const one of live) store.set(one.id, one);
      tell({ kind: "objects", context: "staging", ids: new Set(live.map(({ id }) => id)) });
      vi.advanceTimersByTime(2000);
    },
  };
}

const applied = (revision: string, message = "Applied") =>
  kustomization("apps", { status: { ...ready(message), lastAppliedRevision: revision } });

test("another revision, a failure and a new applier are told; what says nothing new is not", () => {
  const one = world();
  one.put(applied("main@sha1:1"));
  expect(one.told()).toBe(0);
  one.put(applied("main@sha1:1", "Applied once more"));
  one.put(gitRepository("flux-system", { status: ready() }));
  expect(one.told()).toBe(0);
  one.put(applied("main@sha1:2"));
  expect(one.told()).toBe(1);
  one.put(kustomization("new"));
  expect(one.told()).toBe(2);
});

test("a wave of moves is told once, and nothing after the end", () => {
  const one = world();
  one.put(applied("main@sha1:1"));
  one.put(applied("main@sha1:2"), kustomization("a"), kustomization("b"));
  expect(one.told()).toBe(1);
  one.end();
  one.put(applied("main@sha1:3"));
  expect(one.told()).toBe(1);
});

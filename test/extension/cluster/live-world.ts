/** A cluster of test objects with the index over them, as the views see it. */
import type { JsonObject } from "#simulator";

import { LiveIndex } from "../../../extension/model/cluster/live-index.ts";
import type { LiveObject } from "../../../extension/model/cluster/live-object.ts";
import { toLiveObject } from "../../../extension/model/cluster/live-object.ts";
import type { ClusterView } from "../../../extension/model/cluster/live-tree.ts";
import type { SessionState } from "../../../extension/model/cluster/session-state.ts";

/** Metadata of what a Kustomization applied. */
export const ownedBy = (name: string): JsonObject => ({
  labels: {
    "kustomize.toolkit.fluxcd.io/name": name,
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
  },
});
export const id = (name: string): string =>
  `kustomize.toolkit.fluxcd.io/Kustomization/flux-system/${name}`;
export const connected: Extract<SessionState, { kind: "connected" }> = {
  kind: "connected",
  version: "v1.36.4",
  kinds: 19,
  loading: false,
  restricted: [],
};

export class World {
  readonly objects = new Map<string, LiveObject>();
  readonly index = new LiveIndex(() => Date.parse("2026-02-01T00:00:00Z"));

  constructor(...objects: readonly JsonObject[]) {
    this.put(...objects);
  }

  put(...objects: readonly JsonObject[]): ReadonlySet<string> {
    const ids = objects.map((object) => {
      const one = toLiveObject(object);
      if (one === undefined) throw new Error("no object");
      this.objects.set(one.id, one);
      return one.id;
    });
    return this.index.update(ids, (one) => this.objects.get(one));
  }

  remove(name: string): ReadonlySet<string> {
    this.objects.delete(id(name));
    return this.index.update([id(name)], (one) => this.objects.get(one));
  }

  view(state: SessionState = connected): ClusterView {
    return {
      context: "test",
      state,
      index: this.index,
      isCurrent: false,
      managed: () => ({ kind: "asking" }),
    };
  }

  roots(): readonly string[] {
    return this.index
      .roots()
      .map(({ live: { ref } }) => ref.name)
      .sort();
  }
}

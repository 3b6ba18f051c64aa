/** Every object of a cluster at one moment, by `group/Kind/namespace/name`, without what the oracle itself asked for on it. */
import type { JsonObject, Live } from "#simulator";
import { objectAt, textAt } from "#simulator";
import { forgetKinds, servedKinds } from "../../../simulator/live/ask/kinds.ts";
import { listObjects } from "../../../simulator/live/ask/read.ts";
import { requestedAt } from "./settled.ts";

export type Snapshot = ReadonlyMap<string, JsonObject>;

/** What comes and goes by itself. */
const leftOut = new Set(["/Event", "events.k8s.io/Event", "coordination.k8s.io/Lease"]);

export async function takeSnapshot(live: Live): Promise<Snapshot> {
  // Kinds may have come since the last one.
  forgetKinds(live);
  const kinds = await servedKinds(live, undefined);
  if (kinds.outcome !== "known") throw new Error(kinds.message);
  const objects = new Map<string, JsonObject>();
  const refs = [...kinds.preferred.values()].filter(
    ({ group, kind }) => !leftOut.has(`${group}/${kind}`),
  );
  await Promise.all(
    refs.map(async ({ group, kind }) => {
      const list = await listObjects(live, { group, kind });
      // Some kinds are questions only, and can't be listed.
      for (const object of list.outcome === "found" ? list.objects : []) {
        const metadata = objectAt(object, "metadata");
        const place = `${textAt(metadata, "namespace") ?? ""}/${textAt(metadata, "name") ?? ""}`;
        objects.set(`${group}/${kind}/${place}`, withoutRequest(object));
      }
    }),
  );
  return objects;
}

function withoutRequest(object: JsonObject): JsonObject {
  const metadata = objectAt(object, "metadata");
  const { [requestedAt]: request, ...annotations } = objectAt(metadata, "annotations");
  return request === undefined ? object : { ...object, metadata: { ...metadata, annotations } };
}

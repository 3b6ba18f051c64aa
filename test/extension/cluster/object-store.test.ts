/** How those who look at all objects are told about changes. */
import { expect, test } from "vitest";

import { ObjectStore } from "../../../extension/cluster/object-store.ts";
import { kustomization } from "./live-objects.ts";
import { id } from "./live-world.ts";

test("changes are told in one bundle, at once to somebody who looks now, and only once", () => {
  const never = 1_000_000;
  const store = new ObjectStore({ interval: never, settle: never });
  const bundles: (readonly string[])[] = [];
  store.onDidChange((ids) => bundles.push([...ids]));
  store.flush();
  store.put("scope", [kustomization("a"), kustomization("b")]);
  store.remove("scope", kustomization("b"));
  expect(bundles).toEqual([]);
  store.flush();
  store.flush();
  expect(bundles).toEqual([[id("a"), id("b")]]);
  store.put("scope", [kustomization("c")]);
  store.dispose();
  store.flush();
  expect(bundles).toHaveLength(1);
});

/** Changes that nobody applies, because something is suspended, paused or left alone. */
import { describe, expect, it } from "vitest";

import { configMap } from "../../../support/flux.ts";
import { edited } from "../../../support/fixture.ts";
import { treeOf, useRisks } from "./check-risks.ts";

const { risks, plan } = useRisks();

const suspend = { apps: "  suspend: true" };
const one = (value: string, metadata = ""): string => configMap("one", value, metadata);
const deployment = (image: string, spec: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: apps }
spec:
  selector: { matchLabels: { app: web } }
${spec}  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`;

describe("is a risk", () => {
  it("a change below a suspended Kustomization, with the number of objects", async () => {
    const before = treeOf({ "apps/it.yaml": one("1") }, suspend);
    const after = { "apps/it.yaml": one("2"), "apps/new.yaml": configMap("new", "1") };
    const found = await plan(before, edited(before, after));
    expect(found.risks).toMatchObject([
      { code: "risk/not-applied", severity: "medium", object: { name: "apps" } },
    ]);
    expect(found.risks?.[0]?.message).toContain("2 objects");
    expect(found.counts).toMatchObject({ changed: 0, created: 0 });
  });

  it("one that gets suspended with the push", async () => {
    const files = { "apps/it.yaml": one("1") };
    expect(await risks(treeOf(files), treeOf(files, suspend))).toEqual([
      "low not-applied Kustomization/apps",
    ]);
  });

  it("an object that is to be left alone", async () => {
    const metadata = (state: string): string =>
      `  annotations: { kustomize.toolkit.fluxcd.io/${state} }\n`;
    for (const state of ["reconcile: disabled", "ssa: Ignore", "ssa: IfNotPresent"]) {
      const before = treeOf({ "apps/it.yaml": one("1", metadata(state)) });
      expect(await risks(before, { "apps/it.yaml": one("2", metadata(state)) })).toEqual([
        "low not-applied ConfigMap/one",
      ]);
    }
  });

  it("a source that sleeps", async () => {
    const path = "cluster/flux-system/gotk-sync.yaml";
    const before = treeOf({ "apps/it.yaml": one("1") });
    const text = new TextDecoder().decode(before.files.get(path)?.bytes);
    const asleep = edited(before, {
      [path]: text.replace("interval: 1m", "interval: 1m\n  suspend: true"),
    });
    expect(await risks(asleep, { "apps/it.yaml": one("2") })).toEqual([
      "medium not-applied Kustomization/apps",
    ]);
  });

  it("a rollout that is paused", async () => {
    const before = treeOf({ "apps/it.yaml": deployment("web:1", "  paused: true\n") });
    expect(
      await risks(before, { "apps/it.yaml": deployment("web:2", "  paused: true\n") }),
    ).toEqual(["medium not-applied Deployment/web"]);
  });
});

describe("is no risk", () => {
  it("what was suspended and stays the same", async () => {
    const before = treeOf({ "apps/it.yaml": one("1") }, suspend);
    expect(await risks(before, { "other/new.yaml": configMap("new", "1") })).toEqual([]);
  });

  it("what is resumed with the push", async () => {
    const before = treeOf({ "apps/it.yaml": one("1") }, suspend);
    expect(await risks(before, treeOf({ "apps/it.yaml": one("2") }))).toEqual([]);
  });

  it("a rollout that goes on, or something else of a paused one", async () => {
    const paused = "  paused: true\n";
    const before = treeOf({ "apps/it.yaml": deployment("web:1", paused) });
    expect(await risks(before, { "apps/it.yaml": deployment("web:2", "") })).toEqual([]);
    expect(
      await risks(before, { "apps/it.yaml": deployment("web:1", `${paused}  replicas: 2\n`) }),
    ).toEqual([]);
  });
});

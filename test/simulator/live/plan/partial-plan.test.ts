/** A cluster that does not answer, and secrets that are on it. */
import { describe, expect, test } from "vitest";

import type { FileTree } from "#simulator";
import { edited } from "../../../support/fixture.ts";
import { configMap, kustomization } from "../../../support/flux.ts";
import { at, base, codes, lines, options, useLivePlans } from "./plan-bench.ts";

const { bench, start, plan } = useLivePlans();

describe("a cluster that does not answer", () => {
  const target = edited(base, {
    "apps/one.yaml": configMap("one", "changed"),
    "other/three.yaml": configMap("three", "changed"),
  });

  test("leaves a plan that says so, with what the repository knows", async () => {
    const cluster = await start();
    cluster.intercept = ({ path }) =>
      path === at("one") ? { status: 0, body: "connect ECONNREFUSED" } : undefined;
    const previous = await bench.simulate(base, options);
    const found = await plan(target, cluster, { previous });
    expect(lines(found)).toEqual([
      'apps: changed ConfigMap/one /data/key "1"→"changed"',
      'other: changed ConfigMap/three /data/key "3"→"changed"',
    ]);
    const known = found.clusters[0]?.appliers.flatMap(({ changes }) =>
      changes.map((one) => one.known),
    );
    expect(known).toEqual(["repository", "dry-run"]);
    expect(found.live).toMatchObject({ known: { unanswered: 1, repository: 1 } });
    expect(found.live?.partial).toContain("lost");
    expect(codes(found)).toEqual(["live-unanswered"]);
  });

  test("is not asked after cancelling", async () => {
    const cluster = await start();
    const abort = new AbortController();
    cluster.intercept = () => {
      abort.abort();
      return undefined;
    };
    await expect(plan(target, cluster, { signal: abort.signal })).rejects.toThrow(/abort/i);
  });
});

describe("secrets", () => {
  const vars = (value: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata: {name: vars, namespace: flux-system}\nstringData: {PASSWORD: ${value}}\n`;
  const tree = (value: string): FileTree =>
    edited(base, {
      "cluster/vars.yaml": vars(value),
      "cluster/apps.yaml": kustomization(
        "apps",
        "./apps",
        "  postBuild: {substituteFrom: [{kind: Secret, name: vars}]}",
      ),
      "apps/one.yaml": configMap("one", "user:${PASSWORD}@host"),
    });

  test("are digests, those of the cluster's side as well", async () => {
    const cluster = await start(tree("planted-old-value"));
    const found = await plan(tree("planted-new-value"), cluster);
    expect(lines(found)).toEqual([
      expect.stringMatching(
        /^flux-system: changed Secret\/vars \/data\/PASSWORD "secret-[0-9a-f]+"→"secret-[0-9a-f]+"$/,
      ),
      expect.stringMatching(
        /^apps: changed ConfigMap\/one \/data\/key "[^"]*secret-[^"]*"→"user:secret-[0-9a-f]+@host"$/,
      ),
    ]);
    const texts = found.clusters[0]?.appliers.flatMap(({ changes }) =>
      changes.map(({ id }) => bench.simulator.liveTexts(found, id)),
    );
    expect(JSON.stringify([found, texts])).not.toContain("planted");
    expect(JSON.stringify([found, texts])).not.toContain(btoa("planted-old-value"));
  });

  test("stay hidden when the field says something else now", async () => {
    const cluster = await start(tree("planted-old-value"));
    const open = edited(tree("planted-new-value"), {
      "apps/one.yaml": configMap("one", "nothing"),
    });
    const found = await plan(open, cluster);
    expect(lines(found).at(-1)).toMatch(/"user:secret-[0-9a-f]+@host"→"nothing"$/);
    expect(JSON.stringify(found)).not.toContain("planted");
  });
});

/** Parts of a plan, made apart and put together: the same as the whole, byte for byte, whatever the number of parts. */
import { describe, expect, it } from "vitest";

import { defaultOptions, mergePlans } from "#simulator";
import type { FileTree, Plan, PlanPart } from "#simulator";
import { configMap } from "../../support/flux.ts";
import { edited, fixture } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";

const bench = useSimulator();

/** A cluster in a folder of its own, with an image that other clusters may name as well. */
function cluster(name: string, image: string, source = "flux-system"): string {
  return `#- clusters/${name}/flux-system/gotk-sync.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: "ssh://git@example.test/org/fleet" }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 10m, path: ./clusters/${name}, prune: true, sourceRef: { kind: GitRepository, name: flux-system } }
#- clusters/${name}/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { interval: 1h, path: ./apps/${name}, prune: true, sourceRef: { kind: GitRepository, name: ${source} } }
#- apps/${name}/pod.yaml
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: apps }
spec: { containers: [{ name: web, image: "${image}" }] }
#- apps/${name}/data.yaml
${configMap("data", name)}`;
}

/** Nothing applies it, so it is found by what the others do not reach. */
const orphan = `#- spare/main.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: spare, namespace: flux-system }
spec: { interval: 1h, path: ./spare/apps, prune: true, sourceRef: { kind: GitRepository, name: elsewhere } }
#- spare/apps/a.yaml
${configMap("spare", "1")}`;

const base = fixture(
  [
    cluster("a", "web:1"),
    cluster("b", "web:1"),
    cluster("c", "web:2"),
    cluster("d", "web:3"),
    cluster("f", "web:3"),
    orphan,
  ].join("\n"),
  "HEAD",
);

/** Changes in several clusters: a new one, a lost one, an old and a new error, risks, images that come and go. */
const target = edited(
  edited(base, {
    "apps/a/pod.yaml": undefined,
    "apps/b/pod.yaml":
      'apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: apps }\nspec: { containers: [{ name: web, image: "web:0" }] }\n',
    "apps/c/kustomization.yaml": "resources: [absent.yaml]\n",
    "clusters/d/flux-system/gotk-sync.yaml": undefined,
    "clusters/d/apps.yaml": undefined,
    "spare/apps/a.yaml": configMap("spare", "2"),
    "broken/ks.yaml":
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: x, namespace: y\n",
  }),
  Object.fromEntries(
    [...fixture(cluster("0", "web:4", "missing")).files].map(([path, { bytes }]) => [
      path,
      new TextDecoder().decode(bytes),
    ]),
  ),
);

async function plan(
  from: FileTree,
  to: FileTree,
  shard?: { readonly index: number; readonly count: number },
): Promise<Plan> {
  const options = { ...defaultOptions, ...(shard && { shard }) };
  const before = await bench.simulator.simulate(from, options);
  const order = before.allClusters ?? [];
  const after = await bench.simulator.simulate(
    { ...to, label: "working tree" },
    shard ? { ...options, shard: { ...shard, order } } : options,
  );
  return bench.simulator.plan(before, after);
}

/** As `sluice diff -o json` writes it. */
function textOf({ stats: _stats, ...rest }: Plan): string {
  return JSON.stringify(rest, undefined, 2);
}

async function parts(count: number): Promise<readonly PlanPart[]> {
  const made: PlanPart[] = [];
  for (let index = 1; index <= count; index++) {
    const text = textOf(await plan(base, target, { index, count }));
    made.push({ name: `${index}.json`, plan: JSON.parse(text) as Plan });
  }
  return made;
}

describe("parts of a plan", () => {
  it.each([1, 2, 3, 7])("%i of them make the whole", async (count) => {
    const whole = await plan(base, target);
    const made = await parts(count);
    const merged = mergePlans([...made].reverse());
    expect(merged).toMatchObject({ outcome: "merged" });
    if (merged.outcome === "merged") expect(textOf(merged.plan)).toBe(textOf(whole));
    // The comparison is worth something only if there is something of everything.
    expect(whole.clusters.map(({ name }) => name)).toEqual([
      "clusters/0",
      "clusters/a",
      "clusters/b",
      "clusters/c",
      "clusters/d",
      "clusters/f",
      "spare",
    ]);
    expect(whole.counts).toMatchObject({ created: expect.any(Number) as number, errors: 3 });
    expect(whole.images).toEqual({ added: ["web:0"], removed: ["web:1"] });
    expect(whole.risks?.map(({ code }) => code)).toEqual(["risk/version-backwards"]);
  });

  it("hold each cluster once, and together all of them", async () => {
    const made = await parts(3);
    const names = made.flatMap(({ plan: { clusters } }) => clusters.map(({ name }) => name));
    expect(names.sort()).toEqual([
      "clusters/0",
      "clusters/a",
      "clusters/b",
      "clusters/c",
      "clusters/d",
      "clusters/f",
      "spare",
    ]);
    expect(made.every(({ plan: { clusters } }) => clusters.length > 0)).toBe(true);
  });

  it("hold no image by its name that both sides have: it may be a secret", async () => {
    const [one] = await parts(1);
    expect(one?.plan.shard?.images.before).toHaveLength(2);
    expect(JSON.stringify(one?.plan.shard)).not.toContain("web:3");
    const names = Object.values(one?.plan.shard?.images.names ?? {});
    expect(names.map(([, name]) => name).sort()).toEqual(["web:0", "web:1"]);
  });

  it("are refused when one is missing, there twice, or of another plan", async () => {
    const [one, two] = await parts(2);
    if (one === undefined || two === undefined) throw new Error("there are two");
    const other = { name: "other.json", plan: { ...two.plan, target: "v2" } };
    for (const [given, message] of [
      [[], "nothing to merge"],
      [[one], "Part 2 of 2 is missing"],
      [[one, two, one], "twice"],
      [[one, other], "different plans"],
      [[{ name: "whole.json", plan: await plan(base, target) }], "nothing to merge"],
    ] as const) {
      const merged = mergePlans(given);
      expect(merged.outcome === "refused" ? merged.message : "").toContain(message);
    }
  });
});

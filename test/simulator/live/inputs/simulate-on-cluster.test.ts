/** What a simulation takes from a live cluster, what wins when both have it, and what is asked for. */
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createFactsReader, defaultOptions, simulateOnCluster } from "#simulator";
import type { FactsReaderOptions, FileTree, Live, Simulation } from "#simulator";
import { fixture } from "../../../support/fixture.ts";
import { gotkSync, kustomization } from "../../../support/flux.ts";
import { memoryCluster } from "../../../support/memory-cluster.ts";
import { useSimulator } from "../../../support/simulator.ts";

const bench = useSimulator();

function simulate(
  tree: FileTree,
  live: Live,
  options: FactsReaderOptions = {},
): Promise<Simulation> {
  const reader = createFactsReader(live, options);
  return simulateOnCluster(bench.simulator, tree, { ...defaultOptions, paths: ["cluster"] }, live, {
    reader,
  });
}

/** `data` of the rendered ConfigMap `out`. */
async function outOf(simulation: Simulation): Promise<unknown> {
  const entries = await bench.simulator.rendered(simulation, { secrets: "show", origins: false });
  const found = entries.find(({ ref }) => ref.name === "out");
  return found === undefined ? undefined : (JSON.parse(found.json) as { data: unknown }).data;
}

const withVariables = (kind: string, more = ""): FileTree =>
  fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", `  postBuild: { substituteFrom: [{ kind: ${kind}, name: vars }] }\n`)}
#- apps/out.yaml
{apiVersion: v1, kind: ConfigMap, metadata: {name: out, namespace: apps}, data: {k: "\${color}"}}
${more}`);

const vars = (kind: string, color: string): string =>
  `apiVersion: v1
kind: ${kind}
metadata: { name: vars, namespace: flux-system }
${kind === "Secret" ? "stringData" : "data"}: { color: ${color} }
`;

describe("variables", () => {
  it("come from a ConfigMap that only the cluster has", async () => {
    const simulation = await simulate(
      withVariables("ConfigMap"),
      memoryCluster(vars("ConfigMap", "blue")),
    );
    expect(await outOf(simulation)).toEqual({ k: "blue" });
    expect(simulation.lacking).toEqual([]);
    expect(simulation.taken).toContain("ConfigMap/flux-system/vars");
  });

  it("come from a Secret, and are digests wherever they are shown", async () => {
    const planted = "s3cr3t-planted-value";
    const simulation = await simulate(
      withVariables("Secret"),
      memoryCluster(vars("Secret", planted)),
    );
    expect(await outOf(simulation)).toEqual({ k: planted });
    const plan = await bench.simulator.plan(undefined, simulation);
    const text = await bench.simulator.applierText(
      simulation,
      "cluster|Kustomization/flux-system/apps",
    );
    expect(text).toMatch(/k: secret-[0-9a-f]{12}/);
    expect(JSON.stringify([plan, simulation.taken, simulation.problems])).not.toContain(planted);
  });

  it("come from the repository where it applies the same object", async () => {
    const tree = withVariables("ConfigMap", `#- cluster/vars.yaml\n${vars("ConfigMap", "green")}`);
    const live = memoryCluster(vars("ConfigMap", "blue"));
    const reader = createFactsReader(live);
    const options = { ...defaultOptions, paths: ["cluster"] };
    // Known from before, when the repository did not have it.
    await simulateOnCluster(bench.simulator, withVariables("ConfigMap"), options, live, { reader });
    const simulation = await simulateOnCluster(bench.simulator, tree, options, live, { reader });
    expect(await outOf(simulation)).toEqual({ k: "green" });
    expect(simulation.taken).not.toContain("ConfigMap/flux-system/vars");
  });

  it("come from the cluster where the repository only creates the object or is suspended", async () => {
    const kept = vars("ConfigMap", "green").replace(
      "flux-system }",
      "flux-system, annotations: { kustomize.toolkit.fluxcd.io/ssa: IfNotPresent } }",
    );
    const live = memoryCluster(vars("ConfigMap", "blue"));
    const onlyCreated = withVariables("ConfigMap", `#- cluster/vars.yaml\n${kept}`);
    expect(await outOf(await simulate(onlyCreated, live))).toEqual({ k: "blue" });
    expect(await outOf(await simulate(onlyCreated, memoryCluster()))).toEqual({ k: "green" });
    const suspended = withVariables(
      "ConfigMap",
      `#- cluster/config.yaml
${kustomization("config", "./config", "  suspend: true\n")}
#- config/vars.yaml
${vars("ConfigMap", "green")}`,
    );
    expect(await outOf(await simulate(suspended, live))).toEqual({ k: "blue" });
  });

  it("come from the cluster where the repository leaves a field to others", async () => {
    const rule = (path: string): string =>
      `  ignore: [{ paths: ["${path}"], target: { kind: ConfigMap, name: vars } }]\n`;
    const tree = (path: string) =>
      withVariables(
        "ConfigMap",
        `#- cluster/config.yaml
${kustomization("config", "./config", rule(path))}
#- config/vars.yaml
${vars("ConfigMap", "green")}`,
      );
    const live = memoryCluster(vars("ConfigMap", "blue"));
    for (const path of ["/data", "/data/color"])
      expect(await outOf(await simulate(tree(path), live))).toEqual({ k: "blue" });
    expect(await outOf(await simulate(tree("/data/other"), live))).toEqual({ k: "green" });
    expect(await outOf(await simulate(tree("/data"), memoryCluster()))).toEqual({ k: "green" });
  });

  it("stay unknown when they may not be read, which is said once", async () => {
    const live = memoryCluster(vars("Secret", "blue"));
    live.refuse("/secrets/vars");
    const simulation = await simulate(withVariables("Secret"), live);
    expect(await outOf(simulation)).toMatchObject({ k: expect.stringContaining("SLUICE_UNKNOWN") });
    expect(simulation.problems.filter(({ code }) => code === "live-unanswered")).toEqual([
      expect.objectContaining({ applier: "cluster|Kustomization/flux-system/apps" }),
    ]);
    expect(live.asked.filter((path) => path.endsWith("/secrets/vars"))).toHaveLength(1);
  });

  it("are missing for certain when the cluster does not have them either", async () => {
    const simulation = await simulate(withVariables("Secret"), memoryCluster());
    expect(simulation.appliers.find(({ ref }) => ref.name === "apps")).toMatchObject({
      state: "failed",
    });
  });
});

describe("what is asked", () => {
  it("is remembered from one simulation to the next, and looked at again when it is old", async () => {
    const live = memoryCluster(vars("ConfigMap", "blue"));
    let now = 0;
    const reader = createFactsReader(live, { now: () => now, maxAge: 100 });
    const options = { ...defaultOptions, paths: ["cluster"] };
    const tree = withVariables("ConfigMap");
    const again = () => simulateOnCluster(bench.simulator, tree, options, live, { reader });
    const first = await again();
    const count = live.asked.length;
    live.put(vars("ConfigMap", "red"));
    expect(await again()).toBe(first);
    expect(live.asked).toHaveLength(count);
    now = 200;
    expect(await outOf(await again())).toEqual({ k: "red" });
    const repeated = live.asked.slice(count).filter((path) => path.includes("/api/v1/"));
    expect(repeated).toEqual(["/api/v1/namespaces/flux-system/configmaps/vars"]);
    reader.forget("ConfigMap/flux-system/vars");
    live.remove("ConfigMap", "flux-system", "vars");
    expect((await again()).appliers.find(({ ref }) => ref.name === "apps")?.state).toBe("failed");
  });

  it("is never a Secret with keys, unless the user says so", async () => {
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", "  decryption: { provider: sops, secretRef: { name: keys } }\n")}
#- apps/out.yaml
{apiVersion: v1, kind: ConfigMap, metadata: {name: out, namespace: apps}, data: {k: a}}
`);
    const silent = memoryCluster();
    await simulate(tree, silent);
    expect(silent.asked.filter((path) => path.includes("secrets"))).toEqual([]);
    expect(silent.asked.length).toBeGreaterThan(0);
  });

  it("is the Secret with keys when the user says so, and then it decrypts", async () => {
    const testdata = new URL("../../../../simulator/engine/sops/testdata/", import.meta.url);
    const read = (name: string): string => readFileSync(new URL(name, testdata), "utf8");
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", "  decryption: { provider: sops, secretRef: { name: keys } }\n")}
#- apps/secret.yaml
${read("secret.yaml")}`);
    const keys = JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "keys", namespace: "flux-system" },
      data: { "identity.agekey": btoa(read("key.txt")) },
    });
    const state = async (options: FactsReaderOptions) =>
      (await simulate(tree, memoryCluster(keys), options)).problems.map(({ code }) => code);
    expect(await state({})).toContain("undecrypted");
    expect(await state({ decryptionKeys: true })).not.toContain("undecrypted");
  });

  it("is not waited for once the connection is lost, and asked again when it is back", async () => {
    const many = Array.from({ length: 60 }, (_, at) => `{ kind: ConfigMap, name: vars-${at} }`);
    const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", `  postBuild: { substituteFrom: [${many.join(", ")}] }\n`)}
#- apps/out.yaml
{apiVersion: v1, kind: ConfigMap, metadata: {name: out, namespace: apps}, data: {k: "\${color}"}}
`);
    const live = memoryCluster();
    for (let at = 0; at < 60; at++)
      live.put(
        `{apiVersion: v1, kind: ConfigMap, metadata: {name: vars-${at}, namespace: flux-system}, data: {color: blue}}`,
      );
    live.refuse("/configmaps", 0);
    const reader = createFactsReader(live);
    const options = { ...defaultOptions, paths: ["cluster"] };
    const again = () => simulateOnCluster(bench.simulator, tree, options, live, { reader });
    const simulation = await again();
    expect(simulation.appliers.find(({ ref }) => ref.name === "apps")?.state).toBe("ready");
    expect(simulation.problems.some(({ code }) => code === "live-unanswered")).toBe(true);
    // Twenty at once, each tried twice.
    expect(live.asked.filter((path) => path.includes("/configmaps")).length).toBeLessThan(41);
    live.allow();
    expect(await outOf(await again())).toEqual({ k: "blue" });
  });

  it("is nothing at all without a cluster", async () => {
    const simulation = await bench.simulate(withVariables("ConfigMap"), { paths: ["cluster"] });
    expect(simulation.lacking).toBeUndefined();
    expect(simulation.taken).toBeUndefined();
  });

  it("ends when the user cancels", async () => {
    const live = memoryCluster();
    const controller = new AbortController();
    controller.abort();
    const options = { ...defaultOptions, paths: ["cluster"] };
    await expect(
      simulateOnCluster(bench.simulator, withVariables("ConfigMap"), options, live, {
        signal: controller.signal,
      }),
    ).rejects.toThrow(/abort/i);
  });
});

/** What questions about provenance cost: they are remembered, end with their budget and can be cancelled. */
import { afterAll, expect, test } from "vitest";

import { createSimulator, defaultOptions } from "#simulator";
import type { Simulation, Simulator } from "#simulator";
import { createNodeEngine } from "#simulator/node";

import { fixture } from "../../support/fixture.ts";
import { gotkSync } from "../../support/flux.ts";
import { noSources } from "../../support/simulator.ts";

const tree = fixture(`${gotkSync}
#- cluster/release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: flux-system
spec:
  interval: 1h
  chart:
    spec:
      chart: ./charts/app
      sourceRef: {kind: GitRepository, name: flux-system}
      valuesFiles: [charts/app/values.yaml, charts/app/values-more.yaml]
  values:
    mode: fast
    one: a
    two: b
    three: c
#- charts/app/Chart.yaml
apiVersion: v2
name: app
version: 1.2.3
#- charts/app/values.yaml
size: small
shape: round
#- charts/app/values-more.yaml
# takes its place
size: large
#- charts/app/values.schema.json
{"properties": {"mode": {"enum": ["fast"]}}, "required": ["mode"]}
#- charts/app/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: config
data:
  both: {{ .Values.one }}-{{ .Values.two }}
  mode: {{ .Values.mode }}
  constant: always
  size: {{ .Values.size }}
  shape: {{ .Values.shape }}
`);

const engine = createNodeEngine({ jobs: 1 });
afterAll(() => engine.dispose());

let renders = 0;
const counting: typeof engine = {
  ...engine,
  call(call, request, artifacts, signal) {
    renders++;
    return engine.call(call, request, artifacts, signal);
  },
};

interface World {
  readonly simulator: Simulator;
  readonly simulation: Simulation;
}

async function start(experimentTime = Number.POSITIVE_INFINITY): Promise<World> {
  const simulator = createSimulator({ engine: counting, sources: noSources, experimentTime });
  const simulation = await simulator.simulate(tree, { ...defaultOptions, paths: ["cluster"] });
  return { simulator, simulation };
}

const release = "cluster|HelmRelease/flux-system/web";

function ask({ simulator, simulation }: World, key: string, signal?: AbortSignal) {
  const object = "v1/ConfigMap/flux-system/config";
  const question = { object, path: ["data", key], shown: `  ${key}: ` };
  return simulator.lineOrigins(simulation, release, question, signal);
}

async function deciding(world: World, key: string): Promise<readonly string[] | undefined> {
  const answer = await ask(world, key);
  expect(answer?.isComplete).toBe(true);
  return answer?.deciders.map(({ site, effect }) => `${effect} ${site.path.join(".")}`);
}

test("several values decide one line, and asking again renders nothing", async () => {
  const world = await start();
  const expected = ["text spec.values.one", "text spec.values.two"];
  expect(await deciding(world, "both")).toEqual(expected);
  // By now it is known what the chart refuses, and that is left out.
  expect(await deciding(world, "both")).toEqual(expected);
  const before = renders;
  expect(await deciding(world, "both")).toEqual(expected);
  expect(renders).toBe(before);
});

test("what the chart refuses to have changed decides nothing, and hides nothing", async () => {
  const world = await start();
  expect(await deciding(world, "mode")).toEqual([]);
  expect(await deciding(world, "constant")).toEqual([]);
  const effects = await world.simulator.valueEffects(world.simulation, release, {
    in: "applier",
    path: ["spec", "values", "mode"],
  });
  expect(effects).toEqual({ effects: [], refused: true, isComplete: true });
});

test("a default leads to the file that has the last word", async () => {
  const world = await start();
  const placeOf = async (key: string) => (await ask(world, key))?.deciders[0]?.chart?.place;
  expect(await placeOf("size")).toEqual({ path: "charts/app/values-more.yaml", line: 2 });
  expect(await placeOf("shape")).toEqual({ path: "charts/app/values.yaml", line: 2 });
});

test("without time left the template is all there is to say", async () => {
  const answer = await ask(await start(-1), "both");
  expect(answer).toEqual({
    deciders: [],
    isComplete: false,
    template: {
      file: "templates/config.yaml",
      line: 6,
      place: { path: "charts/app/templates/config.yaml", line: 6 },
    },
  });
});

test("who goes away takes nothing from who asks next", async () => {
  const world = await start();
  const controller = new AbortController();
  const gone = ask(world, "both", controller.signal);
  const other = deciding(world, "both");
  controller.abort();
  await expect(gone).rejects.toMatchObject({ name: "AbortError" });
  expect(await other).toEqual(["text spec.values.one", "text spec.values.two"]);
});

test("what is not rendered, and lines that are not there, have no answer", async () => {
  const world = await start();
  const { simulator, simulation } = world;
  const question = { object: "v1/ConfigMap/flux-system/none", path: [], shown: "" };
  expect(await simulator.lineOrigins(simulation, release, question)).toBeUndefined();
  expect(await simulator.lineOrigins(simulation, "nobody", question)).toBeUndefined();
  expect((await ask(world, "none"))?.deciders).toEqual([]);
});

// The engine gives the same bytes as WebAssembly and as a plain program, in any order of calls, warm or cold.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { EngineInstance, type KustomizeRequest } from "#simulator/engine";

import { encodeFiles, NativeEngine } from "../../support/native-engine.ts";
import {
  built,
  configMap,
  engineModule,
  putFiles,
  requestFor,
  startEngine,
  type Files,
} from "./fixture.ts";

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly request: KustomizeRequest;
}

const web =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: demo}\nspec:\n  replicas: 1.0\n  template:\n    spec:\n      containers:\n        - {name: web, image: 'web:v1', resources: {limits: {cpu: 1000m, memory: 1024Mi}}}\n";

const cases: readonly Case[] = [
  {
    name: "a plain folder",
    files: { "a.yaml": configMap("a", { k: "<&>\u2028é" }), "web.yaml": web },
    request: requestFor({}),
  },
  {
    name: "transformers",
    files: {
      "kustomization.yaml":
        "namespace: other\nnamePrefix: p-\nresources: [web.yaml]\nimages: [{name: web, newTag: v2}]\nreplicas: [{name: web, count: 3}]\n" +
        "configMapGenerator: [{name: g, literals: [a=b]}]\nlabels: [{pairs: {x: y}, includeSelectors: true}]\n",
      "web.yaml": web,
    },
    request: requestFor({ targetNamespace: "spec" }, { mode: "origins" }),
  },
  {
    name: "an error from an unordered map",
    files: { "a.yaml": configMap("a", { k: "${x}" }) },
    request: requestFor({
      postBuild: { substitute: { "b.x": "1", "a.x": "2", "c.x": "3", "d.x": "4" } },
    }),
  },
  {
    name: "a masked answer",
    files: { "a.yaml": configMap("a", { k: "${x}-${y}" }) },
    request: requestFor(
      { postBuild: { substituteFrom: [{ kind: "Secret", name: "s" }] } },
      {
        mode: "masked",
        objects: [
          {
            kind: "Secret",
            namespace: "flux-system",
            name: "s",
            data: { x: "secret value", y: "secret" },
          },
        ],
      },
    ),
  },
  {
    name: "a failure",
    files: { "kustomization.yaml": "resources: [gone]\n" },
    request: requestFor({}),
  },
  {
    name: "numbers",
    files: {
      "w.yaml":
        "apiVersion: e.test/v1\nkind: W\nmetadata: {name: w}\nspec: {a: 1e3, b: 0o17, c: 012, d: 9007199254740993, e: 1.10, f: 2020-01-01}\n",
    },
    request: requestFor({}),
  },
];

function runWasm(engine: EngineInstance, { files, request }: Case): string {
  putFiles(engine, "repo", files);
  const operation = 3;
  return new TextDecoder().decode(
    engine.raw(operation, new TextEncoder().encode(JSON.stringify(request))),
  );
}

async function runNative(engine: NativeEngine, { files, request }: Case): Promise<string> {
  const encoder = new TextEncoder();
  await engine.call(2, encoder.encode("repo"));
  await engine.call(1, encodeFiles("repo", Object.entries(files)));
  return new TextDecoder().decode(await engine.call(3, encoder.encode(JSON.stringify(request))));
}

describe("the same bytes", () => {
  let native: NativeEngine;
  beforeAll(() => {
    native = new NativeEngine(built("engine-native"));
  });
  afterAll(() => native.stop());

  it.each(cases)("of $name natively", async (example) => {
    const wasm = runWasm(startEngine(), example);
    expect(await runNative(native, example)).toBe(wasm);
  });

  it.each(cases)("of $name from a cold start", (example) => {
    expect(runWasm(new EngineInstance(engineModule), example)).toBe(
      runWasm(startEngine(), example),
    );
  });

  it("whatever was built before", () => {
    const engine = startEngine();
    const fresh = cases.map((example) => runWasm(startEngine(), example));
    expect(cases.map((example) => runWasm(engine, example))).toEqual(fresh);
    expect(cases.toReversed().map((example) => runWasm(engine, example))).toEqual(
      fresh.toReversed(),
    );
  });
});

describe("an image", () => {
  it("is the same each time it is taken", () => {
    const take = (): Uint8Array => {
      const engine = new EngineInstance(engineModule);
      engine.warmUp();
      return engine.image(engineModule);
    };
    expect(Buffer.compare(take(), take())).toBe(0);
  });

  it("of another build, or cut short, is passed over", () => {
    const engine = new EngineInstance(engineModule);
    engine.warmUp();
    const image = engine.image(engineModule);
    const foreign = image.slice();
    foreign[0] = (foreign[0] ?? 0) ^ 1;
    for (const broken of [foreign, image.slice(0, -1), image.slice(0, 10), new Uint8Array()]) {
      const cold = new EngineInstance(engineModule, broken);
      expect(cold.warm).toBe(false);
      expect(cold.hello().versions).toEqual(engine.hello().versions);
    }
    expect(new EngineInstance(engineModule, image).warm).toBe(true);
  });
});

describe("hello", () => {
  it("names the upstream versions that Flux 2.9 pins", () => {
    expect(startEngine().hello().versions).toMatchObject({
      "github.com/fluxcd/pkg/kustomize": "v1.35.6",
      "sigs.k8s.io/kustomize/api": "v0.21.1",
      "sigs.k8s.io/kustomize/kyaml": "v0.21.1",
    });
  });
});

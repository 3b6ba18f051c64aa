// ResourceSets, ArtifactGenerators, images and versions through the host: the shapes of the protocol, and the same bytes from
// WebAssembly and the plain program. What each call answers in detail is tested in Go.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  callOperations,
  type EngineCall,
  type EngineCalls,
  type EngineInstance,
} from "#simulator/engine";

import { encodeFiles, NativeEngine } from "../../support/native-engine.ts";
import { built, putFiles, startEngine, type Files } from "./fixture.ts";

const files: Files = {
  "apps/one/app.yaml":
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n  tag: 1.0.0 # {"$imagepolicy": "flux-system:app:tag"}\n',
  "apps/one/notes.md": "notes",
  "values.yaml": "a: {b: 1}\n",
};

const resourceSet = (spec: object): EngineCalls["resourceSet"][0] => ({
  resourceSet: { kind: "ResourceSet", metadata: { name: "apps", namespace: "team" }, spec },
  providers: [
    {
      kind: "ResourceSetInputProvider",
      metadata: { name: "static", namespace: "team", uid: "u" },
      spec: { type: "Static", defaultValues: { env: "dev" } },
    },
  ],
  objects: [
    { kind: "Secret", namespace: "flux-system", name: "auth", data: { password: "hunter2!" } },
  ],
  assumed: [],
});

const configMap = { apiVersion: "v1", kind: "ConfigMap" };
const requests: { readonly [Call in EngineCall]?: readonly EngineCalls[Call][0][] } = {
  resourceSet: [
    resourceSet({
      inputsFrom: [{ name: "static" }],
      resources: [
        { ...configMap, metadata: { name: "c-<< inputs.env >>" }, data: { id: "<< inputs.id >>" } },
      ],
    }),
    resourceSet({ inputs: [{ a: 1 }], resourcesTemplate: "x: << inputs.b >>" }),
    resourceSet({ inputsFrom: [{ name: "absent" }], resourcesTemplate: "x" }),
    resourceSet({ resourcesTemplate: "<< until 1000000000 >>" }),
    {
      ...resourceSet({
        steps: [
          {
            name: "first",
            resources: [
              {
                apiVersion: "v1",
                kind: "Secret",
                metadata: {
                  name: "copy",
                  annotations: { "fluxcd.controlplane.io/copyFrom": "flux-system/auth" },
                },
              },
            ],
          },
        ],
      }),
      mode: "masked",
    },
  ],
  generator: [
    {
      generator: {
        spec: {
          sources: [{ alias: "repo" }],
          pathPattern: "@repo/apps/{app}",
          artifacts: [
            {
              name: "app-{app}",
              copy: [
                { from: "@repo/apps/{app}/**", to: "@artifact/", exclude: ["*.md"] },
                { from: "@repo/values.yaml", to: "@artifact/app.yaml", strategy: "Merge" },
              ],
            },
          ],
        },
      },
      sources: [{ alias: "repo", artifact: "repo", revision: "main@sha1:0" }],
    },
    { generator: { spec: { artifacts: 7 } }, sources: [] },
  ],
  imagePolicy: [
    {
      policy: { spec: { policy: { semver: { range: "1.x" } } } },
      tags: ["1.0.0", "1.2.0", "2.0.0"],
    },
    { policy: { spec: { policy: {} } }, tags: ["1.0.0"] },
  ],
  imageUpdate: [
    {
      artifact: "repo",
      path: ".",
      policies: [{ namespace: "flux-system", name: "app", image: "repo/app", tag: "1.2.0" }],
    },
  ],
  version: [
    { versions: ["v1.0.0", "1.10.0", "2.0.0-rc.1"], constraint: ">=1.0.0", rule: "git" },
    { versions: ["a"], constraint: "*", rule: "helm" },
  ],
};

let engine: EngineInstance;
let native: NativeEngine;
beforeAll(async () => {
  engine = startEngine();
  putFiles(engine, "repo", files);
  native = new NativeEngine(built("engine-native"));
  await native.call(1, encodeFiles("repo", Object.entries(files)));
});
afterAll(() => native.stop());

const calls = Object.entries(requests) as readonly [
  EngineCall,
  readonly EngineCalls[EngineCall][0][],
][];

describe("the other calls", () => {
  it.each(calls)(
    "%s: the same bytes from WebAssembly and the plain program",
    async (call, asked) => {
      for (const request of asked) {
        const input = new TextEncoder().encode(JSON.stringify(request));
        const fromWasm = new TextDecoder().decode(engine.raw(callOperations[call], input));
        const fromNative = new TextDecoder().decode(await native.call(callOperations[call], input));
        expect(fromWasm).toBe(fromNative);
        expect(fromWasm).not.toContain('"error":');
      }
    },
  );

  it("answer a ResourceSet with objects, warnings and failures", () => {
    const [made, failed, missing, limited, masked] = (requests.resourceSet ?? []).map((request) =>
      engine.answer("resourceSet", request),
    );
    expect(made).toMatchObject({ inputs: 1, needs: [], warnings: [] });
    expect(made?.objects.map(({ name, scope }) => [name, scope])).toEqual([
      ["c-dev", "Namespaced"],
    ]);
    expect(failed?.failure).toMatchObject({ stage: "build", reason: "BuildFailed" });
    expect(missing?.failure?.stage).toBe("inputs");
    expect(limited?.failure).toMatchObject({ stage: "engine", cause: "limit" });
    expect(masked?.objects[0]).toMatchObject({ step: "first", name: "copy" });
    expect(masked?.objects[0]?.json).toMatch(/"password":"secret-[0-9a-f]{12}"/u);
  });

  it("answer a generator with copies and contents", () => {
    const [made, failed] = (requests.generator ?? []).map((request) =>
      engine.answer("generator", request),
    );
    expect(made?.artifacts).toMatchObject([
      { name: "app-one", labels: { app: "one" }, files: [{ path: "app.yaml" }] },
    ]);
    const content = made?.artifacts[0]?.files[0]?.content ?? "";
    expect(Buffer.from(content, "base64").toString("utf8")).toContain("b: 1");
    expect(made?.reads.files).toContain("repo/apps/one/app.yaml");
    expect(failed).toMatchObject({ artifacts: [], failure: { reason: "ValidationFailed" } });
  });

  it("answer about images and versions", () => {
    const [policy] = requests.imagePolicy ?? [];
    const [update] = requests.imageUpdate ?? [];
    const [version] = requests.version ?? [];
    if (policy === undefined || update === undefined || version === undefined)
      throw new Error("no request");
    expect(engine.answer("imagePolicy", policy)).toEqual({ latest: "1.2.0" });
    expect(engine.answer("version", version)).toEqual({ version: "1.10.0" });
    expect(engine.answer("imageUpdate", update)).toMatchObject({
      files: [{ path: "apps/one/app.yaml" }],
      changes: [
        {
          object: "ConfigMap//one",
          setter: "flux-system:app:tag",
          before: "1.0.0",
          after: "1.2.0",
        },
      ],
    });
  });
});

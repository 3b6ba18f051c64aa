// Owners by labels, inventories by their ids, traces along both.
import { describe, expect, test } from "vitest";

import { inventoryRefs, inventoryText, objectId, ownersOf, sourceChain, trace } from "#simulator";
import type { JsonObject, ObjectRef } from "#simulator";

import {
  gitRepository,
  helmRelease,
  kustomization,
  live,
} from "../../extension/cluster/live-objects.ts";

const label = (prefix: string, name: string) => ({
  [`${prefix}/name`]: name,
  [`${prefix}/namespace`]: "flux-system",
});

describe("inventory ids", () => {
  test.each([
    ["demo_web_apps_Deployment", "v1", "apps/v1 Deployment demo/web"],
    ["_demo__Namespace", "v1", "v1 Namespace /demo"],
    [
      "_system__node_rbac.authorization.k8s.io_ClusterRole",
      "v1",
      "rbac.authorization.k8s.io/v1 ClusterRole /system:node",
    ],
    ["demo_a_b_c__ConfigMap", "v1", "v1 ConfigMap demo/a_b_c"],
  ])("%s", (id, version, wanted) => {
    const [ref] = inventoryRefs(`${id} ${version}`);
    expect(`${ref?.apiVersion} ${ref?.kind} ${ref?.namespace}/${ref?.name}`).toBe(wanted);
  });

  test("what is none is left out", () => {
    expect(inventoryRefs("nonsense v1\n\n_ v1")).toEqual([]);
    expect(inventoryText(kustomization("a", { status: { inventory: { entries: [1, {}] } } }))).toBe(
      "",
    );
  });

  test("a generator's inventory are its artifacts", () => {
    const generator = live("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator", "g", {
      status: { inventory: [{ name: "out", namespace: "apps", digest: "sha256:1" }] },
    });
    expect(inventoryRefs(inventoryText(generator)).map(objectId)).toEqual([
      "source.toolkit.fluxcd.io/ExternalArtifact/apps/out",
    ]);
  });
});

describe("owners", () => {
  test("a Kustomization wins over a HelmRelease, as in flux trace", () => {
    const object = live("v1", "ConfigMap", "c", {
      metadata: {
        labels: {
          ...label("helm.toolkit.fluxcd.io", "release"),
          ...label("kustomize.toolkit.fluxcd.io", "apps"),
        },
      },
    });
    expect(ownersOf(object).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "Kustomization apps",
      "HelmRelease release",
    ]);
  });

  test("an artifact belongs to the generator that its spec names", () => {
    const artifact = live("source.toolkit.fluxcd.io/v1", "ExternalArtifact", "out", {
      spec: { sourceRef: { kind: "ArtifactGenerator", name: "g" } },
    });
    expect(ownersOf(artifact).map(objectId)).toEqual([
      "source.extensions.fluxcd.io/ArtifactGenerator/flux-system/g",
    ]);
  });
});

describe("trace", () => {
  const objects: readonly JsonObject[] = [
    gitRepository("repo", {
      spec: { url: "https://example.com/repo" },
      status: { artifact: { revision: "main@sha1:1" } },
    }),
    kustomization("root", {
      spec: { path: "./clusters", sourceRef: { kind: "GitRepository", name: "repo" } },
    }),
    kustomization("apps", {
      metadata: { labels: label("kustomize.toolkit.fluxcd.io", "root") },
      spec: { sourceRef: { kind: "ExternalArtifact", name: "out" } },
    }),
    live("source.toolkit.fluxcd.io/v1", "ExternalArtifact", "out", {
      spec: { sourceRef: { kind: "ArtifactGenerator", name: "g" } },
    }),
    live("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator", "g", {
      spec: { sources: [{ alias: "a", kind: "GitRepository", name: "repo" }] },
    }),
  ];
  const find = (ref: ObjectRef): JsonObject | undefined =>
    objects.find((object) => {
      const { name } = object["metadata"] as { readonly name: string };
      return object["kind"] === ref.kind && name === ref.name;
    });

  test("goes through a generated artifact to the real source, and up to the root", () => {
    const object = live("apps/v1", "Deployment", "web", {
      namespace: "demo",
      metadata: { labels: label("kustomize.toolkit.fluxcd.io", "apps") },
    });
    const { hops, cyclic } = trace(object, find);
    expect(hops.map(({ role, ref }) => `${role} ${ref.kind} ${ref.name}`)).toEqual([
      "object Deployment web",
      "applier Kustomization apps",
      "source ExternalArtifact out",
      "source ArtifactGenerator g",
      "source GitRepository repo",
      "applier Kustomization root",
    ]);
    expect(hops[4]).toMatchObject({
      location: "https://example.com/repo",
      revision: "main@sha1:1",
    });
    expect(cyclic).toBe(false);
  });

  test("owners that own each other end it", () => {
    const pair = ["a", "b"].map((name) =>
      kustomization(name, {
        metadata: { labels: label("kustomize.toolkit.fluxcd.io", name === "a" ? "b" : "a") },
      }),
    );
    const found = (ref: ObjectRef) => pair[ref.name === "a" ? 0 : 1];
    expect(trace(pair[0] ?? {}, found).cyclic).toBe(true);
  });

  test("an owner that is not there is named", () => {
    const object = live("v1", "ConfigMap", "c", {
      metadata: { labels: label("kustomize.toolkit.fluxcd.io", "gone") },
    });
    const { hops } = trace(object, () => undefined);
    expect(hops.at(-1)).toMatchObject({ role: "applier", ref: { name: "gone" } });
    expect(hops.at(-1)?.object).toBeUndefined();
  });

  test("a chart template leads to its chart and the repository of that", () => {
    const release = helmRelease("web", {
      namespace: "demo",
      spec: {
        chart: {
          spec: {
            chart: "x",
            sourceRef: { kind: "GitRepository", name: "repo", namespace: "flux-system" },
          },
        },
      },
    });
    expect(sourceChain(release, find).map(objectId)).toEqual([
      "source.toolkit.fluxcd.io/HelmChart/flux-system/demo-web",
      "source.toolkit.fluxcd.io/GitRepository/flux-system/repo",
    ]);
  });
});

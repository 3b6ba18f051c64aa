// The controller's own messages, with paths that start at the root of the artifact.
import { describe, expect, it } from "vitest";

import { build, configMap } from "./fixture.ts";

describe("spec.path", () => {
  const files = {
    "apps/cm.yaml": configMap("cm"),
    "kustomization.yaml": "resources: [apps/cm.yaml]\n",
  };

  it("must be there", () => {
    expect(build(files, { path: "./nowhere/at/all" }).failure).toEqual({
      stage: "path",
      reason: "ArtifactFailed",
      message: "kustomization path not found: stat nowhere/at/all: no such file or directory",
    });
  });
  it("cannot leave the artifact, so that climbing means nothing", () => {
    for (const path of ["../../apps", "/apps", "apps/../../apps/", "apps"]) {
      expect(build(files, { path }).objects).toHaveLength(1);
    }
  });
  it("cannot be a file", () => {
    expect(build(files, { path: "apps/cm.yaml" }).failure).toMatchObject({
      stage: "generate",
      reason: "BuildFailed",
    });
  });
});

describe("kustomize's errors", () => {
  it("names a resource that is missing", () => {
    const result = build({ "a/kustomization.yaml": "resources: [gone.yaml]\n" }, { path: "a" });
    expect(result.failure).toMatchObject({
      stage: "build",
      message:
        "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'gone.yaml': open a/gone.yaml: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on 'a/gone.yaml' : lstat a/gone.yaml: no such file or directory",
      path: "a/kustomization.yaml",
    });
    expect(result.reads.absent).toContain("repo/a/gone.yaml");
  });

  it("refuses what lies outside the artifact", () => {
    const result = build(
      { "a/kustomization.yaml": "resources: [../../outside.yaml]\n" },
      { path: "a" },
    );
    expect(result.failure?.message).toContain("fs-security-constraint read");
    expect(result.failure?.message).toContain("is not in or below '.'");
  });

  it("points at the line of a syntax error", () => {
    const files = {
      "kustomization.yaml": "resources: [bad.yaml]\n",
      "bad.yaml": "apiVersion: v1\nkind: ConfigMap\n  metadata: {}\n",
    };
    expect(build(files).failure).toMatchObject({ stage: "build", path: "bad.yaml", line: 3 });
  });

  it("has no line where kustomize counts from the start of a document", () => {
    const files = {
      "kustomization.yaml": "resources: [bad.yaml]\n",
      "bad.yaml": `${configMap("a")}\n---\nkind: A\n  b: c\n`,
    };
    const { failure } = build(files);
    expect(failure).toMatchObject({ path: "bad.yaml" });
    expect(failure).not.toHaveProperty("line");
  });

  it("stops at a kustomization that includes itself", () => {
    expect(build({ "kustomization.yaml": "resources: [.]\n" }).failure?.message).toContain(
      "cycle detected",
    );
  });

  it("finds the object that cannot be written as YAML", () => {
    const files = {
      "a.yaml": configMap("a"),
      "b.yaml": "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\nspec: {x: .inf}\n",
    };
    expect(build(files).failure).toMatchObject({ stage: "build", path: "b.yaml" });
    expect(build(files).failure?.message).toMatch(/json: unsupported value: \+Inf$/u);
  });

  it("never reaches for helm or plugins", () => {
    const chart = "helmCharts: [{name: x, repo: 'https://charts.example.test', version: 1.0.0}]\n";
    expect(build({ "kustomization.yaml": chart }).failure?.message).toMatch(
      /must specify --enable-helm$/u,
    );
  });
});

describe("a schema of one Kustomization", () => {
  const custom = {
    "kustomization.yaml":
      "openapi: {path: schema.json}\nresources: [w.yaml]\npatches: [{path: patch.yaml}]\n",
    "schema.json": JSON.stringify({
      definitions: {
        "test.v1.Widget": {
          type: "object",
          properties: {
            spec: {
              properties: {
                items: {
                  type: "array",
                  items: { type: "object" },
                  "x-kubernetes-patch-merge-key": "name",
                  "x-kubernetes-patch-strategy": "merge",
                },
              },
            },
          },
          "x-kubernetes-group-version-kind": [
            { group: "example.test", kind: "Widget", version: "v1" },
          ],
        },
      },
    }),
    "w.yaml":
      "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\nspec: {items: [{name: a, v: 1}, {name: b, v: 1}]}\n",
    "patch.yaml":
      "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\nspec: {items: [{name: a, v: 2}]}\n",
  };
  const plain = {
    ...custom,
    "kustomization.yaml": "resources: [w.yaml]\npatches: [{path: patch.yaml}]\n",
  };
  const items = (files: typeof custom): number => {
    const [object] = build(files).objects.map(
      ({ json }) => JSON.parse(json) as { spec: { items: unknown[] } },
    );
    return object?.spec.items.length ?? 0;
  };

  it("never leaks into the next build", () => {
    expect(items(plain)).toBe(1);
    expect(items(custom)).toBe(2);
    expect(items(plain)).toBe(1);
    expect(build(custom).customSchema).toBe(true);
    expect(build(plain).customSchema).toBe(false);
  });
});

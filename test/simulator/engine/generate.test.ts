// What the controller makes of a folder before kustomize sees it (fluxcd/pkg kustomize/kustomize_generator.go).
import { describe, expect, it } from "vitest";

import { build, configMap, objectsOf } from "./fixture.ts";

const names = (result: Parameters<typeof objectsOf>[0]): string[] =>
  objectsOf(result).map((object) => (object["metadata"] as { name: string }).name);

const deployment = (image: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: demo}\nspec:\n  selector: {matchLabels: {a: b}}\n` +
  `  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: web, image: "${image}"}]}\n`;

const imageOf = (result: Parameters<typeof objectsOf>[0]): string => {
  const [object] = objectsOf(result) as [
    { spec: { template: { spec: { containers: [{ image: string }] } } } },
  ];
  return object.spec.template.spec.containers[0].image;
};

describe("a folder without a kustomization file", () => {
  it("takes every YAML file, in the order of names, and other kustomizations as a whole", () => {
    const result = build(`
#- b.yaml
${configMap("b")}
#- a/inner.yml
${configMap("inner")}
#- c/kustomization.yaml
namePrefix: c-
resources: [only.yaml]
#- c/only.yaml
${configMap("only")}
#- c/other.yaml
${configMap("other")}
#- notes.txt
not YAML: [
`);
    expect(names(result)).toEqual(["inner", "b", "c-only"]);
  });

  it("fails as a whole on one file that is no object", () => {
    const result = build(`#- a.yaml\n${configMap("a")}\n#- values.yaml\nreplicas: 1\n`, {
      path: ".",
    });
    expect(result.failure).toEqual({
      stage: "generate",
      reason: "BuildFailed",
      message: "failed to decode Kubernetes YAML from values.yaml: missing Resource metadata",
      path: "values.yaml",
    });
  });

  it("is fine without any object", () => {
    expect(names(build("#- apps/readme.md\n# nothing\n", { path: "apps" }))).toEqual([]);
  });
});

describe("a kustomization file", () => {
  it("is found under any of its names, but not under two", () => {
    const files = { "cm.yaml": configMap("cm"), "other.yaml": configMap("other") };
    const only = "resources: [cm.yaml]\n";
    for (const name of ["kustomization.yaml", "kustomization.yml", "Kustomization"]) {
      expect(names(build({ ...files, [name]: only }))).toEqual(["cm"]);
    }
    const two = build({ ...files, "kustomization.yaml": only, "kustomization.yml": only });
    expect(two.failure?.message).toContain("Found multiple kustomization files");
  });

  it("tracks origins when it has no resources, as upstream forces", () => {
    const [object] = objectsOf(
      build("#- kustomization.yaml\nconfigMapGenerator: [{name: made, literals: [a=b]}]\n"),
    );
    expect(object?.["metadata"]).toHaveProperty(["annotations", "config.kubernetes.io/origin"]);
  });
});

describe("fields of the Kustomization", () => {
  const files = {
    "kustomization.yaml": "namespace: file\nnamePrefix: file-\nresources: [cm.yaml]\n",
    "cm.yaml": configMap("cm"),
  };

  it("overwrite those of the file", () => {
    const [object] = objectsOf(
      build(files, { targetNamespace: "spec", namePrefix: "spec-", nameSuffix: "-end" }),
    );
    expect(object?.["metadata"]).toMatchObject({ name: "spec-cm-end", namespace: "spec" });
  });

  it("leave those of the file when they are empty", () => {
    const [object] = objectsOf(build(files, { namePrefix: "", targetNamespace: "" }));
    expect(object?.["metadata"]).toMatchObject({ name: "file-cm", namespace: "file" });
  });

  it("add patches and components after those of the file", () => {
    const patch = (value: string) =>
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cm","namespace":"demo"},"data":{"key":"${value}"}}`;
    const result = build(
      {
        "kustomization.yaml": `resources: [cm.yaml]\npatches:\n  - patch: '${patch("file")}'\n`,
        "cm.yaml": configMap("cm"),
        "extra/kustomization.yaml":
          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [cm.yaml]\n",
        "extra/cm.yaml": configMap("extra"),
      },
      { patches: [{ patch: patch("spec") }], components: ["extra"] },
    );
    expect(names(result)).toEqual(["cm", "extra"]);
    expect(objectsOf(result)[0]?.["data"]).toEqual({ key: "spec" });
  });

  it("refuse components that are remote, and skip missing ones only on request", () => {
    expect(build(files, { components: ["https://example.test/x"] }).failure).toMatchObject({
      stage: "generate",
    });
    expect(build(files, { components: ["missing"] }).failure).toMatchObject({ stage: "build" });
    expect(names(build(files, { components: ["missing"], ignoreMissingComponents: true }))).toEqual(
      ["file-cm"],
    );
  });

  it("label the objects with their owner, and let commonMetadata win", () => {
    const commonMetadata = {
      labels: { team: "a", "kustomize.toolkit.fluxcd.io/name": "mine" },
      annotations: { note: "n" },
    };
    const [object] = objectsOf(build({ "cm.yaml": configMap("cm") }, { commonMetadata }));
    expect(object?.["metadata"]).toEqual({
      name: "cm",
      namespace: "demo",
      creationTimestamp: null,
      labels: {
        team: "a",
        "kustomize.toolkit.fluxcd.io/name": "mine",
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
      },
      annotations: { note: "n" },
    });
  });
});

describe("images", () => {
  const files = {
    "kustomization.yaml": "resources: [web.yaml]\nimages: [{name: web, newTag: v1}]\n",
    "web.yaml": deployment("web:v0"),
  };
  const newName = { images: [{ name: "web", newName: "registry.test/web" }] };

  it("are merged field by field", () => {
    expect(imageOf(build(files, newName))).toBe("registry.test/web:v1");
  });
  it("were replaced whole before Flux 2.9", () => {
    expect(imageOf(build(files, newName, { flux: "2.8" }))).toBe("registry.test/web:v0");
  });
  it("take tag and digest as one", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const pinned = {
      ...files,
      "kustomization.yaml": `resources: [web.yaml]\nimages: [{name: web, digest: "${digest}"}]\n`,
    };
    expect(imageOf(build(pinned, { images: [{ name: "web", newTag: "v2" }] }))).toBe("web:v2");
  });
});

describe("what the controller does not apply", () => {
  const marked = (field: string, key: string, value: string): string =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "cm", [field]: { [`kustomize.toolkit.fluxcd.io/${key}`]: value } },
    });
  it.each([
    ["annotations", "reconcile", "Disabled", { skipped: "reconcile-disabled" }],
    ["labels", "ssa", "IGNORE", { skipped: "ssa-ignore" }],
    ["annotations", "ssa", "IfNotPresent", { skipped: "ssa-ifnotpresent" }],
    ["annotations", "prune", "disabled", { keepOnPrune: true }],
  ])("%s %s: %s", (field, key, value, wanted) => {
    expect(build({ "cm.yaml": marked(field, key, value) }).objects).toMatchObject([wanted]);
  });

  it("flattens lists and drops what is no object", () => {
    const list = JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [JSON.parse(configMap("a")), JSON.parse(configMap("b"))],
    });
    expect(
      names(build({ "kustomization.yaml": "resources: [list.yaml]\n", "list.yaml": list })),
    ).toEqual(["a", "b"]);
  });

  it("knows the scope of built-in kinds only", () => {
    const files = {
      "a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n",
      "b.yaml": configMap("b"),
      "c.yaml": "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: c}\n",
    };
    expect(build(files).objects.map(({ scope }) => scope)).toEqual([
      "Cluster",
      "Namespaced",
      undefined,
    ]);
  });
});

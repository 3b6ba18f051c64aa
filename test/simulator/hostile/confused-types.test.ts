/** Objects and Kustomizations whose fields have other types than everybody expects. */
import { describe, expect, it } from "vitest";

import { configMap, kustomization } from "../../support/flux.ts";
import { useSimulator } from "../../support/simulator.ts";
import { besideInnocent, checkSideBySide, goodText, verdict } from "./side-by-side.ts";
import type { HostileCase } from "./side-by-side.ts";

const cm = configMap("a", "1");
const invalid = ["failed", "error spec-invalid cluster/case.yaml:1"];
const of = (name: string, spec: string): HostileCase => ({
  name,
  files: { "cm.yaml": cm },
  spec: `  ${spec}\n`,
  expected: invalid,
});
const object = (
  name: string,
  text: string,
  expected: readonly string[],
  objects?: number,
): HostileCase => ({
  name,
  files: { "x.yaml": text },
  expected,
  ...(objects === undefined ? {} : { objects }),
});
const bad = ["failed", "error build-failed ./x.yaml"];

describe("fields of a Kustomization", () => {
  checkSideBySide([
    of("postBuild is a list", "postBuild: [a]"),
    of("postBuild is a text", "postBuild: a"),
    of("substitute is a list", "postBuild: {substitute: [a]}"),
    of("a variable is an object", "postBuild: {substitute: {a: {b: c}}}"),
    of("a variable is a number", "postBuild: {substitute: {a: 1}}"),
    of("substituteFrom is a text", "postBuild: {substituteFrom: hello}"),
    of(
      "substituteFrom has other kinds",
      "postBuild: {substituteFrom: [{kind: Deployment, name: x}]}",
    ),
    of("images is a map", "images: {a: b}"),
    of("an image is a number", "images: [1]"),
    of("patches is a text", "patches: hello"),
    of("a patch is a text", "patches: [hello]"),
    of("components is a text", "components: hello"),
    of("a component is an object", "components: [{a: b}]"),
    of("commonMetadata is a list", "commonMetadata: [1]"),
    of("a common label is an object", "commonMetadata: {labels: {a: {b: c}}}"),
    of("dependsOn is a text", "dependsOn: hello"),
    of("a dependency is a number", "dependsOn: [1]"),
    of("a dependency's name is a list", "dependsOn: [{name: [x]}]"),
    of("targetNamespace is a map", "targetNamespace: {a: b}"),
    of("decryption is a text", "decryption: sops"),
    of("the provider is a list", "decryption: {provider: [sops]}"),
    of("prune is a text", "prune: 'yes'"),
    of("suspend is a text", "suspend: 'true'"),
    of("kubeConfig is a text", "kubeConfig: hello"),
    of("deletionPolicy is a list", "deletionPolicy: [Orphan]"),
    of("ignoreMissingComponents is a text", "ignoreMissingComponents: maybe"),
  ]);
});

describe("fields of other objects", () => {
  checkSideBySide([
    object("no name", "apiVersion: v1\nkind: ConfigMap\n", bad),
    object("no kind", "apiVersion: v1\nmetadata: {name: a}\n", bad),
    object("metadata is a list", "apiVersion: v1\nkind: ConfigMap\nmetadata: [a]\n", bad),
    object("metadata is a text", "apiVersion: v1\nkind: ConfigMap\nmetadata: a\n", bad),
    object(
      "a name that is a map",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {a: b}}\n",
      bad,
    ),
    object(
      "a kind that is a list",
      "apiVersion: v1\nkind: [ConfigMap]\nmetadata: {name: a}\n",
      bad,
    ),
    object(
      "spec is a text",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: x}\nspec: hello\n",
      ["failed", "error build-failed ./x.yaml:1"],
    ),
    object(
      "items of a list are a text",
      "apiVersion: v1\nkind: List\nitems: hello\n",
      ["ready"],
      0,
    ),
    object(
      "items of a list are anything",
      "apiVersion: v1\nkind: List\nitems: [1, null, {a: b}, [x]]\n",
      bad,
    ),
    object(
      "a list in a list",
      `apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: x}}]}]\n`,
      ["ready"],
      1,
    ),
    object(
      "a CustomResourceDefinition with an absurd scope says nothing about its kind",
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.b.test}\nspec: {group: b.test, scope: Absurd, names: {kind: A, plural: as}, versions: [{name: v1, served: true, storage: true}]}\n---\napiVersion: b.test/v1\nkind: A\nmetadata: {name: x}\n",
      ["ready"],
      2,
    ),
    object(
      "a CustomResourceDefinition whose spec is a list",
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b}\nspec: [1]\n",
      ["ready"],
      1,
    ),
  ]);
});

describe("whole specs", () => {
  const bench = useSimulator();
  it.each([
    ["a text", "spec: hello"],
    ["a list", "spec: [1, 2]"],
    ["nothing", "spec: null"],
    ["sourceRef is a list", "spec: {path: ./x, prune: true, sourceRef: [a]}"],
    [
      "path is a list",
      "spec: {path: [x], prune: true, sourceRef: {kind: GitRepository, name: flux-system}}",
    ],
  ])("%s", async (_, spec) => {
    const head = kustomization("x", "./x").split("spec:")[0] ?? "";
    const simulation = await bench.simulate(
      besideInnocent({ "cluster/x.yaml": `${head}${spec}\n`, "x/cm.yaml": cm }),
    );
    expect(verdict(simulation, "x")).toEqual(["failed", "error spec-invalid cluster/case.yaml:1"]);
    expect(await goodText(bench, simulation)).toContain("untouched");
  });
});

// Input that was made to harm: it fails by itself, with a message, and the engine goes on.
import { afterEach, describe, expect, it } from "vitest";

import { build, configMap } from "./fixture.ts";

/** Ten aliases to ten aliases and so on: `depth` lines stand for 10^depth values. */
function bomb(depth: number): string {
  const lines = ["x0: &x0 [a,a,a,a,a,a,a,a,a,a]"];
  for (let i = 1; i < depth; i++) {
    lines.push(`x${i}: &x${i} [${Array.from({ length: 10 }, () => `*x${i - 1}`).join(",")}]`);
  }
  return `${lines.join("\n")}\n`;
}
const object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n";
const indented = (text: string): string => text.replaceAll(/^/gmu, "      ");

afterEach(() => {
  if (build({ "cm.yaml": configMap("cm") }).objects.length !== 1) {
    throw new Error("the engine no longer works");
  }
});

describe("aliases", () => {
  const inKustomization = `resources: [cm.yaml]\npatches:\n  - patch: |\n${indented(object + bomb(9))}`;
  it.each([
    ["in a resource", { "cm.yaml": object + bomb(9) }],
    ["that contain themselves", { "cm.yaml": `${object}data: &a {k: *a}\n` }],
    [
      "in a kustomization file",
      { "kustomization.yaml": `resources: [cm.yaml]\n${bomb(9)}`, "cm.yaml": object },
    ],
    [
      "in a patch within a kustomization file",
      { "kustomization.yaml": inKustomization, "cm.yaml": object },
    ],
  ])("%s are refused", (_name, files) => {
    expect(build(files).failure?.message).toContain("excessive aliasing");
  });

  it("in a patch of the Kustomization are refused", () => {
    const result = build({ "cm.yaml": object }, { patches: [{ patch: object + bomb(9) }] });
    expect(result.failure?.message).toContain("excessive aliasing");
  });

  it("of a sane number work", () => {
    expect(build({ "cm.yaml": `${object}data: {k: &k text, l: *k}\n` }).failure).toBeUndefined();
  });

  it("in plain data are nobody's business", () => {
    const files = {
      "kustomization.yaml": "configMapGenerator: [{name: g, files: [notes.txt]}]\n",
      "notes.txt": "if a && b: *c* {",
    };
    expect(build(files).failure).toBeUndefined();
  });
});

describe("nesting and odd bytes", () => {
  it.each([
    ["too deep a flow", `${object}data: {k: ${"[".repeat(20_000)}`],
    ["a null byte", `${object}data: {k: "\u0000"}\n`],
    ["no text at all", "\u0000\u0001\u0002"],
    ["a tag that wants code", `${object}data: !!python/object:os.system {}\n`],
    ["keys that are no strings", `${object}data: {? [a] : b}\n`],
  ])("%s gives an answer", (_name, text) => {
    const result = build({ "kustomization.yaml": "resources: [cm.yaml]\n", "cm.yaml": text });
    expect(result.failure?.stage ?? "none").toMatch(/^(none|build|apply|generate)$/u);
  });

  it("paths of files cannot climb out", () => {
    const files = {
      "kustomization.yaml": "configMapGenerator: [{name: g, files: [../../etc/passwd]}]\n",
    };
    expect(build(files).failure?.stage).toBe("build");
  });
});

describe("requests", () => {
  it("for an artifact that is not there", () => {
    expect(build({}, {}, { artifact: "nobody" }).failure).toMatchObject({ stage: "engine" });
  });
  it("with a Kustomization of wrong types", () => {
    for (const spec of [
      { path: 5 },
      { postBuild: [] },
      { images: "x" },
      { patches: [5] },
      { components: {} },
    ]) {
      expect(build({ "cm.yaml": object }, spec).failure).toBeDefined();
    }
  });
});

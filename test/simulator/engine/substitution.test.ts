// Variables: the dialect of fluxcd/pkg envsubst, and the rules of kustomize_varsub.go around it.
import { describe, expect, it } from "vitest";

import type { KustomizeResult } from "#simulator/engine";

import { build, configMap, objectsOf } from "./fixture.ts";

/** A field of a map of the first object. */
function fieldOf(result: KustomizeResult, map: string, field: string): unknown {
  return (objectsOf(result)[0]?.[map] as Record<string, unknown> | undefined)?.[field];
}

const variables = { a: "value", e: "" };

function substitute(text: string, strict: boolean): KustomizeResult {
  const file = { "cm.yaml": configMap("cm", { k: `text ${text}` }) };
  return build(file, { postBuild: { substitute: variables } }, { strict });
}

function substituted(text: string, strict = true): unknown {
  return fieldOf(substitute(text, strict), "data", "k");
}

describe("values and defaults", () => {
  it.each([
    ["${a}", "value"],
    ["${a^^}", "VALUE"],
    ["${#a}", "5"],
    ["${a:0:1}", "v"],
    ["${a/v/w}", "walue"],
    ["${u:-d}", "d"],
    ["${u:=d}", "d"],
    ["${u=d}", "d"],
    ["${e:=x}", "x"],
    ["${e=x}", "x"],
    ["${u:+alt}", "alt"],
    ["${a:+alt}", "value"],
    ["${u:?msg}", "msg"],
    ["${u:=${a}}", "value"],
    ["$a", "$a"],
    ["$(a)", "$(a)"],
    ["$${a}", "${a}"],
    ["$$", "$"],
    ["$$$a", "$$a"],
    ["\\${a}", "\\value"],
  ])("%s gives %s", (text, wanted) => {
    expect(substituted(text)).toBe(`text ${wanted}`);
  });
});

describe("what breaks the whole Kustomization", () => {
  it.each(["${u-d}", "${a-d}", "${a.b}", "${a[@]}", "${A B}", "${ a }", "${}", "x ${", "${a%}"])(
    "%s",
    (text) => {
      expect(substitute(text, false).failure).toMatchObject({
        stage: "substitute",
        reason: "BuildFailed",
      });
    },
  );
});

describe("variables that nothing sets", () => {
  it.each(["${u}", "${1}"])("%s fails when strict and is empty otherwise", (text) => {
    expect(substitute(text, true).failure?.message).toContain("variable not set (strict mode)");
    expect(substituted(`[${text}]`, false)).toBe("text []");
  });
});

describe("when substitution runs", () => {
  const escaped = { "cm.yaml": configMap("cm", { k: "text $${x}" }) };
  const text = (result: KustomizeResult): unknown => fieldOf(result, "data", "k");

  it("does nothing without any variable", () => {
    expect(text(build(escaped, { postBuild: {} }))).toBe("text $${x}");
  });
  it("runs without variables when the strategy is Always", () => {
    expect(text(build(escaped, { postBuild: { substituteStrategy: "Always" } }))).toBe("text ${x}");
  });
  it("does not know that strategy before Flux 2.9", () => {
    const spec = { postBuild: { substituteStrategy: "Always" } };
    expect(text(build(escaped, spec, { flux: "2.8" }))).toBe("text $${x}");
  });
  it.each(["labels", "annotations"])("leaves objects alone that say so in their %s", (field) => {
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "cm", [field]: { "kustomize.toolkit.fluxcd.io/substitute": "disabled" } },
      data: { k: "text ${nobody}" },
    };
    const result = build(
      { "cm.yaml": JSON.stringify(object) },
      { postBuild: { substitute: variables } },
    );
    expect(text(result)).toBe("text ${nobody}");
  });
});

describe("where variables come from", () => {
  const files = { "cm.yaml": configMap("cm", { k: "is ${x}" }) };
  const from = (kind: string, name: string, optional = false) => ({ kind, name, optional });
  const known = (kind: "ConfigMap" | "Secret", name: string, data: Record<string, string>) => ({
    kind,
    namespace: "flux-system",
    name,
    data,
  });
  const value = (result: KustomizeResult): unknown => fieldOf(result, "data", "k");

  it("lets later sources win, and inline values win over all", () => {
    const objects = [known("ConfigMap", "one", { x: "1st" }), known("Secret", "two", { x: "2nd" })];
    const substituteFrom = [from("ConfigMap", "one"), from("Secret", "two")];
    expect(value(build(files, { postBuild: { substituteFrom } }, { objects }))).toBe("is 2nd");
    expect(
      value(build(files, { postBuild: { substituteFrom, substitute: { x: "3rd" } } }, { objects })),
    ).toBe("is 3rd");
  });

  it("removes line breaks from values", () => {
    expect(value(build(files, { postBuild: { substitute: { x: "a\nb\n" } } }))).toBe("is ab");
  });

  it("names what is missing, and forgives it when it is optional", () => {
    const missing = build(files, {
      postBuild: { substituteFrom: [from("Secret", "nobody")], substitute: { x: "1st" } },
    });
    expect(missing.failure).toMatchObject({
      stage: "substitute",
      reason: "BuildFailed",
      message: `post build failed for 'ConfigMap.v1.[noGrp]/cm': substitute from 'Secret/nobody' error: secrets "nobody" not found`,
      object: "ConfigMap/demo/cm",
      path: "cm.yaml",
    });
    expect(missing.needs).toMatchObject([{ kind: "Secret", key: "Secret/flux-system/nobody" }]);
    const spec = {
      postBuild: { substituteFrom: [from("Secret", "nobody", true)], substitute: { x: "1st" } },
    };
    expect(value(build(files, spec))).toBe("is 1st");
  });

  it("refuses names that are no variables, used or not, and reports the first of them", () => {
    const objects = [known("ConfigMap", "one", { x: "1", "b.yaml": "", "a.yaml": "" })];
    const result = build(
      files,
      { postBuild: { substituteFrom: [from("ConfigMap", "one")] } },
      { objects },
    );
    expect(result.failure?.message).toBe(
      "post build failed for 'ConfigMap.v1.[noGrp]/cm': envsubst error: 'a.yaml' var name is invalid, must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'",
    );
  });
});

describe("types after substitution", () => {
  const widget = (value: string): string =>
    `apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w, namespace: demo}\nspec:\n  v: ${value}\n`;
  const typed = (value: string, variable: string): unknown => {
    const result = build(
      { "w.yaml": widget(value) },
      { postBuild: { substitute: { x: variable, q: '"' } } },
    );
    return fieldOf(result, "spec", "v");
  };

  it.each([
    ["${x}", "5", 5],
    ['"${x}"', "5", 5],
    ["${x}", "yes", true],
    ["${x}", "{a: b}", { a: "b" }],
    ["a ${x}", "5", "a 5"],
    ["${q}${x}${q}", "5", "5"],
  ])("%s with %s", (text, variable, wanted) => {
    expect(typed(text, variable)).toEqual(wanted);
  });

  it("fails in the API server's words when a built-in kind does not admit the new type", () => {
    const result = build(
      { "cm.yaml": configMap("type-error", { k: "${x}" }) },
      { postBuild: { substitute: { x: "5" } } },
    );
    expect(result.failure).toMatchObject({
      stage: "apply",
      reason: "ReconciliationFailed",
      message:
        "ConfigMap/demo/type-error dry-run failed: failed to create typed patch object (demo/type-error; /v1, Kind=ConfigMap): .data.k: expected string, got &value.valueUnstructured{Value:5}\n",
      object: "ConfigMap/demo/type-error",
      path: "cm.yaml",
    });
    expect(result.objects).toHaveLength(1);
  });
});

describe("objects of unknown content", () => {
  const assumed = ["ConfigMap/flux-system/settings"];
  const postBuild = { substituteFrom: [{ kind: "ConfigMap", name: "settings" }] };

  it("shows a placeholder for what only they can define, and says so once", () => {
    const files = {
      "a.yaml": configMap("a", { k: "x ${domain} ${domain}" }),
      "b.yaml": configMap("b", { k: "${domain}" }),
    };
    const result = build(files, { postBuild }, { assumed });
    expect(objectsOf(result).map((object) => object["data"])).toEqual([
      { k: "x SLUICE_UNKNOWN_domain SLUICE_UNKNOWN_domain" },
      { k: "SLUICE_UNKNOWN_domain" },
    ]);
    expect(result.warnings).toMatchObject([
      { code: "placeholder-variable", object: "ConfigMap/demo/a" },
    ]);
  });

  it("does so as well where substitution is not strict", () => {
    const result = build(
      { "a.yaml": configMap("a", { k: "${domain}" }) },
      { postBuild },
      { assumed, strict: false, flux: "2.8" },
    );
    expect(objectsOf(result)[0]?.["data"]).toEqual({ k: "SLUICE_UNKNOWN_domain" });
  });

  it("does not claim that a placeholder has the wrong type", () => {
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: demo}\nspec:\n  ports:\n    - port: ${port}\n";
    expect(build({ "s.yaml": service }, { postBuild }, { assumed }).failure).toBeUndefined();
  });

  it("still fails where all content is known", () => {
    const objects = [
      {
        kind: "ConfigMap" as const,
        namespace: "flux-system",
        name: "settings",
        data: { other: "1" },
      },
    ];
    const result = build(
      { "a.yaml": configMap("a", { k: "${domain}" }) },
      { postBuild },
      { assumed, objects },
    );
    expect(result.failure?.message).toContain('variable not set (strict mode): "domain"');
  });
});

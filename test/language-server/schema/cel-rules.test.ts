// Rules of CRDs on documents: where they point, what they say, and when they keep silent.
import { beforeAll, describe, expect, test } from "vitest";

import type { Catalog } from "../../../language-server/schema/catalog.ts";
import { compileCel } from "../../../language-server/schema/cel-environment.ts";
import { crdSource, readCrd } from "../../../language-server/schema/crd.ts";
import { anyOpaque, opaqueText } from "../../../language-server/schema/opaque.ts";
import type { Schema } from "../../../language-server/schema/schema.ts";
import { brief, bundledPacks, catalogFor, checkText } from "../../support/schemas.ts";

let catalog: Catalog;
beforeAll(async () => {
  catalog = await catalogFor();
});

const opaque = anyOpaque(opaqueText.flux);

const release = (spec: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: a }
spec:
  interval: 1h
${spec}`;
const chart = "  chart: { spec: { chart: a, sourceRef: { kind: HelmRepository, name: a } } }\n";
const chartRef = "  chartRef: { kind: OCIRepository, name: a }\n";

describe("rules of Flux", () => {
  test("either chart or chartRef", () => {
    expect(brief(checkText(catalog, release(chart)))).toEqual([]);
    expect(brief(checkText(catalog, release(chartRef)))).toEqual([]);
    const both = checkText(catalog, release(chart + chartRef));
    expect(brief(both)).toEqual(["cel: spec"]);
    expect(both.findings[0]?.message).toBe("Either chart or chartRef must be set.");
    expect(brief(checkText(catalog, release("  suspend: true\n")))).toEqual(["cel: spec"]);
  });

  test("a field that may not be there is what is marked", () => {
    const text = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: a }
spec:
  interval: 1h
  url: https://example.com/a
  provider: generic
  serviceAccountName: a
`;
    expect(brief(checkText(catalog, text))).toEqual(["cel: serviceAccountName"]);
  });

  test("defaults are set before", () => {
    const bucket = (provider: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata: { name: a }
spec:
  interval: 1h
  bucketName: a
  endpoint: example.com
${provider}  sts: { provider: ldap, endpoint: https://example.com }
`;
    expect(brief(checkText(catalog, bucket("")))).toEqual([]);
    expect(brief(checkText(catalog, bucket("  provider: aws\n")))).toEqual(["cel: spec"]);
  });
});

describe("what is not known", () => {
  test("a rule that looks at a variable is not evaluated, one that asks only whether it is there is", () => {
    const text = (provider: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: a }
spec: { interval: 1h, url: "https://example.com/a", provider: ${provider}, serviceAccountName: a }
`;
    expect(brief(checkText(catalog, text('"${PROVIDER}"'), { opaque }))).toEqual([]);
    expect(brief(checkText(catalog, text("github"), { opaque }))).toEqual([
      "cel: serviceAccountName",
    ]);
    const both = release(`  chart: "\${CHART}"\n${chartRef}`);
    expect(brief(checkText(catalog, both, { opaque }))).toEqual(["cel: spec"]);
  });

  test("a patch is not held to rules", () => {
    expect(brief(checkText(catalog, release(chart + chartRef), { role: "patch" }))).toEqual([]);
  });
});

async function withRules(rules: readonly object[], properties: object): Promise<Catalog> {
  const crd = {
    kind: "CustomResourceDefinition",
    spec: {
      group: "example.com",
      names: { kind: "Thing", plural: "things" },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: { type: "object", properties, "x-kubernetes-validations": rules },
              },
            },
          },
        },
      ],
    },
  };
  const workspace = crdSource(readCrd(crd, { from: "workspace", path: "crd.yaml", line: 1 }));
  return catalogFor({ workspace });
}

const thing = (spec: string): string =>
  `apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: a }\nspec: ${spec}\n`;
const numbers = { min: { type: "integer" }, max: { type: "integer" } };

describe("rules of a workspace", () => {
  test("fieldPath and messageExpression", async () => {
    const rule = {
      rule: "self.min <= self.max",
      message: "no",
      messageExpression: "'min is more than ' + string(self.max)",
      fieldPath: ".min",
    };
    const own = await withRules([rule], numbers);
    const checked = checkText(own, thing("{ min: 3, max: 2 }"));
    expect(brief(checked)).toEqual(["cel: min"]);
    expect(checked.findings[0]?.message).toBe("Min is more than 2.");
    expect(brief(checkText(own, thing("{ min: 2, max: 2 }")))).toEqual([]);
  });

  test("a rule that fails is broken as well", async () => {
    const own = await withRules([{ rule: "self.min <= self.max", message: "no" }], numbers);
    const { findings } = checkText(own, thing("{ min: 3 }"));
    expect(findings.map(({ code }) => code)).toEqual(["cel"]);
    expect(findings[0]?.message).toContain("the rule fails");
  });

  test("rules about updates, rules that can't be compiled and rules that cost too much are passed over", async () => {
    const lists = { list: { type: "array", items: { type: "integer" } } };
    const loop = "self.list.all(a, self.list.all(b, self.list.all(c, a + b + c < 0)))";
    const rules = [{ rule: "self == oldSelf" }, { rule: "self.list.nonsense(" }, { rule: loop }];
    const own = await withRules(rules, lists);
    const many = Array.from({ length: 500 }, (_, index) => index).join(", ");
    expect(brief(checkText(own, thing(`{ list: [${many}] }`)))).toEqual([]);
    expect(brief(checkText(own, thing("{ list: [1] }")))).toEqual(["cel: spec"]);
  });

  test("a pattern that would never end on another matcher", async () => {
    const own = await withRules([{ rule: "!self.text.matches('^(a+)+$')" }], {
      text: { type: "string" },
    });
    expect(brief(checkText(own, thing(`{ text: ${"a".repeat(5000)}! }`)))).toEqual([]);
    expect(brief(checkText(own, thing("{ text: aaa }")))).toEqual(["cel: spec"]);
  });

  test("names that are no identifiers", async () => {
    const fields = { "a-b": { type: "integer" }, namespace: { type: "string" } };
    const rules = [{ rule: "self.a__dash__b == 1 && self.__namespace__ == 'x'" }];
    const own = await withRules(rules, fields);
    expect(brief(checkText(own, thing("{ a-b: 1, namespace: x }")))).toEqual([]);
    expect(brief(checkText(own, thing("{ a-b: 2, namespace: x }")))).toEqual(["cel: spec"]);
  });
});

test("every rule of the bundled CRDs is understood, those about updates included", async () => {
  const rules = new Set<string>();
  const seen = new Set<Schema>();
  const visit = (schema: Schema): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    for (const { rule } of schema.rules ?? []) rules.add(rule);
    for (const below of Object.values(schema.properties ?? {})) visit(below);
    for (const below of [schema.items, schema.additional]) if (below !== undefined) visit(below);
  };
  for (const pack of Object.values(await bundledPacks()))
    for (const { roots } of pack.kinds)
      for (const node of Object.values(roots ?? {})) visit(pack.schema(node));
  const refused = [...rules].filter((rule) => compileCel(rule).outcome !== "program");
  expect(refused).toEqual([]);
  expect(rules.size).toBeGreaterThan(100);
  expect([...rules].some((rule) => rule.includes("oldSelf"))).toBe(true);
});

test("a text inside of a rule is not taken for a call", () => {
  const program = compileCel("'has(a) matches(b)' == \"has(a) matches(b)\"");
  expect(program.outcome === "program" && program.run(undefined)).toEqual({
    outcome: "value",
    value: true,
  });
});

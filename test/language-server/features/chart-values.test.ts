/** Values of a HelmRelease by its chart: completion, hover, definition. */
import { describe, expect, test } from "vitest";

import type { Simulation, Simulator } from "#simulator";

import { createChartShelf, loadCharts } from "../../../language-server/features/chart-shelf.ts";
import { definition } from "../../../language-server/features/definition.ts";
import { hover } from "../../../language-server/features/hover.ts";
import { offered } from "../../support/completion.ts";
import { cursorCase, root, shown, withTruth } from "../../support/cursor.ts";
import { shippedPacks } from "../../support/lint.ts";

const packs = await shippedPacks();

const schema = JSON.stringify({
  $defs: { port: { type: "integer", description: "Where it listens." } },
  type: "object",
  required: ["host"],
  properties: {
    host: { type: "string", description: "Its <b>name</b>." },
    mode: { enum: ["fast", "safe"], default: "safe" },
    service: { type: "object", properties: { port: { $ref: "#/$defs/port" } } },
    extra: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
  },
});

/** A release with a chart of the same repository. */
const release = (values: string, withSchema = true) => `
#- clusters/source.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
#- charts/app/Chart.yaml
apiVersion: v2
name: app
version: 1.0.0
#- charts/app/values.yaml
# -- How many there are.
# At least one.
replicas: 2

image:
  # The tag.
  «tag»: v1
  pull: true
empty: {}
${withSchema ? `#- charts/app/values.schema.json\n${schema}\n` : ""}#- apps/release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: app
  namespace: apps
spec:
  interval: 1h
  chart:
    spec:
      chart: ./charts/app
      sourceRef:
        kind: GitRepository
        name: flux-system
        namespace: flux-system
  values:
${values}
`;

function hoverAt(text: string): string {
  const { folder, path, position } = cursorCase(text.replace("«tag»", "tag"), packs);
  const found = hover(folder, path, { textDocument: { uri: root }, position });
  const contents = found?.contents;
  return contents && typeof contents === "object" && "value" in contents ? contents.value : "";
}

describe("completion", () => {
  test("keys of the chart that are not written, required ones first", async () => {
    const found = await offered(release("    replicas: 1\n    █"));
    expect(found.labels.slice(0, 1)).toEqual(["host"]);
    expect(found.labels).toEqual(
      expect.arrayContaining(["image", "empty", "mode", "service", "extra"]),
    );
    expect(found.labels).not.toContain("replicas");
    expect(found.details["host"]).toBe("string, required");
    expect(found.take("mode")).toEqual(["    mode: ${1}"]);
    expect(found.take("service")).toEqual(["    service:", "      ${1}"]);
  });

  test("keys inside, by default values and by the schema, half typed too", async () => {
    expect((await offered(release("    image:\n      pu█"))).labels).toEqual(["tag", "pull"]);
    expect((await offered(release("    service:\n      █"))).details["port"]).toBe("integer");
    expect((await offered(release("    extra:\n      - na█"))).labels).toContain("name");
  });

  test("values: choices and defaults", async () => {
    expect((await offered(release("    mode: █"))).labels).toEqual(["safe", "fast"]);
    expect((await offered(release("    image:\n      pull: █"))).labels).toEqual(["true", "false"]);
  });

  test("nothing where the chart is not known", async () => {
    const foreign = release("    █").replace("chart: ./charts/app", "chart: ./charts/other");
    expect((await offered(foreign)).labels).toEqual([]);
  });
});

describe("hover", () => {
  test("words of the schema are text; the default and the chart are named", () => {
    const found = hoverAt(release("    ho█st: a"));
    expect(found).toContain("**host** · string");
    expect(found).toContain(String.raw`Its \<b\>name\</b\>.`);
    expect(found).toContain("A value of chart charts/app");
    expect(hoverAt(release("    mo█de: a"))).toMatch(/One of `fast`, `safe`[\s\S]*Default: `safe`/);
  });

  test("without a schema the comment above the default", () => {
    const found = hoverAt(release("    repli█cas: 3", false));
    expect(found).toContain("How many there are.\nAt least one.");
    expect(found).toContain("Default: `2`");
  });

  test("nothing of what the chart does not know", () => {
    expect(hoverAt(release("    un█known: 3", false))).not.toContain("A value of chart");
  });
});

describe("values in a ConfigMap", () => {
  const taken = (values: string, key = "values.yaml") => `${release("    {}").replace(
    "  values:",
    "  valuesFrom:\n    - kind: ConfigMap\n      name: app-values\n  values:",
  )}
#- apps/values.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: app-values
  namespace: apps
data:
  ${key}: |
${values}
`;

  test("keys and values of the chart of the release that takes them", async () => {
    const keys = await offered(taken("    replicas: 1\n    █"));
    expect(keys.labels).toEqual(expect.arrayContaining(["host", "image", "mode"]));
    expect(keys.labels).not.toContain("apiVersion");
    expect((await offered(taken("    image:\n      pu█"))).labels).toEqual(["tag", "pull"]);
    expect((await offered(taken("    mode: █"))).labels).toEqual(["safe", "fast"]);
    const other = await offered(taken("    mode: █", "other.yaml"));
    expect(other.labels).not.toContain("safe");
  });

  test("hover", () => {
    expect(hoverAt(taken("    service:\n      po█rt: 1"))).toContain("Where it listens.");
    expect(hoverAt(taken("    service:\n      po█rt: 1", "other.yaml"))).not.toContain("listens");
  });
});

test("definition is the default in the chart's values", () => {
  const { folder, path, position, marked } = cursorCase(release("    image:\n      ta█g: v2"));
  const links = definition(folder, path, { textDocument: { uri: root }, position });
  expect(links.map(({ targetUri, targetRange }) => shown(targetUri, targetRange))).toEqual(marked);
});

describe("a chart that only the simulation has", () => {
  const text = release("    service:\n      po█rt: 1")
    .replace("./charts/app", "app")
    .replace(
      "kind: GitRepository\n        name: flux-system\n        namespace: flux-system\n  values",
      "kind: HelmRepository\n        name: charts\n  values",
    );

  /** The chart is given out once; `asked` counts. */
  function rendered() {
    const one = cursorCase(text.replace("«tag»", "tag"), packs);
    const ref = {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      namespace: "apps",
      name: "app",
    };
    const applier = {
      id: "prod|HelmRelease/apps/app",
      cluster: "prod",
      ref,
      state: "ready",
      path: "",
      origin: { path: one.path, line: 1 },
      source: "",
      suspended: false,
      dependsOn: [],
      objects: 1,
    } as const;
    const asked: string[] = [];
    const simulator = {
      chartDefaults(_simulation: unknown, id: string) {
        asked.push(id);
        const values = JSON.stringify({ service: { port: 80 } });
        return Promise.resolve({ name: "app", version: "1.2.3", values, schema });
      },
    } as unknown as Simulator;
    withTruth(
      one,
      {
        target: "working tree",
        clusters: [
          { name: "prod", appliers: [{ applier, status: "unchanged", changes: [], problems: [] }] },
        ],
        problems: [],
        oldProblems: [],
        images: { added: [], removed: [] },
        counts: {
          created: 0,
          changed: 0,
          deleted: 0,
          moved: 0,
          orphaned: 0,
          errors: 0,
          warnings: 0,
        },
        stats: {},
      },
      createChartShelf(simulator, {} as Simulation),
    );
    return { ...one, asked };
  }

  test("is asked for once, when its values are looked at", async () => {
    const { folder, path, position, asked } = rendered();
    const { signal } = new AbortController();
    const at = { textDocument: { uri: root }, position };
    await loadCharts(folder, path, { position: { line: 0, character: 0 } }, signal);
    expect(asked).toEqual([]);
    await loadCharts(folder, path, at, signal);
    await loadCharts(folder, path, at, signal);
    expect(asked).toEqual(["prod|HelmRelease/apps/app"]);
    const found = hover(folder, path, at);
    expect(JSON.stringify(found?.contents)).toMatch(
      /Where it listens.*Default: `80`.*A value of chart app 1\.2\.3/,
    );
  });
});

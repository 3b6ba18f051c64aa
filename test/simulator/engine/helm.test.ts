// HelmReleases in the engine: what the host can rely on. Helm's own rules are tested beside the Go code and against upstream.
import { afterAll, describe, expect, it } from "vitest";

import type { HelmRequest } from "#simulator/engine";
import { createNodeEngine } from "#simulator/node";

import { encodeFiles, NativeEngine } from "../../support/native-engine.ts";
import { built, putFiles, startEngine, treeOf, type Files } from "./fixture.ts";

const engine = startEngine();
const chart: Files = {
  "chart/Chart.yaml": "{apiVersion: v2, name: demo, version: 1.0.0}\n",
  "chart/values.yaml": "text: chart\n",
};
const withTemplate = (text: string): Files => ({ ...chart, "chart/templates/a.yaml": text });
const configMap = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: ${value}}\n`;

function requestFor(spec: object = {}, changes: Partial<HelmRequest> = {}): HelmRequest {
  return {
    chart: {
      artifact: "repo",
      form: "directory",
      path: "chart",
      valuesFiles: [],
      ignoreMissingValuesFiles: false,
    },
    helmRelease: { metadata: { name: "app", namespace: "apps" }, spec },
    flux: "2.9",
    apiVersions: [],
    clusterScoped: [],
    isUpgrade: false,
    revision: 1,
    useHelm3Defaults: false,
    objects: [],
    assumed: [],
    remotes: [],
    lookups: [],
    mode: "exact",
    ...changes,
  };
}

function render(files: Files, spec: object = {}, changes: Partial<HelmRequest> = {}) {
  putFiles(engine, "repo", files);
  return engine.answer("helm", requestFor(spec, changes));
}

describe("a HelmRelease", () => {
  it("gives the objects that helm-controller applies", () => {
    const result = render(withTemplate(configMap("'{{ .Values.text }}'")), {
      values: { text: "mine" },
    });
    expect(result).toMatchObject({
      chart: { name: "demo", version: "1.0.0" },
      release: { name: "app", namespace: "apps" },
      needs: [],
    });
    expect(result.objects.map(({ json }) => JSON.parse(json) as unknown)).toEqual([
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: "a",
          namespace: "apps",
          labels: {
            "app.kubernetes.io/managed-by": "Helm",
            "helm.toolkit.fluxcd.io/name": "app",
            "helm.toolkit.fluxcd.io/namespace": "apps",
          },
          annotations: {
            "meta.helm.sh/release-name": "app",
            "meta.helm.sh/release-namespace": "apps",
          },
        },
        data: { k: "mine" },
      },
    ]);
    expect(result.objects[0]?.helm).toEqual({
      part: "template",
      template: "demo/templates/a.yaml",
    });
  });

  it("names the file and line of a template that fails", () => {
    const result = render(withTemplate('\n{{ fail "no" }}'));
    expect(result.failure).toMatchObject({
      stage: "template",
      reason: "InstallFailed",
      path: "chart/templates/a.yaml",
      line: 2,
    });
  });

  it("asks for values that are missing", () => {
    const result = render(chart, { valuesFrom: [{ kind: "Secret", name: "s" }] });
    expect(result.failure?.reason).toBe("ValuesError");
    expect(result.needs).toEqual([{ kind: "Secret", key: "Secret/apps/s" }]);
  });

  it("leaves out what only the cluster knows, and says so", () => {
    const result = render(
      withTemplate(configMap("'{{ .Values.text }}'")),
      { valuesFrom: [{ kind: "Secret", name: "s" }] },
      { assumed: ["Secret/apps/s"] },
    );
    expect(result.failure).toBeUndefined();
    expect(result.warnings.map(({ code }) => code)).toEqual(["values-unknown"]);
  });

  it("gets remote parts of a schema from the host", () => {
    const address = "https://schemas.example.test/values.json";
    const files = { ...chart, "chart/values.schema.json": JSON.stringify({ $ref: address }) };
    const key = `http:${address}`;
    expect(render(files).needs).toEqual([{ kind: "http", key, url: address }]);
    putFiles(engine, "schema", { content: '{"properties": {"text": {"type": "integer"}}}' });
    const answered = render(files, {}, { remotes: [{ key, artifact: "schema" }] });
    expect(answered.failure?.message).toContain("at '/text': got string, want integer");
    expect(answered.reads.files).toContain("schema/content");
    putFiles(engine, "schema", { content: '{"properties": {"text": {"type": "string"}}}' });
    expect(render(files, {}, { remotes: [{ key, artifact: "schema" }] }).failure).toBeUndefined();
    const offline = render(files, {}, { remotes: [{ key, unavailable: "offline" }] });
    expect(offline.failure).toBeUndefined();
  });
});

describe("a chart", () => {
  it("is described", () => {
    putFiles(engine, "repo", { ...chart, "chart/values.schema.json": "{}" });
    const answer = engine.answer("chart", { chart: requestFor().chart, remotes: [] });
    expect(answer).toMatchObject({
      name: "demo",
      version: "1.0.0",
      values: '{"text":"chart"}',
      schema: "{}",
      needs: [],
    });
  });
});

describe("a hostile chart", () => {
  const pool = createNodeEngine({ jobs: 1, timeoutMs: 1000 });
  afterAll(() => pool.dispose());
  const ask = (text: string) =>
    pool.call("helm", requestFor(), new Map([["repo", treeOf(withTemplate(text))]]));

  it("is stopped when it does not end, and the next one works", async () => {
    const forever = "{{ range until 4000000 }}{{ range until 4000000 }}{{ end }}{{ end }}";
    expect((await ask(forever)).failure).toMatchObject({
      stage: "engine",
      reason: "InstallFailed",
      cause: "timeout",
    });
  });

  it("is refused when it makes too much", async () => {
    const much = await ask('{{ repeat 2000000000 "x" }}');
    expect(much.failure).toMatchObject({ stage: "engine", cause: "limit" });
  });
});

describe("the native engine", () => {
  const native = new NativeEngine(built("engine-native"));
  afterAll(() => native.stop());

  it("gives the same bytes", async () => {
    const files = withTemplate(
      configMap("'{{ randAlphaNum 9 }} {{ keys .Values | join \",\" }} {{ now }}'"),
    );
    const result = render(files, { values: { z: 1, y: { b: 2, a: 1 } } });
    const encoder = new TextEncoder();
    const entries = Object.entries(files).map(
      ([path, text]) => [path, encoder.encode(text)] as const,
    );
    await native.call(1, encodeFiles("repo", entries));
    const question = encoder.encode(
      JSON.stringify(requestFor({ values: { z: 1, y: { b: 2, a: 1 } } })),
    );
    const answer = new TextDecoder().decode(await native.call(8, question));
    expect(JSON.parse(answer)).toEqual(result);
    expect(result.warnings.map(({ code }) => code)).toEqual(["nondeterministic"]);
  });
});

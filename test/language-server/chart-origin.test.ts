/** What decides a line that a chart made, and what a value decides: asked of the server, found by the engine. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createSimulator } from "#simulator";
import { createNodeEngine } from "#simulator/node";

import type {
  LineOriginResult,
  ObjectTextResult,
  ValueEffectsResult,
} from "../../language-server/protocol.ts";
import { fixture } from "../support/fixture.ts";
import { gotkSync, kustomization } from "../support/flux.ts";
import { noSources } from "../support/simulator.ts";
import type { Client } from "./lsp-pair.ts";
import { connect } from "./lsp-pair.ts";
import { createMemoryHost } from "./memory-host.ts";

const root = "file:///repo";

const tree = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization(
  "apps",
  "./apps",
  `  postBuild:
    substitute:
      TAG: "6.9"
  patches:
    - target: {kind: HelmRelease}
      patch: |
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: any}
        spec:
          values:
            fromPatch: patched`,
)}
#- apps/kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: apps
resources: [release.yaml, settings.yaml, plain.yaml]
configMapGenerator:
  - name: generated
    files: [values.yaml=base-values.yaml]
configurations: [references.yaml]
#- apps/references.yaml
nameReference:
  - kind: ConfigMap
    version: v1
    fieldSpecs: [{path: spec/valuesFrom/name, kind: HelmRelease}]
#- apps/base-values.yaml
# kept in a file of its own
probe:
  path: /healthz
#- apps/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  values.yaml: |
    service:
      port: 8080
  level: info
---
apiVersion: v1
kind: Secret
metadata:
  name: hidden
stringData:
  password: planted-password
#- apps/plain.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: plain
data:
  key: value
  tag: v\${TAG}
#- apps/release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
spec:
  interval: 1h
  chart:
    spec:
      chart: ./charts/app
      sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
  commonMetadata:
    labels:
      team: blue
  valuesFrom:
    - kind: ConfigMap
      name: generated
    - kind: ConfigMap
      name: settings
    - kind: ConfigMap
      name: settings
      valuesKey: level
      targetPath: log.level
    - kind: Secret
      name: hidden
      valuesKey: password
      targetPath: log.password
  postRenderers:
    - kustomize:
        patches:
          - patch: |
              apiVersion: apps/v1
              kind: Deployment
              metadata:
                name: web-app
              spec:
                revisionHistoryLimit: 3
  values:
    image:
      repository: example.test/web
      tag: v\${TAG}
    env:
      GREETING: hello
    extra:
      enabled: true
    config: |
      first = one
      second = two
#- charts/app/Chart.yaml
apiVersion: v2
name: app
version: 1.2.3
#- charts/app/values.yaml
image:
  repository: example.test/default
  tag: latest
  # when to pull
  pullPolicy: IfNotPresent
env: {}
service: {port: 80}
probe: {path: /}
log: {level: warn}
extra: {enabled: false}
fromPatch: ""
config: ""
#- charts/app/values.schema.json
{"properties": {"service": {"properties": {"port": {"type": "integer", "maximum": 9000}}}}}
#- charts/app/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-app
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          args: ["--level={{ .Values.log.level }}", "--password={{ .Values.log.password }}"]
          {{- with .Values.env }}
          env:
            {{- range $name, $value := . }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          {{- end }}
          ports:
            - name: http
              containerPort: {{ .Values.service.port }}
              protocol: TCP
          livenessProbe:
            httpGet: {path: {{ .Values.probe.path }}, port: http}
#- charts/app/templates/extra.yaml
{{- if .Values.extra.enabled }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-extra
data:
  patched: {{ .Values.fromPatch | quote }}
  constant: "always this"
  app.conf: |
    [main]
    {{- .Values.config | nindent 4 }}
    end = yes
{{- end }}
`);

const disk: Record<string, string> = Object.fromEntries(
  [...tree.files].map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes)]),
);

let client: Client;
beforeAll(async () => {
  const engine = createNodeEngine({ jobs: 1 });
  // However slow the machine is, everything is tried.
  const experimentTime = Number.POSITIVE_INFINITY;
  const simulator = createSimulator({ engine, sources: noSources, experimentTime });
  const host = createMemoryHost({ root, disk, simulator });
  client = await connect(host, { root, settings: { base: "HEAD", paths: ["cluster"] } });
  await client.next("ready");
});
afterAll(() => client.stop());

const release = "cluster|HelmRelease/apps/web";
const deployment = "apps/v1/Deployment/apps/web-app";
const extra = "v1/ConfigMap/apps/web-extra";

interface Wanted {
  readonly applier?: string;
  readonly object?: string;
}

async function originsOf(
  text: string,
  { applier = release, object = deployment }: Wanted = {},
): Promise<LineOriginResult> {
  const params = { folder: root, applier, object, side: "target" };
  const shown: ObjectTextResult = await client.connection.sendRequest("sluice/objectText", params);
  const line = (shown.text ?? "").split("\n").findIndex((one) => one.includes(text)) + 1;
  expect(line, shown.text).toBeGreaterThan(0);
  return client.connection.sendRequest("sluice/lineOrigin", { ...params, line });
}

/** What "Go to Definition" leads to: `effect title: file: text of the line`. */
async function targetsOf(text: string, wanted?: Wanted): Promise<readonly string[]> {
  const { origins = [] } = await originsOf(text, wanted);
  return origins
    .filter(({ isTarget }) => isTarget)
    .map(({ effect, title, place }) => `${effect} ${title}: ${lineAt(place)}`);
}

function lineAt(place: { readonly path: string; readonly line?: number } | undefined): string {
  if (!place) return "nowhere";
  return `${place.path}: ${disk[place.path]?.split("\n")[(place.line ?? 0) - 1]?.trim()}`;
}

describe("a line of a chart leads to", () => {
  test("the values that it is made of, and the variable that one of them is made of", async () => {
    expect(await targetsOf("image: ")).toEqual([
      "text image.repository: apps/release.yaml: repository: example.test/web",
      "text image.tag: apps/release.yaml: tag: v${TAG}",
      'text image.tag: cluster/apps.yaml: TAG: "6.9"',
    ]);
  });

  test("the key that somebody chose", async () => {
    expect(await targetsOf("name: GREETING")).toEqual([
      "text env.GREETING: apps/release.yaml: GREETING: hello",
    ]);
    expect(await targetsOf("value: hello")).toEqual([
      "text env.GREETING: apps/release.yaml: GREETING: hello",
    ]);
  });

  test("a ConfigMap, the file that one is generated from, and a value that goes to a path", async () => {
    expect(await targetsOf("containerPort: 8080")).toEqual([
      "text service.port of ConfigMap settings: apps/settings.yaml: port: 8080",
    ]);
    const [probe] = await targetsOf("path: /healthz");
    expect(probe).toMatch(
      /^text probe\.path of ConfigMap generated.*: apps\/base-values\.yaml: path: \/healthz$/,
    );
    expect(await targetsOf("--level=info")).toEqual([
      "text level of ConfigMap settings: apps/settings.yaml: level: info",
    ]);
  });

  test("a Secret, without its value", async () => {
    const answer = await originsOf("--password=");
    expect(answer.origins?.[0]).toMatchObject({
      title: "password of Secret hidden",
      place: { path: "apps/settings.yaml" },
    });
    expect(JSON.stringify(answer)).not.toContain("planted-password");
  });

  test("a patch: of the release, and of the Kustomization above", async () => {
    expect(await targetsOf("revisionHistoryLimit: 3")).toEqual([
      "presence spec.postRenderers[0].kustomize.patches[0]: apps/release.yaml: revisionHistoryLimit: 3",
    ]);
    expect(await targetsOf("patched: patched", { object: extra })).toEqual([
      "text fromPatch: cluster/apps.yaml: fromPatch: patched",
    ]);
  });

  test("metadata that is common to all, and the name of the release", async () => {
    expect(await targetsOf("team: blue")).toEqual([
      "text spec.commonMetadata.labels.team: apps/release.yaml: team: blue",
    ]);
    expect(await targetsOf("name: web-extra", { object: extra })).toContain(
      "text metadata.name: apps/release.yaml: name: web",
    );
  });

  test("the same line of a text", async () => {
    expect(await targetsOf("second = two", { object: extra })).toEqual([
      "text config: apps/release.yaml: second = two",
    ]);
  });

  test("the default of the chart, and what is always so in a template", async () => {
    expect(await targetsOf("imagePullPolicy")).toEqual([
      "text image.pullPolicy: charts/app/values.yaml: pullPolicy: IfNotPresent",
    ]);
    expect(await targetsOf("protocol: TCP")).toEqual([
      "template templates/deployment.yaml: charts/app/templates/deployment.yaml: protocol: TCP",
    ]);
    const { origins = [] } = await originsOf("constant", { object: extra });
    expect(origins.map(({ effect, title }) => `${effect} ${title}`)).toEqual([
      "object extra.enabled",
      "template templates/extra.yaml",
    ]);
  });
});

test("the same in the text of all that the release applies, and by the path of a field", async () => {
  const all = { folder: root, applier: release, object: "", side: "target", part: "applier" };
  const shown: ObjectTextResult = await client.connection.sendRequest("sluice/objectText", all);
  const lines = (shown.text ?? "").split("\n");
  const ask = (params: object): Promise<LineOriginResult> =>
    client.connection.sendRequest("sluice/lineOrigin", { ...all, ...params });
  const image = await ask({ line: lines.findIndex((one) => one.includes("image: ")) + 1 });
  expect(image.origins?.[0]?.title).toBe("image.repository");
  // The HelmChart is what the release says of it.
  const chart = await ask({ line: lines.findIndex((one) => one.includes("chart: ./charts")) + 1 });
  expect(lineAt(chart.place)).toBe("apps/release.yaml: chart: ./charts/app");
  const pointer = "/spec/template/spec/containers/0/ports/0/containerPort";
  const params = { folder: root, applier: release, object: deployment, side: "target" };
  const port: LineOriginResult = await client.connection.sendRequest("sluice/lineOrigin", {
    ...{ ...params, line: 1, pointer },
  });
  expect(lineAt(port.place)).toBe("apps/settings.yaml: port: 8080");
});

test("a line of a Kustomization leads to its manifest, and to the variable in it", async () => {
  const wanted = {
    applier: "cluster|Kustomization/flux-system/apps",
    object: "v1/ConfigMap/apps/plain",
  };
  expect(await originsOf("key: value", wanted)).toEqual({
    place: { path: "apps/plain.yaml", line: 6, column: 3 },
  });
  expect(await targetsOf("tag: v6.9", wanted)).toEqual([
    "text data.tag: apps/plain.yaml: tag: v${TAG}",
    'text data.tag: cluster/apps.yaml: TAG: "6.9"',
  ]);
  expect(await targetsOf("kustomize.toolkit.fluxcd.io/name", wanted)).toEqual([]);
});

/** `Kind name: lines`, the lines as they are rendered. */
async function effectsOf(path: string, text: string): Promise<readonly string[]> {
  const line = (disk[path] ?? "").split("\n").findIndex((one) => one.includes(text));
  const params = { folder: root, path, position: { line, character: 0 } };
  const answer: ValueEffectsResult = await client.connection.sendRequest(
    "sluice/valueEffects",
    params,
  );
  const objects = (answer.objects ?? []).map(async ({ applier, ref, lines }) => {
    const object = [ref.apiVersion, ref.kind, ref.namespace, ref.name].join("/");
    const shown: ObjectTextResult = await client.connection.sendRequest("sluice/objectText", {
      ...{ folder: root, applier, object, side: "target" },
    });
    const rows = (shown.text ?? "").split("\n");
    return `${ref.kind} ${ref.name}: ${lines.map((at) => rows[at - 1]?.trim()).join(", ")}`;
  });
  return Promise.all(objects);
}

describe("a value decides", () => {
  test("the lines that it stands in, or that hang on it", async () => {
    expect(await effectsOf("apps/release.yaml", "tag: v$")).toEqual([
      "Deployment web-app: image: example.test/web:v6.9",
    ]);
    expect(await effectsOf("apps/release.yaml", "second = two")).toEqual([
      "ConfigMap web-extra: first = one, second = two",
    ]);
    expect(await effectsOf("apps/release.yaml", "enabled: true")).toEqual([
      "ConfigMap web-extra: ",
    ]);
  });

  test("the same from a ConfigMap and from the file that one is generated from", async () => {
    expect(await effectsOf("apps/settings.yaml", "port: 8080")).toEqual([
      "Deployment web-app: - containerPort: 8080",
    ]);
    expect(await effectsOf("apps/base-values.yaml", "path: /healthz")).toEqual([
      "Deployment web-app: path: /healthz",
    ]);
  });

  test("nothing, where there is no value", async () => {
    expect(await effectsOf("charts/app/Chart.yaml", "name: app")).toEqual([]);
    expect(await effectsOf("apps/release.yaml", "kind: HelmRelease")).toEqual([]);
  });
});

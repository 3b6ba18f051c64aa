/** Another value at one place, or another comment: only what looks at that place is asked again, and finds what a fresh start finds. */
import { expect, test } from "vitest";
import { isPair, isScalar, parseAllDocuments, visit } from "yaml";

import { valueEditOf } from "../../../language-server/manifest/manifest-document.ts";
import { ModelStore } from "../../../language-server/model/model-store.ts";
import { checkFile } from "../../../language-server/rules/check-file.ts";
import { defaultRuleSettings } from "../../../language-server/rules/suppression.ts";
import { createCatalog } from "../../../language-server/schema/create-catalog.ts";
import { shippedPacks } from "../../support/lint.ts";

/** With rules in CEL, lists that go by keys, alternatives, limits, formats, and fields that are left open. */
const sound = `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: app
  namespace: flux-system
spec:
  interval: 10m
  provider: generic
  url: oci://registry.example.test/app
  ref:
    semver: ">=1.0.0"
  verify:
    provider: cosign
    matchOIDCIdentity:
      - issuer: ^https://a$
        subject: ^b$
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata:
  name: files
  namespace: flux-system
spec:
  interval: 1h
  provider: generic
  bucketName: files
  endpoint: files.example.test
  sts:
    provider: ldap
    endpoint: https://ldap.example.test
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: app
  namespace: flux-system
spec:
  interval: 1h
  chartRef:
    kind: OCIRepository
    name: app
  driftDetection:
    mode: enabled
  install:
    remediation:
      retries: 3
  values:
    replicas: 2
    hosts:
      - one
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  namespace: flux-system
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app
  template:
    metadata:
      labels:
        app: app
    spec:
      containers:
        - name: app
          image: registry.example.test/app:1
          ports:
            - name: http
              containerPort: 80
            - name: more
              containerPort: 81
          resources:
            requests:
              memory: 64Mi
        - name: other
          image: registry.example.test/other:1
`;

const values = ["1", "null", "x", "http", "80", "azure", "1h"];

test("what is found after an edit of any value, or above any line, is what is found from the start", async () => {
  const packs = await shippedPacks();
  const catalog = createCatalog(packs, { flux: "2.9", kubernetes: "" });
  const fresh = (): ModelStore => {
    const store = new ModelStore();
    store.setSchemas(() => catalog);
    return store;
  };
  const found = (store: ModelStore, text: string): unknown => {
    store.setText("a.yaml", text);
    return checkFile(store.current, "a.yaml", defaultRuleSettings, (rule, _path, error) => {
      throw new Error(rule, { cause: error });
    });
  };
  const edited = fresh();
  expect(found(edited, sound)).toEqual([]);
  const reached = new Set<string>();
  for (const text of edits()) {
    expect(found(edited, text)).toEqual(found(fresh(), text));
    for (const { document } of edited.current.manifest("a.yaml")?.parts ?? [])
      reached.add(valueEditOf(document)?.path.join(".") ?? "");
    found(edited, sound);
  }
  expect(reached.size).toBeGreaterThan(25);
});

function* edits(): Generator<string> {
  for (const [start, end] of scalars())
    for (const value of values) yield sound.slice(0, start) + value + sound.slice(end);
  for (let at = 0; at >= 0; at = sound.indexOf("\n", at + 1))
    for (const lines of ["\n", "\n      # one\n# two"])
      yield sound.slice(0, at) + lines + sound.slice(at);
}

function scalars(): readonly (readonly [number, number])[] {
  const places: (readonly [number, number])[] = [];
  for (const document of parseAllDocuments(sound))
    visit(document, (key, node) => {
      if (key === "key" || isPair(node) || !isScalar(node) || !node.range) return;
      places.push([node.range[0], node.range[1]]);
    });
  return places;
}

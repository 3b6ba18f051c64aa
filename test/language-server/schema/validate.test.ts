// The validator on manifests as people write them: exact ranges, and what is let pass.
import { beforeAll, describe, expect, test } from "vitest";

import type { Catalog } from "../../../language-server/schema/catalog.ts";
import { anyOpaque, opaqueText } from "../../../language-server/schema/opaque.ts";
import { applied, brief, catalogFor, checkText } from "../../support/schemas.ts";

let catalog: Catalog;
beforeAll(async () => {
  catalog = await catalogFor();
});

const opaque = anyOpaque(opaqueText.flux, opaqueText.sops, opaqueText.resourceSet);
const found = (text: string, options = {}): readonly string[] =>
  brief(checkText(catalog, text, { opaque, ...options }));

const kustomization = (spec: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
${spec}`;

const sound = `  interval: 10m
  path: ./apps
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
`;

const deployment = (container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
spec:
  selector:
    matchLabels: { app: app }
  template:
    metadata:
      labels: { app: app }
    spec:
      containers:
        - name: app
          image: app:1
${container}`;

test("a sound manifest has no findings", () => {
  expect(found(kustomization(sound))).toEqual([]);
  expect(found(deployment(""))).toEqual([]);
});

describe("types", () => {
  test.each([
    ["a number for a text", "  path: 5", "type: 5"],
    ["a text for true or false", "  prune: maybe", "type: maybe"],
    ["a quoted boolean", '  prune: "true"', 'type: "true"'],
    ["a mapping for a text", "  path:\n    a: b", "type: path"],
    ["a text for a list", "  patches: none", "type: none"],
    ["a text for a mapping", "  sourceRef: flux-system", "type: flux-system"],
    ["yes, which a Flux build reads as a text", "  prune: yes", "type: yes"],
  ])("%s", (_, line, expected) => {
    const rest = sound.replace(
      new RegExp(`^  ${line.trim().split(":")[0]}:.*\\n(    .*\\n)*`, "m"),
      "",
    );
    expect(found(kustomization(`${rest}${line}\n`))).toEqual([expected]);
  });

  test("numbers are read as Go reads them", () => {
    expect(
      found(deployment("          ports: [{ containerPort: 0x50 }, { containerPort: 1e3 }]\n")),
    ).toEqual([]);
    expect(found(deployment("          ports: [{ containerPort: 80.5 }]\n"))).toEqual([
      "type: 80.5",
    ]);
  });

  test("a tag says what a scalar is", () => {
    expect(found(kustomization(`${sound}  targetNamespace: !!str 123\n`))).toEqual([]);
  });

  test("an element of a list may not be empty, a field may", () => {
    expect(found(kustomization(`${sound}  dependsOn:\n    -\n    - name: a\n`))).toEqual([
      "type: dependsOn",
    ]);
    expect(found(kustomization(`${sound}  targetNamespace:\n`))).toEqual([]);
  });
});

describe("values", () => {
  test("allowed ones, patterns, limits", () => {
    const spec = sound.replace("10m", "5minutes").replace("GitRepository", "GitRepo");
    expect(found(kustomization(spec))).toEqual(["pattern: 5minutes", "enum: GitRepo"]);
    expect(found(kustomization(`${sound}  targetNamespace: ""\n`))).toEqual(['range: ""']);
  });

  test("a quantity and an integer or text", () => {
    const resources = (cpu: string): string =>
      deployment(`          resources: { limits: { cpu: ${cpu} } }\n`);
    expect(found(resources("500m"))).toEqual([]);
    expect(found(resources("0.5"))).toEqual([]);
    expect(found(resources("half"))).toEqual(["format: half"]);
    const probe = (port: string): string =>
      deployment(`          livenessProbe: { httpGet: { port: ${port} } }\n`);
    expect(found(probe("http"))).toEqual([]);
    expect(found(probe("80"))).toEqual([]);
    expect(found(probe("true"))).toEqual(["type: true"]);
  });

  test("base64", () => {
    const secret = (value: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata:\n  key: ${value}\n`;
    expect(found(secret("aGVsbG8="))).toEqual([]);
    expect(found(secret("hello"))).toEqual(["format: hello"]);
    expect(found(secret("ENC[AES256_GCM,data:abc,type:str]"))).toEqual([]);
  });
});

describe("fields", () => {
  test("one that does not exist, with what may have been meant", () => {
    const checked = checkText(catalog, kustomization(sound.replace("path:", "paths:")));
    expect(brief(checked)).toEqual(["unknown-field: paths"]);
    expect(applied(checked, /path/)).toContain("  path: ./apps");
  });

  test("one that only another minor of Flux has", async () => {
    const text = kustomization(`${sound}  buildMetadata: [originAnnotations]\n`);
    expect(found(text)).toEqual([]);
    const older = await catalogFor({ flux: "2.8" });
    expect(brief(checkText(older, text))).toEqual(["field-version: buildMetadata"]);
  });

  test("one that is missing is said at the mapping and can be added", () => {
    const checked = checkText(catalog, kustomization(sound.replace("    name: flux-system\n", "")));
    expect(brief(checked)).toEqual(["required: sourceRef"]);
    expect(applied(checked, /Add name/)).toContain("    kind: GitRepository\n    name: ");
  });

  test("one without a value is missing too", () => {
    expect(found(kustomization(sound.replace("10m", "")))).toEqual(["required: interval"]);
    const flow = sound.replace(/  sourceRef:[^]*$/, "  sourceRef: { kind: GitRepository, name }\n");
    expect(found(kustomization(flow))).toEqual(["required: name"]);
  });

  test("one that is there twice", () => {
    expect(found(kustomization(`${sound}  path: ./b\n`))).toEqual(["duplicate-key: path"]);
  });

  test("metadata of any object", () => {
    const text = kustomization(sound).replace(
      "  namespace: flux-system",
      "  namespce: flux-system",
    );
    expect(found(text)).toEqual(["unknown-field: namespce"]);
  });

  test("annotations are written as texts by kustomize, labels are not", () => {
    const text = (metadata: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n${metadata}`;
    expect(found(text("  annotations: { port: 8080, scrape: true }\n"))).toEqual([]);
    expect(found(text("  annotations: { port: 8080 }\n"), { reader: "kubectl" })).toEqual([
      "type: 8080",
    ]);
    expect(found(text("  annotations: { port: [8080] }\n"))).toEqual(["type: port"]);
    expect(found(text("  labels: { port: 8080 }\n"))).toEqual(["type: 8080"]);
  });

  test("values and other free parts may hold anything", () => {
    const text = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: a }
spec:
  interval: 1h
  chartRef: { kind: OCIRepository, name: a }
  values: { anything: [1, { goes: here }] }
`;
    expect(found(text)).toEqual([]);
  });
});

describe("lists", () => {
  test("elements with the same key, defaults counted in", () => {
    const ports =
      "          ports: [{ containerPort: 80 }, { containerPort: 80, protocol: TCP }]\n";
    expect(found(deployment(ports))).toEqual(["duplicate-item: containerPort"]);
    const both = "          ports: [{ containerPort: 53 }, { containerPort: 53, protocol: UDP }]\n";
    expect(found(deployment(both))).toEqual([]);
  });

  test("the same variable of the environment twice", () => {
    const env =
      "          env:\n            - { name: A, value: x }\n            - { name: A, value: y }\n";
    expect(found(deployment(env))).toEqual(["duplicate-item: name"]);
  });
});

describe("what is not known yet", () => {
  test("a variable fits every type", () => {
    const spec = sound.replace("10m", "${INTERVAL}").replace("true", "${PRUNE:=true}");
    expect(found(kustomization(spec))).toEqual([]);
    expect(found(kustomization(sound.replace("10m", () => "$${INTERVAL}")))).toEqual([
      "pattern: $${INTERVAL}",
    ]);
  });

  test("a variable as a key leaves open what is there", () => {
    expect(found(kustomization(sound.replace("  path:", "  ${KEY}:")))).toEqual([]);
  });

  test("templates of a ResourceSet and encrypted values", () => {
    expect(found(kustomization(sound.replace("10m", "<< inputs.interval >>")))).toEqual([]);
    const text = `${kustomization(sound)}sops:\n  mac: ENC[x]\n  version: 3.9.0\n`;
    expect(found(text)).toEqual([]);
  });
});

describe("patches", () => {
  test("nothing is missing in a patch, but what is there has to fit", () => {
    const patch = kustomization("  interval: 5minutes\n  sourceRef:\n    $patch: delete\n");
    expect(found(patch, { role: "patch" })).toEqual(["pattern: 5minutes"]);
  });
});

describe("aliases", () => {
  test("what stands behind an alias is reported where it is used", () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  labels: &labels { a: 1 }
  annotations: *labels
`;
    expect(found(text)).toEqual(["type: 1"]);
    expect(found(text, { reader: "kubectl" })).toEqual(["type: 1", "type: *labels"]);
  });

  test("merge keys bring fields", () => {
    const text =
      kustomization(`  <<: &base { interval: 10m, prune: true }\n  <<: *base\n  path: ./apps
  sourceRef: { kind: GitRepository, name: a }\n`);
    expect(found(text)).toEqual([]);
  });

  test("an alias inside of its own anchor, and aliases of aliases, come to an end", () => {
    const bomb = Array.from({ length: 20 }, (_, level) =>
      level === 0 ? "  a0: &a0 [x, x]" : `  a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
    ).join("\n");
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n${bomb}\n`;
    expect(found(text).length).toBeGreaterThan(0);
    expect(found("apiVersion: v1\nkind: ConfigMap\ndata: &a\n  b: *a\n").length).toBeGreaterThan(0);
  });
});

describe("while somebody is typing", () => {
  test("a key without a colon does not make other fields missing", () => {
    expect(found(kustomization(sound.replace("  path: ./apps", "  pa\n  path: ./apps")))).toEqual(
      [],
    );
  });

  test("an open quote and an empty document", () => {
    expect(found(kustomization(sound.replace("10m", '"10m')))).toEqual([]);
    expect(found("apiVersion: v1\nkind: ConfigMap\n")).toEqual([]);
  });
});

describe("kustomization.yaml", () => {
  const file = (text: string): string =>
    `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${text}`;

  test("its fields are those that kustomize decodes", () => {
    const text =
      "resources: [a.yaml]\nimages: [{ name: a, newTag: '1' }]\npatches: [{ path: p.yaml }]\n";
    expect(found(file(text))).toEqual([]);
    expect(found(file("ressources: [a.yaml]\n"))).toEqual(["unknown-field: ressources"]);
    expect(found(file("images: [{ name: a, newTag: 1.0 }]\n"))).toEqual(["type: 1.0"]);
  });

  test("kustomize reads its own file by older rules than manifests", () => {
    expect(found(file("namePrefix: on\n"))).toEqual(["type: on"]);
    expect(found(kustomization(`${sound}  targetNamespace: on\n`))).toEqual([]);
  });

  test("case does not matter to Go's decoder", () => {
    expect(found(file("nameprefix: a-\n"))).toEqual([]);
  });
});

test("an embedded object needs to say what it is", async () => {
  const { readCrd, crdSource } = await import("../../../language-server/schema/crd.ts");
  const crd = {
    kind: "CustomResourceDefinition",
    spec: {
      group: "example.com",
      names: { kind: "Holder", plural: "holders" },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                template: {
                  type: "object",
                  "x-kubernetes-embedded-resource": true,
                  "x-kubernetes-preserve-unknown-fields": true,
                },
              },
            },
          },
        },
      ],
    },
  };
  const workspace = crdSource(readCrd(crd, { from: "workspace", path: "crd.yaml", line: 1 }));
  const own = await catalogFor({ workspace });
  const text = (template: string): string =>
    `apiVersion: example.com/v1\nkind: Holder\nmetadata: { name: a }\ntemplate: ${template}\n`;
  expect(brief(checkText(own, text("{ apiVersion: v1, kind: ConfigMap }")))).toEqual([]);
  expect(brief(checkText(own, text("{ apiVersion: v1, data: { a: b } }")))).toEqual([
    "embedded: template",
  ]);
});

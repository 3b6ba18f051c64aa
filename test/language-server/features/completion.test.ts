/** Keys, values and names that are offered at a cursor, and the text after taking one. */
import { describe, expect, test } from "vitest";

import {
  cluster,
  kustomization,
  offered,
  release,
  withSnippets,
} from "../../support/completion.ts";

describe("keys", () => {
  test("required ones first, written ones not at all", async () => {
    const { labels } = await offered(kustomization("  prune: true\n  █"));
    expect(labels.slice(0, 2).toSorted()).toEqual(["interval", "sourceRef"]);
    expect(labels).toContain("postBuild");
    expect(labels).not.toContain("prune");
  });

  test("a key brings what is required inside of it", async () => {
    const { take } = await offered(kustomization("  sou█"));
    expect(take("sourceRef")).toEqual([
      "  sourceRef:",
      "    kind: ${1|OCIRepository,GitRepository,Bucket,ExternalArtifact|}",
      "    name: ${2}",
    ]);
  });

  test("inside of an item, continued lines stand below the key and not below the dash", async () => {
    const { take } = await offered(kustomization("  patches:\n    - tar█"));
    expect(take("patch")).toEqual(["    - patch: ${1}"]);
    const nested = await offered(`${cluster}
#- a.yaml
apiVersion: v1
kind: Pod
spec:
  containers:
    - envF█`);
    expect(nested.take("envFrom")).toEqual(["    - envFrom:", "        - ${1}"]);
  });

  test("a half-typed key that YAML reads together with the next line", async () => {
    const { labels, take } = await offered(kustomization("  de█\n  path: ./x"));
    expect(labels).toContain("dependsOn");
    expect(take("dependsOn")).toEqual(["  dependsOn:", "    - name: ${1}"]);
  });

  test("an open quote and an open bracket above do not swallow the place", async () => {
    const quote = await offered(kustomization('  path: "./x\n  sou█\n  prune: true'));
    expect(quote.labels).toContain("sourceRef");
    const bracket = await offered(kustomization("  components: [a,\n  sou█\n  prune: true"));
    expect(bracket.labels).toContain("sourceRef");
  });

  test("only the name is replaced where a colon follows", async () => {
    const { take } = await offered(kustomization("  inter█: 10m"));
    expect(take("interval")).toEqual(["  interval: 10m"]);
  });

  test("the second document of a file has its own kind", async () => {
    const { labels } = await offered(`
#- a.yaml
apiVersion: v1
kind: ConfigMap
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
spec:
  █`);
    expect(labels).toContain("bucketName");
  });

  test("without placeholders in a client that knows none", async () => {
    const { take } = await offered(kustomization("  sou█"), {});
    expect(take("sourceRef")).toEqual(["  sourceRef:"]);
  });

  test("a space in an empty line is indentation, and asks for nothing", async () => {
    const { labels } = await offered(kustomization("  █"), withSnippets, " ");
    expect(labels).toEqual([]);
  });

  test("flow mappings", async () => {
    const { labels } = await offered(kustomization("  sourceRef: { kind: Bucket, █ }"));
    expect(labels.toSorted()).toEqual(["apiVersion", "name", "namespace"]);
  });

  test("nothing in values files and templates of charts", async () => {
    const values = await offered("\n#- values.yaml\nimage: x\n█");
    const template = await offered(`
#- chart/Chart.yaml
name: x
#- chart/templates/a.yaml
apiVersion: v1
kind: Pod
█`);
    expect([...values.labels, ...template.labels]).toEqual([]);
  });
});

describe("values", () => {
  test("enums and booleans", async () => {
    expect((await offered(kustomization("  prune: █"))).labels).toEqual(["true", "false"]);
    const { labels } = await offered(kustomization("  deletionPolicy: █"));
    expect(labels).toContain("WaitForTermination");
  });

  test("a missing space behind the colon is put in", async () => {
    const { take } = await offered(kustomization("  prune:█"));
    expect(take("true")).toEqual(["  prune: true"]);
  });

  test("kinds that a reference takes", async () => {
    const { labels } = await offered(kustomization("  sourceRef:\n    kind: █"));
    expect(labels).toEqual(["GitRepository", "OCIRepository", "Bucket", "ExternalArtifact"]);
  });
});

describe("names", () => {
  test("of sources, by the kind beside", async () => {
    const git = await offered(kustomization("  sourceRef:\n    kind: GitRepository\n    name: █"));
    expect(git.labels).toEqual(["flux-system"]);
    expect(git.details["flux-system"]).toBe("GitRepository in flux-system");
    const oci = await offered(kustomization("  sourceRef: { kind: OCIRepository, name: █ }"));
    expect(oci.labels).toEqual(["podinfo"]);
    const quoted = await offered(kustomization('  sourceRef:\n    kind: Bucket\n    name: "█"'));
    expect(quoted.labels).toEqual([]);
  });

  test("of Kustomizations to wait for, without the object itself", async () => {
    const { labels, take } = await offered(kustomization("  dependsOn:\n    - name: a█"));
    expect(labels).toEqual(["apps"]);
    expect(take("apps")).toEqual(["    - name: apps"]);
  });

  const elsewhere = (text: string): string => `${text}
#- tools/cache.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata:
  name: cache
  namespace: tools
---
apiVersion: v1
kind: Secret
metadata:
  name: keys
  namespace: tools
`;

  test("of another namespace come with it where it can be said", async () => {
    const at = (text: string) =>
      offered(elsewhere(kustomization(`  sourceRef:\n    kind: Bucket\n${text}`)));
    expect((await at("    name: █\n")).take("cache")).toEqual([
      "    name: cache",
      "    namespace: tools",
    ]);
    const said = await at("    name: █\n    namespace: tools\n");
    expect(said.take("cache")).toEqual(["    name: cache"]);
    const flow = await offered(
      elsewhere(kustomization("  sourceRef: { kind: Bucket, name: █ }\n")),
    );
    expect(flow.take("cache")).toEqual(["  sourceRef: { kind: Bucket, name: cache }"]);
    const quoted = await at('    name: "█"\n');
    expect(quoted.take("cache")).toEqual(['    name: "cache"']);
  });

  test("of another namespace are not offered where the own one is meant", async () => {
    const secret = "  decryption:\n    provider: sops\n    secretRef:\n      name: █";
    const { labels } = await offered(elsewhere(kustomization(secret)));
    expect(labels).toContain("tokens");
    expect(labels).not.toContain("keys");
  });

  test("of Secrets and ConfigMaps, and their keys", async () => {
    const secrets = kustomization(
      "  postBuild:\n    substituteFrom:\n      - kind: Secret\n        name: █",
    );
    expect((await offered(secrets)).labels).toEqual(["tokens"]);
    const { labels } = await offered(
      release("  valuesFrom:\n    - kind: ConfigMap\n      name: settings\n      valuesKey: █"),
    );
    expect(labels).toEqual(["REGION"]);
  });

  test("never the value of a Secret", async () => {
    const text = release(
      "  valuesFrom:\n    - kind: Secret\n      name: tokens\n      valuesKey: █",
    );
    const { labels, details } = await offered(text);
    expect(labels).toEqual(["token"]);
    expect(JSON.stringify(details)).not.toContain("hush");
  });

  test("of namespaces", async () => {
    const { labels } = await offered(kustomization("  targetNamespace: █"));
    expect(labels).toEqual(["default", "flux-system", "web"]);
    const placeholder =
      "\n#- parts/ns.yaml\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: _\n";
    const more = await offered(`${kustomization("  targetNamespace: █")}${placeholder}`);
    expect(more.labels).toEqual(labels);
  });

  test("of ConfigMaps in a workload", async () => {
    const { labels } = await offered(`${cluster}
#- a.yaml
apiVersion: v1
kind: Pod
metadata:
  name: a
  namespace: flux-system
spec:
  containers:
    - name: a
      env:
        - name: REGION
          valueFrom:
            configMapKeyRef:
              key: REGION
              name: █`);
    expect(labels).toEqual(["settings"]);
  });

  test("of charts, and versions of them, that other releases use", async () => {
    const other = `
#- other.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: other
spec:
  chart:
    spec:
      chart: podinfo
      version: 6.1.0
      sourceRef: { kind: HelmRepository, name: charts }
`;
    const chart = (rest: string): string =>
      `${other}${release(`  chart:\n    spec:\n      sourceRef:\n        kind: HelmRepository\n        name: charts\n${rest}`)}`;
    expect((await offered(chart("      chart: █"))).labels).toEqual(["podinfo"]);
    const { labels } = await offered(chart("      chart: podinfo\n      version: █"));
    expect(labels).toEqual(["6.1.0"]);
  });

  test("of image policies, in markers", async () => {
    const { labels, take } = await offered(`
#- policy.yaml
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: web
  namespace: flux-system
#- a.yaml
apiVersion: v1
kind: Pod
spec:
  containers:
    - image: web:1 # {"$imagepolicy": "fl█"}`);
    expect(labels).toEqual(["flux-system:web", "flux-system:web:tag", "flux-system:web:name"]);
    expect(take("flux-system:web")).toEqual([
      '    - image: web:1 # {"$imagepolicy": "flux-system:web"}',
    ]);
  });
});

/** Where paths and keys of ConfigMaps lead. */
import { describe, test } from "vitest";

import { checkDefinition } from "../../support/definition.ts";

const apps = (spec: string, name = "apps") => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  path: ./apps
${spec}`;

describe("paths and keys", () => {
  test("spec.path leads to the kustomization.yaml of the folder", () => {
    const text = apps("  sourceRef: {kind: GitRepository, name: flux-system}");
    checkDefinition(`
#- clusters/apps.yaml
${text.replace("./apps", "./ap█ps")}
#- apps/kustomization.yaml
«»resources: []`);
  });

  test("entries of a kustomization.yaml lead to files, folders and generated files", () => {
    const files = (resource: string, generated: string) => `
#- kustomization.yaml
resources:
  - ${resource}
  - base
configMapGenerator:
  - name: a
    files: [key=${generated}]
`;
    checkDefinition(`${files("we█b.yaml", "b.txt")}
#- web.yaml
«»a: 1`);
    checkDefinition(`${files("a", "b█.txt")}
#- b.txt
«»b`);
    checkDefinition(`${files("./ba█se/", "b.txt")}
#- base/kustomization.yaml
«»resources: []`);
    checkDefinition(files("miss█ing.yaml", "b.txt"));
  });

  test("a folder without a kustomization.yaml leads to the manifests in it", () => {
    checkDefinition(`
#- clusters/apps.yaml
${apps("  sourceRef: {kind: GitRepository, name: flux-system}").replace("./apps", "./ap█ps")}
#- apps/a.yaml
«»a: 1
#- apps/b.yaml
«»a: 1
#- apps/deep/c.yaml
a: 1`);
  });

  test("valuesKey leads to the key, or to the file of the generator", () => {
    const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: web
spec:
  valuesFrom:
    - kind: ConfigMap
      name: web
      valuesKey: de█ep.yaml
`;
    checkDefinition(`
#- release.yaml
${release}
#- map.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: web}
data:
  other.yaml: a
  «deep.yaml»: |
    a: 1`);
    checkDefinition(`
#- release.yaml
${release}
#- kustomization.yaml
namespace: web
resources: [release.yaml]
configMapGenerator:
  - name: web
    files:
      - deep.yaml=files/values.yaml
#- files/values.yaml
«»a: 1`);
  });
});

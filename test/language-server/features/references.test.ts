/** Every place that names an object or uses a variable. */
import { describe, expect, test } from "vitest";

import { references } from "../../../language-server/features/references.ts";
import { kustomization } from "../../support/flux.ts";
import { cursorCase, root, shown } from "../../support/cursor.ts";

function checkReferences(text: string, includeDeclaration = true): void {
  const { folder, path, position, marked } = cursorCase(text);
  const params = { textDocument: { uri: root }, position, context: { includeDeclaration } };
  const found = references(folder, path, params).map(({ uri, range }) => shown(uri, range));
  expect(found.toSorted()).toEqual(marked.toSorted());
}

const object = (kind: string, name: string, namespace = "flux-system", more = "") => {
  const group = kind.endsWith("Repository") ? "source.toolkit.fluxcd.io/v1" : "v1";
  return `apiVersion: ${group}
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${namespace}
${more}`;
};

describe("objects", () => {
  const files = (at: string) => `
#- clusters/apps.yaml
${kustomization("apps", "./apps", "", "«fleet»")}---
${kustomization("infra", "./infra", "", at)}
#- clusters/source.yaml
${object("GitRepository", "«fleet»")}---
${object("Bucket", "fleet")}
#- clusters/alert.yaml
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: {name: a, namespace: other}
spec:
  eventSources:
    - kind: GitRepository
      name: «fleet»
      namespace: flux-system
    - kind: GitRepository
      name: fleet`;

  test("of a source, from a reference, across files and documents", () => {
    checkReferences(files("«fl█eet»"));
  });

  test("without the declaration", () => {
    const text = files("«fl█eet»").replace(
      "kind: GitRepository\nmetadata:\n  name: «fleet»",
      "kind: GitRepository\nmetadata:\n  name: fleet",
    );
    checkReferences(text, false);
  });

  test("of a Secret: Flux objects, workloads, patches, values of releases", () => {
    checkReferences(`
#- secret.yaml
${object("Secret", "«tok█en»", "web")}
#- source.yaml
${object("OCIRepository", "a", "web", "spec:\n  secretRef:\n    name: «token»\n")}
#- web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web}
spec:
  template:
    spec:
      imagePullSecrets: [{name: «token»}]
      containers:
        - name: token
          envFrom:
            - secretRef: {name: «token»}
            - configMapRef: {name: token}
          env:
            - valueFrom: {secretKeyRef: {name: "«token»", key: token}}
      volumes:
        - name: token
          secret: {secretName: «token»}
#- release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec:
  values:
    envFrom: [{secretRef: {name: «token»}}]
    token: token
#- kustomization.yaml
namespace: web
resources: [secret.yaml, web.yaml]
patches:
  - target: {kind: Secret, name: «token»}
    patch: |
      apiVersion: v1
      kind: Secret
      metadata:
        name: «token»
  - target: {kind: Secret, name: token.*}
    patch: "[]"`);
  });

  test("a namespace that comes from a file above", () => {
    checkReferences(`
#- web/kustomization.yaml
namespace: web
resources: [map.yaml, pod.yaml]
#- web/map.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: «m█ap»}
#- web/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: pod}
spec: {volumes: [{configMap: {name: «map»}}]}
#- other/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: pod, namespace: other}
spec: {volumes: [{configMap: {name: map}}]}`);
  });

  test("of one cluster only", () => {
    checkReferences(`
#- clusters/staging/source.yaml
${object("GitRepository", "«fl█eet»")}
#- clusters/staging/apps.yaml
${kustomization("apps", "./apps", "", "«fleet»")}
#- clusters/production/source.yaml
${object("GitRepository", "fleet")}
#- clusters/production/apps.yaml
${kustomization("apps", "./apps", "", "fleet")}`);
  });

  test("not: in templates of charts, in comments, as a part of another name", () => {
    checkReferences(`
#- clusters/source.yaml
${object("GitRepository", "«fl█eet»")}# fleet
#- clusters/other.yaml
${object("GitRepository", "fleet-2")}
#- chart/Chart.yaml
name: fleet
#- chart/templates/a.yaml
${kustomization("apps", "./apps", "", "fleet")}`);
  });
});

describe("variables", () => {
  const files = (own: string, definition = "«DOMAIN»") => `
#- clusters/apps.yaml
${kustomization("apps", "./apps", "  postBuild:\n    substituteFrom:\n      - {kind: ConfigMap, name: settings}\n")}
#- clusters/other.yaml
${kustomization("other", "./other", "  postBuild:\n    substitute:\n      DOMAIN: a\n")}
#- clusters/settings.yaml
${object("ConfigMap", "settings", "flux-system", `data:\n  ${definition}: a.test\n`)}
#- apps/web.yaml
${object("ConfigMap", "web", "web", `data:\n  a: \${${own}:=x} \${«DOMAIN»}\n  b: $\${DOMAIN}\n  c: \${DOMAINS}\n`)}
#- apps/off.yaml
${object("ConfigMap", "web", "web", "  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\ndata: {a: '${DOMAIN}'}\n")}
#- other/web.yaml
${object("ConfigMap", "web", "web", "data: {a: '${DOMAIN}'}\n")}`;

  test("from a use: those that the same Kustomization substitutes", () => {
    checkReferences(files("«DOM█AIN»"));
  });

  test("from the key that sets it", () => {
    checkReferences(files("«DOMAIN»", "«DO█MAIN»"));
  });

  test("in a file that no Kustomization builds: in that file", () => {
    checkReferences(`
#- a.yaml
${object("ConfigMap", "web", "web", "data:\n  a: ${«DO█MAIN»}\n  b: ${«DOMAIN»}\n")}
#- b.yaml
${object("ConfigMap", "web", "web", "data:\n  a: ${DOMAIN}\n")}`);
  });
});

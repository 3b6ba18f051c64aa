/** Where names, variables, keys and paths lead. */
import { describe, test } from "vitest";

import { checkDefinition } from "../../support/definition.ts";

const source = (name: string, more = "") => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: ${name}
  namespace: flux-system
spec:
  url: https://git.example.test/fleet${more}
`;

const apps = (spec: string, name = "apps") => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  path: ./apps
${spec}`;

describe("names of objects", () => {
  test("a source in another file", () => {
    checkDefinition(`
#- clusters/apps.yaml
${apps("  sourceRef:\n    kind: GitRepository\n    name: fle█et")}
#- clusters/sources/fleet.yaml
${source("«fleet»")}`);
  });

  test("a name in quotes, from its kind, in a file of several documents", () => {
    checkDefinition(`
#- clusters/apps.yaml
${source("other")}---
${source('"«fleet»"')}---
${apps("  sourceRef:\n    kind: Git█Repository\n    name: fleet")}`);
  });

  test("dependsOn takes the namespace of the object and of its field", () => {
    checkDefinition(`
#- clusters/a.yaml
${apps("  dependsOn:\n    - name: inf█ra\n")}
#- clusters/b.yaml
${apps("", "«infra»")}
#- clusters/c.yaml
${apps("", "infra").replace("namespace: flux-system", "namespace: other")}`);
  });

  test("the object of the same cluster, where two clusters have one of the name", () => {
    checkDefinition(`
#- clusters/staging/apps.yaml
${apps("  dependsOn:\n    - name: inf█ra\n")}
#- clusters/staging/infra.yaml
${apps("", "«infra»")}
#- clusters/production/infra.yaml
${apps("", "infra")}`);
  });

  test("valuesFrom leads to the generator, chartRef to the repository", () => {
    const release = (end: string) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: web
spec:
${end}`;
    checkDefinition(`
#- web/release.yaml
${release("  valuesFrom:\n    - kind: ConfigMap\n      name: web-va█lues\n")}
#- web/kustomization.yaml
namespace: web
resources:
  - release.yaml
configMapGenerator:
  - name: «web-values»
    files: [values.yaml]`);
    checkDefinition(`
#- web/release.yaml
${release("  chartRef:\n    kind: OCIRepository\n    name: ch█art\n")}
#- web/chart.yaml
${source("«chart»").replace("GitRepository", "OCIRepository").replace("flux-system", "web")}`);
  });

  test("a Secret that External Secrets makes", () => {
    checkDefinition(`
#- a.yaml
${source("fleet").trimEnd()}
  secretRef:
    name: tok█en
#- b.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: other
  namespace: flux-system
spec:
  target:
    name: «token»`);
  });

  test("an artifact that a generator makes", () => {
    checkDefinition(`
#- a.yaml
${apps("  sourceRef: {kind: ExternalArtifact, name: w█eb}")}
#- b.yaml
apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: all, namespace: flux-system}
spec:
  artifacts:
    - name: other
    - name: «web»`);
  });

  test("a patch leads to what it patches, and so does its target", () => {
    const deployment = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: web
`;
    const kustomization = (target: string) => `namespace: web
resources:
  - web.yaml
patches:
  - path: patch.yaml
    target:
      kind: Deployment
      name: ${target}`;
    checkDefinition(`
#- web.yaml
${deployment("«web»")}
#- patch.yaml
${deployment("w█eb")}
#- kustomization.yaml
${kustomization("web")}`);
    checkDefinition(`
#- web.yaml
${deployment("«web»")}
#- patch.yaml
${deployment("web")}
#- kustomization.yaml
${kustomization("w█eb")}`);
  });

  test("an inline patch of a Flux Kustomization", () => {
    checkDefinition(`
#- clusters/apps.yaml
${apps(`  patches:
    - patch: |
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: w█eb
        spec: {}
`)}
#- apps/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: «web»`);
  });

  test("a marker of image automation", () => {
    checkDefinition(`
#- web.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [] # {"$imagepolicy": "flux-system:w█eb:tag"}
#- policy.yaml
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: «web»
  namespace: flux-system`);
  });

  test("not: nothing of another namespace, another kind, or a name that holds a variable", () => {
    checkDefinition(`
#- a.yaml
${apps("  sourceRef:\n    kind: Bucket\n    name: fle█et")}
#- b.yaml
${source("fleet")}`);
    checkDefinition(`
#- a.yaml
${apps("  dependsOn:\n    - name: in█fra\n      namespace: there")}
#- b.yaml
${apps("", "infra")}`);
    checkDefinition(`
#- a.yaml
${apps("  dependsOn:\n    - name: in█fra-${CLUSTER}\n")}
#- b.yaml
${apps("", "infra")}`);
  });

  test("while the file is half typed", () => {
    checkDefinition(`
#- a.yaml
${apps("  sourceRef:\n    kind: GitRepository\n    name: fle█et\n  dependsOn:\n    - na\n  wai")}
#- b.yaml
${source("«fleet»")}`);
  });
});

describe("variables", () => {
  const settings = (entry: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: flux-system
data:
  ${entry}: example.test
`;

  test("set by the Kustomization that builds the file, which wins, and by its ConfigMap", () => {
    checkDefinition(`
#- clusters/apps.yaml
${apps(`  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substitute:
      «DOMAIN»: own.test
    substituteFrom:
      - kind: ConfigMap
        name: settings
`)}
#- clusters/settings.yaml
${settings("«DOMAIN»")}
#- apps/web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  host: www.\${DOM█AIN:=none}`);
  });

  test("set by what a patch of the Kustomization above gives", () => {
    checkDefinition(`
#- clusters/root.yaml
${apps(
  `  sourceRef: {kind: GitRepository, name: flux-system}
  patches:
    - patch: |
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: any}
        spec:
          postBuild:
            substituteFrom:
              - kind: ConfigMap
                name: settings
      target:
        kind: Kustomization
`,
  "root",
)}
#- apps/inner.yaml
${apps("  sourceRef: {kind: GitRepository, name: flux-system}", "inner").replace("./apps", "./inner")}
#- apps/settings.yaml
${settings("«DOMAIN»")}
#- inner/web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  host: www.\${DOM█AIN}`);
  });

  test("set by what a Component gives, out of a Secret that External Secrets makes", () => {
    checkDefinition(`
#- clusters/kustomization.yaml
components: [../component]
resources: [apps.yaml]
#- clusters/apps.yaml
${apps("  sourceRef: {kind: GitRepository, name: flux-system}")}
#- component/kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Kustomization}
    patch: |
      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: {name: any}
      spec:
        postBuild:
          substituteFrom:
            - kind: Secret
              name: vars
#- component/secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: vars, namespace: flux-system}
spec:
  target:
    template:
      data:
        «DOMAIN»: "{{ .domain }}"
#- apps/web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  host: \${DOM█AIN}`);
  });

  test("not: an escaped one, and one that nothing sets", () => {
    for (const use of ["$${DOM█AIN}", "${OTH█ER}"])
      checkDefinition(`
#- clusters/apps.yaml
${apps("  sourceRef: {kind: GitRepository, name: flux-system}\n  postBuild: {substitute: {DOMAIN: a}}")}
#- apps/web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  host: ${use}`);
  });
});

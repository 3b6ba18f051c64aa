/** Where clusters start: every way a repository can say it, and what is no root. */
import { describe, expect, it } from "vitest";

import { defaultOptions } from "#simulator";
import { discover, unreached } from "../../../simulator/graph/discover.ts";
import type { Discovery } from "../../../simulator/graph/discover.ts";
import { readKustomization } from "../../../simulator/flux/kustomization.ts";
import { fixture } from "../../support/fixture.ts";

const summary = ({ seeds }: Pick<Discovery, "seeds">) =>
  seeds.map(({ cluster, kustomizations, treeSources }) => ({
    cluster,
    roots: kustomizations.map(
      ({ object }) => `${readKustomization(object).name}:${readKustomization(object).path}`,
    ),
    sources: [...treeSources],
  }));

const bootstrap = (cluster: string): string => `
#- clusters/${cluster}/flux-system/gotk-sync.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  url: ssh://git@example.test/org/fleet
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  path: ./clusters/${cluster}
  sourceRef: {kind: GitRepository, name: flux-system}
`;

const child = `
#- apps/one/ks.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: one, namespace: flux-system}
spec:
  path: ./apps/one/app
  sourceRef: {kind: GitRepository, name: flux-system}
`;

describe("discover", () => {
  it("finds every bootstrapped cluster and leaves children alone", () => {
    const found = discover(
      fixture(bootstrap("staging") + bootstrap("production") + child),
      defaultOptions,
    );
    expect(summary(found)).toEqual([
      {
        cluster: "clusters/production",
        roots: ["flux-system:clusters/production"],
        sources: ["GitRepository/flux-system/flux-system"],
      },
      {
        cluster: "clusters/staging",
        roots: ["flux-system:clusters/staging"],
        sources: ["GitRepository/flux-system/flux-system"],
      },
    ]);
  });

  it("finds the sync of a FluxInstance", () => {
    const found = discover(
      fixture(`
#- flux/instance.yaml
apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata:
  name: flux
  namespace: flux-system
spec:
  sync:
    kind: GitRepository
    url: https://example.test/org/fleet.git
    ref: refs/heads/main
    path: clusters/home
`),
      defaultOptions,
    );
    expect(summary(found)).toEqual([
      {
        cluster: "clusters/home",
        roots: ["flux-system:clusters/home"],
        sources: ["GitRepository/flux-system/flux-system"],
      },
    ]);
  });

  it("finds the sync in values of the flux-instance chart, in a HelmRelease or in a values file", () => {
    const inRelease = `
#- apps/flux-instance/helmrelease.yaml
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: flux-instance
spec:
  values:
    instance:
      sync:
        kind: GitRepository
        url: https://example.test/org/fleet
        path: ./kubernetes/flux/cluster
`;
    const inValues = `
#- bootstrap/values.yaml
instance:
  sync:
    kind: GitRepository
    url: https://example.test/org/fleet
    path: kubernetes/flux/cluster
`;
    const wanted = [
      {
        cluster: "kubernetes/flux/cluster",
        roots: ["flux-system:kubernetes/flux/cluster"],
        sources: ["GitRepository/flux-system/flux-system"],
      },
    ];
    expect(summary(discover(fixture(inRelease), defaultOptions))).toEqual(wanted);
    expect(summary(discover(fixture(inValues), defaultOptions))).toEqual(wanted);
    expect(summary(discover(fixture(inRelease + inValues), defaultOptions))).toEqual(wanted);
  });

  it("starts at given paths, with the Kustomization found there or one as bootstrap would make it", () => {
    const tree = fixture(`${bootstrap("staging")}${child}`);
    const found = discover(tree, { ...defaultOptions, paths: ["./clusters/staging", "apps/one"] });
    expect(summary(found)).toEqual([
      {
        cluster: "clusters/staging",
        roots: ["flux-system:clusters/staging"],
        sources: ["GitRepository/flux-system/flux-system"],
      },
      {
        cluster: "apps/one",
        roots: ["flux-system:apps/one"],
        sources: ["GitRepository/flux-system/flux-system"],
      },
    ]);
  });

  it("says when a given path is not there", () => {
    const found = discover(fixture(child), { ...defaultOptions, paths: ["nowhere"] });
    expect(found.seeds).toEqual([]);
    expect(found.problems).toMatchObject([{ code: "path-not-found", place: { path: "nowhere" } }]);
  });

  it("takes given roots instead of searching, and says when they hold none", () => {
    const text = bootstrap("staging").split("\n").slice(2).join("\n");
    const roots = [{ name: "root.yaml", text }];
    expect(summary(discover(fixture(child), { ...defaultOptions, roots }))).toMatchObject([
      { cluster: "clusters/staging" },
    ]);
    const empty = discover(fixture(child), {
      ...defaultOptions,
      roots: [{ name: "root.yaml", text: "a: b" }],
    });
    expect(empty.problems).toMatchObject([{ code: "invalid-root" }]);
  });

  it("reports a root file that is no YAML at its line", () => {
    const found = discover(fixture(child), {
      ...defaultOptions,
      roots: [{ name: "root.yaml", text: "a: b\nc: [\n" }],
    });
    expect(found.problems[0]).toMatchObject({
      code: "yaml-syntax",
      place: { path: "root.yaml", line: 3 },
    });
  });

  it("survives files that only look like manifests", () => {
    const found = discover(
      fixture(`
#- templates/ks.yaml.tpl
apiVersion: kustomize.toolkit.fluxcd.io/v1
#- flux/gotk-sync.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: [broken
spec: {path: ./flux
`),
      defaultOptions,
    );
    expect(found.seeds).toEqual([]);
  });
});

describe("unreached", () => {
  const ask = (text: string, read: readonly string[], paths: readonly string[]) => {
    const { scan } = discover(fixture(text), defaultOptions);
    const kustomizations = paths.map((path) => ({
      namespace: "flux-system",
      name: "reached",
      path,
    }));
    return scan === undefined
      ? []
      : summary({
          seeds: unreached(
            fixture(text),
            scan,
            { files: new Set(read), kustomizations },
            defaultOptions,
          ),
        });
  };

  it("makes a root of what nothing reaches", () => {
    expect(ask(child, [], [])).toMatchObject([
      { cluster: "apps/one", roots: ["one:apps/one/app"] },
    ]);
  });

  it("leaves alone what a build read and what lies below a reached path", () => {
    expect(ask(child, ["apps/one/ks.yaml"], [])).toEqual([]);
    expect(ask(child, [], ["apps"])).toEqual([]);
  });

  it("leaves alone a second copy of what is reached", () => {
    const { scan } = discover(fixture(child), defaultOptions);
    const kustomizations = [{ namespace: "flux-system", name: "one", path: "apps/one/app" }];
    expect(
      scan && unreached(fixture(child), scan, { files: new Set(), kustomizations }, defaultOptions),
    ).toEqual([]);
  });

  it("is not misled by a path in a patch, and leaves hidden folders alone", () => {
    const patched = `
#- flux/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  patches:
    - patch: |
        - op: remove
          path: /
  path: ./elsewhere
  sourceRef: {kind: GitRepository, name: flux-system}
`;
    expect(
      ask(`${patched}${child}${child.replace("apps/one", ".archive/one")}`, [], []),
    ).toMatchObject([{ cluster: "flux", roots: ["apps:elsewhere", "one:apps/one/app"] }]);
  });

  it("takes a source for the tree only when nothing speaks against it", () => {
    const sources = (kind: string, url: string): string => `
#- flux/source.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: ${kind}
metadata: {name: flux-system, namespace: flux-system}
spec: {url: ${url}}
`;
    const ofRoot = (text: string, remoteUrls: readonly string[]) => {
      const options = { ...defaultOptions, remoteUrls };
      const { scan } = discover(fixture(text), options);
      const reached = { files: new Set<string>(), kustomizations: [] };
      return (
        scan &&
        summary({ seeds: unreached(fixture(text), scan, reached, options) }).flatMap(
          (seed) => seed.sources,
        )
      );
    };
    const key = "GitRepository/flux-system/flux-system";
    expect(ofRoot(child, ["https://example.test/org/fleet"])).toEqual([key]);
    expect(
      ofRoot(child + sources("GitRepository", "https://example.test/org/fleet.git"), [
        "git@example.test:org/fleet",
      ]),
    ).toEqual([key]);
    expect(
      ofRoot(child + sources("GitRepository", "https://example.test/other"), [
        "git@example.test:org/fleet",
      ]),
    ).toEqual([]);
    const withFolder = `${child}\n#- apps/one/app/cm.yaml\n{}\n`;
    expect(
      ofRoot(withFolder + sources("GitRepository", "https://example.test/fork"), [
        "git@example.test:org/fleet",
      ]),
    ).toEqual([key]);
    expect(ofRoot(child.replace("GitRepository", "ExternalArtifact"), [])).toEqual([]);
  });

  it("does not start at what another unreached one will render", () => {
    const parent = `
#- cluster/ks.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
`;
    expect(ask(parent + child, [], [])).toMatchObject([
      { cluster: "cluster", roots: ["apps:apps"] },
    ]);
  });

  it("keeps clusters apart that use the same names", () => {
    const one = (cluster: string): string => `
#- clusters/${cluster}/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps/${cluster}
  sourceRef: {kind: GitRepository, name: flux-system}
`;
    expect(ask(one("a") + one("b"), [], [])).toMatchObject([
      { cluster: "clusters/a" },
      { cluster: "clusters/b" },
    ]);
  });
});

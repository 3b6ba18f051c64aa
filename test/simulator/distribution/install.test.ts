// The install manifests, held against what Flux's own `pkg/manifestgen/install` printed for the same options: the digests are
// those of its texts for release 2.9.5.
import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { openDistribution } from "#simulator/node";
import {
  defaultComponents,
  extraComponents,
} from "../../../simulator/distribution/distribution.ts";
import { installManifests, installObjects } from "../../../simulator/distribution/install.ts";

const distribution = await openDistribution();
const all = [...defaultComponents, ...extraComponents];

const recorded = [
  ["by default", {}, "33390a6fb1fe1ae269a6a3a234c3415d2de9992a4110d11d57623b6e7b0b994b"],
  [
    "all components",
    { components: all },
    "4691aa6c45c1081ea2d79db48cdbb6bf0143da1ffe0a6e9e820412042f937ddf",
  ],
  [
    "another namespace, registry, secret, tolerations, level, domain",
    {
      namespace: "gitops",
      registry: "my.registry:5000/x",
      imagePullSecret: "pull",
      tolerationKeys: ["a", "b/c"],
      networkPolicy: false,
      watchAllNamespaces: false,
      logLevel: "debug",
      clusterDomain: "k8s.local",
    },
    "d709847e716b567c68f0f8c3ebe007a3ca92bf5c66824b02e758c70de2d4f1ce",
  ],
  [
    "without notifications and registry",
    { components: ["source-controller", "kustomize-controller"], registry: "" },
    "d5c35147d3fdd46ff9d6847deacfb5b293078c589336e0b853e2601e421bc2fb",
  ],
  [
    "source-watcher in front",
    {
      components: ["source-watcher", "kustomize-controller", "source-controller"],
      registry: "r/x",
    },
    "8db895bbb56abbe9bb25c500e9da44dc43b566cb3dfbcad60037e7ed973a7d86",
  ],
] as const;

describe("the text of flux install --export", () => {
  it.each(recorded)("is the same %s", (_name, options, digest) => {
    const text = installManifests(distribution, options);
    expect(createHash("sha256").update(text).digest("hex")).toBe(digest);
  });

  it("has the images of the release, also where a neighbour's manifests stand in", () => {
    const images = [
      ...installManifests(distribution, { components: all }).matchAll(/image: (\S+)/gu),
    ];
    expect(images.map(([, image]) => image)).toEqual([
      "ghcr.io/fluxcd/source-controller:v1.9.5",
      "ghcr.io/fluxcd/kustomize-controller:v1.9.5",
      "ghcr.io/fluxcd/helm-controller:v1.6.4",
      "ghcr.io/fluxcd/notification-controller:v1.9.4",
      "ghcr.io/fluxcd/image-reflector-controller:v1.2.5",
      "ghcr.io/fluxcd/image-automation-controller:v1.2.5",
      "ghcr.io/fluxcd/source-watcher:v2.2.4",
    ]);
  });

  it("leaves the distribution as it is", () => {
    const before = JSON.stringify([...distribution.components]);
    installObjects(distribution, { namespace: "elsewhere", components: all });
    expect(JSON.stringify([...distribution.components])).toBe(before);
  });
});

/** A tiny build that pays what every first build pays: parsing Kubernetes' OpenAPI and kustomize's own tables. */
import type { EngineInstance } from "./instance.ts";
import type { KustomizeRequest } from "./protocol.ts";

const artifact = "warm-up";

const files = {
  "kustomization.yaml": "namespace: warm\nresources:\n  - objects.yaml\nconfigMapGenerator:\n  - name: generated\n    literals: [a=b]\npatches:\n  - patch: '{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"warm\"}, \"spec\": {\"replicas\": 2}}'\n",
  "objects.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: warm\nspec:\n  template:\n    spec:\n      containers:\n        - name: warm\n          image: warm:${tag}\n          ports:\n            - containerPort: 80\n",
} as const;

const request: KustomizeRequest = {
  artifact,
  kustomization: {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "warm", namespace: "warm" },
    spec: { path: "./", postBuild: { substitute: { tag: "one" } } },
  },
  flux: "2.9",
  strict: true,
  objects: [],
  assumed: [],
  ageIdentities: [],
  undecryptable: "fail",
  remotes: [],
  mode: "exact",
};

/** Leaves the instance warm, without artifacts and without garbage. */
export function warmUp(instance: EngineInstance): void {
  const encoder = new TextEncoder();
  const changes = Object.entries(files).map(([path, text]) => ({ path, bytes: encoder.encode(text) }));
  instance.putFiles(artifact, changes);
  instance.kustomizeBuild(request);
  instance.dropArtifact(artifact);
  instance.collect();
}

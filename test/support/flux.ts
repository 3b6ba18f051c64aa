/** Short ways to write Flux manifests in tests. */

/** A file with a Kustomization in namespace flux-system; `spec` lines are indented by two spaces already. */
export function kustomization(
  name: string,
  path: string,
  spec = "",
  source = "flux-system",
): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  interval: 1h
  path: ${path}
${/^ {2}prune:/m.test(spec) ? "" : "  prune: true\n"}  sourceRef:
    kind: GitRepository
    name: ${source}
${spec === "" ? "" : `${spec.replace(/\n$/, "")}\n`}`;
}

/** A ConfigMap with one key. */
export function configMap(name: string, value: string, metadata = ""): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: apps
${metadata}data:
  key: "${value}"
`;
}

/** `flux bootstrap`'s sync file for the cluster folder `cluster`. */
export const gotkSync = `#- cluster/flux-system/gotk-sync.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m
  url: ssh://git@example.test/org/fleet
  ref:
    branch: main
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m
  path: ./cluster
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
`;

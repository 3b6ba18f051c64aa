/** The source and the Kustomization that every scenario starts from. */

export const rootName = "flux-system";

export function rootObjects(url: string): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: ${rootName}, namespace: ${rootName}}
spec: {interval: 1h, url: "${url}", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${rootName}, namespace: ${rootName}}
spec: {interval: 1h, path: ./flux, prune: true, sourceRef: {kind: GitRepository, name: ${rootName}}}
`;
}

/**
 * Flux objects that tests make again and again, as YAML texts and as references: a repository, Kustomizations of its folders, a release of
 * a chart in it. They are in flux-system, releases and what they install in `demo`.
 */
import type { Files } from "./tarball.ts";

export const sourceApi = "source.toolkit.fluxcd.io/v1";
export const kustomizeApi = "kustomize.toolkit.fluxcd.io/v1";
export const helmApi = "helm.toolkit.fluxcd.io/v2";

const namespace = "flux-system";

export const gitRepositoryRef = (name = "repo") =>
  ({ apiVersion: sourceApi, kind: "GitRepository", namespace, name }) as const;

export const kustomizationRef = (name: string) =>
  ({ apiVersion: kustomizeApi, kind: "Kustomization", namespace, name }) as const;

export const helmReleaseRef = (name: string) =>
  ({ apiVersion: helmApi, kind: "HelmRelease", namespace: "demo", name }) as const;

export function gitRepository(url: string, name = "repo"): string {
  return `
apiVersion: ${sourceApi}
kind: GitRepository
metadata: {name: ${name}, namespace: ${namespace}}
spec: {interval: 1h, url: "${url}", ref: {branch: main}}
`;
}

/** Of a folder of the repository; `more` are further fields of the spec, each with a comma before it. */
export function kustomization(name: string, path: string, more = "", source = "repo"): string {
  return `
apiVersion: ${kustomizeApi}
kind: Kustomization
metadata: {name: ${name}, namespace: ${namespace}}
spec: {interval: 1h, path: ./${path}, prune: true, sourceRef: {kind: GitRepository, name: ${source}}${more}}
`;
}

/** Of the chart in `charts/<chart>` of the repository; `more` are further lines of the spec. */
export function helmRelease(name: string, chart: string, more = ""): string {
  return `
apiVersion: ${helmApi}
kind: HelmRelease
metadata: {name: ${name}, namespace: demo}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/${chart}, sourceRef: {kind: GitRepository, name: repo, namespace: ${namespace}}}}
${more}`;
}

/** A ConfigMap. */
export function settings(name: string, data = "", space = "demo"): string {
  const head = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${space}}\n`;
  return data === "" ? head : `${head}data: {${data}}\n`;
}

export const demoNamespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo}\n";

/** The files of a chart in `charts/<name>`; templates by the names of their files. */
export function chart(name: string, templates: Files): Files {
  const folder = `charts/${name}`;
  const files = Object.entries(templates).map(([file, text]) => [
    `${folder}/templates/${file}`,
    text,
  ]);
  return {
    [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n`,
    ...(Object.fromEntries(files) as Files),
  };
}

/** A Deployment without a namespace; `metadata` are further fields of it, each with a comma before it. */
export function deployment(name: string, metadata = ""): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: "${name}"${metadata}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
`;
}

/** A small repository for plans against a cluster: Kustomizations side by side, a release from a chart in it, and a Secret. */

/** Text by path. */
export type Files = Readonly<Record<string, string>>;

export const source = { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository" } as const;
export const kustomize = "kustomize.toolkit.fluxcd.io/v1";

export function root(url: string): string {
  return `
apiVersion: ${source.apiVersion}
kind: ${source.kind}
metadata: {name: repo, namespace: flux-system}
spec: {interval: 1h, url: "${url}", ref: {branch: main}}
---
${child("root", "root")}`;
}

export function child(name: string, path: string, more = ""): string {
  return `
apiVersion: ${kustomize}
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {interval: 1h, path: ./${path}, prune: true, sourceRef: {kind: GitRepository, name: repo}${more}}
`;
}

export function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: demo}\ndata: {value: "${value}"}\n`;
}

export function deployment(image: string, label = "web"): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: demo}
spec:
  selector: {matchLabels: {app: ${label}}}
  template:
    metadata: {labels: {app: ${label}}}
    spec: {containers: [{name: web, image: "${image}", ports: [{containerPort: 80}]}]}
`;
}

export function release(values: string, more = ""): string {
  return `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: demo}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/shop, sourceRef: {kind: GitRepository, name: repo, namespace: flux-system}}}
  values: ${values}
${more}`;
}

export const start: Readonly<Record<string, string>> = {
  "root/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo}\n",
  "root/apps.yaml": child("apps", "apps"),
  "root/more.yaml": child("more", "more", ", dependsOn: [{name: apps}]"),
  "apps/settings.yaml": configMap("settings", "one"),
  "apps/leaving.yaml": configMap("leaving", "one"),
  "apps/moving.yaml": configMap("moving", "one"),
  "apps/deployment.yaml": deployment("nginx:1"),
  "apps/service.yaml":
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: demo}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n",
  "apps/password.yaml":
    'apiVersion: v1\nkind: Secret\nmetadata: {name: password, namespace: demo}\nstringData: {password: "planted-hunter2"}\n',
  "apps/release.yaml": release("{color: green, size: 1}"),
  "more/other.yaml": configMap("other", "one"),
  "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.2.3\n",
  "charts/shop/values.yaml": "color: blue\nsize: 1\n",
  "charts/shop/templates/config.yaml": `
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {color: "{{ .Values.color }}", fixed: "yes"}
`,
  "charts/shop/templates/second.yaml": `
{{- if lt (int .Values.size) 2 }}
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-small"}
data: {a: b}
{{- end }}
`,
  "charts/shop/templates/hook.yaml": `
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-hook", annotations: {helm.sh/hook: pre-upgrade}}
data: {a: b}
`,
};

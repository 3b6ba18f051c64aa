/** A small repository for plans against a cluster: Kustomizations side by side, a release from a chart in it, and a Secret. */
import { demoNamespace, helmRelease, kustomization, settings } from "../harness/flux-objects.ts";

/** Text by path. */
export type Files = Readonly<Record<string, string>>;

export function configMap(name: string, value: string): string {
  return settings(name, `value: "${value}"`);
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
  return helmRelease("shop", "shop", `  values: ${values}\n${more}`);
}

export const start: Readonly<Record<string, string>> = {
  "root/namespace.yaml": demoNamespace,
  "root/apps.yaml": kustomization("apps", "apps"),
  "root/more.yaml": kustomization("more", "more", ", dependsOn: [{name: apps}]"),
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

/** A repository of any size: Kustomizations side by side below one root, each with a namespace of its own and the usual kinds in it. */
import { gitRepository, kustomization } from "../harness/flux-objects.ts";
import type { Files } from "../plan-world/repository.ts";

export interface Size {
  readonly kustomizations: number;
  /** In each Kustomization. */
  readonly objects: number;
}

/** A value that is in Secrets, with one number more for each. */
export const planted = "planted-value-that-nobody-may-see";

/** What the cluster starts from: the source, and the Kustomization that has all others. */
export function rootOf(url: string): string {
  return `${gitRepository(url)}---\n${kustomization("root", "root")}`;
}

export function filesOf({ kustomizations, objects }: Size): Files {
  const files: Record<string, string> = {};
  for (let at = 0; at < kustomizations; at++) {
    const name = appName(at);
    const before = at === 0 ? "" : `, dependsOn: [{name: ${appName(0)}}]`;
    files[`root/${name}.yaml`] = kustomization(name, `apps/${name}`, before);
    for (let index = 0; index < objects; index++)
      files[`apps/${name}/${fileName(index)}`] = objectText(name, index);
  }
  return files;
}

function appName(at: number): string {
  return `app-${String(at).padStart(3, "0")}`;
}

/** The file of an object that is a ConfigMap, and the text of it with another value. */
export function edit(app: number): Files {
  const name = appName(app);
  const text = objectText(name, editedObject).replace("debug: false", "debug: true");
  return { [`apps/${name}/${fileName(editedObject)}`]: text };
}

const editedObject = 9;

function fileName(index: number): string {
  return `object-${String(index).padStart(3, "0")}.yaml`;
}

function objectText(app: string, index: number): string {
  if (index === 0) return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${app}}\n`;
  const name = `object-${index}`;
  const metadata = `metadata: {name: ${name}, namespace: ${app}}`;
  switch (index % 8) {
    case 0:
      return deployment(metadata, name);
    case 2:
      return `apiVersion: v1\nkind: Service\n${metadata}\nspec: {selector: {app: ${name}}, ports: [{port: 80}]}\n`;
    case 4:
      return `apiVersion: v1\nkind: Secret\n${metadata}\nstringData: {password: "${planted}-${index}"}\n`;
    case 6:
      return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n${metadata}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n`;
    default:
      return `apiVersion: v1\nkind: ConfigMap\n${metadata}\ndata:\n  settings.yaml: |\n    debug: false\n    listen: 0.0.0.0:8080\n    name: ${name}\n`;
  }
}

function deployment(metadata: string, name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
${metadata}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: main
          image: registry.example.test/${name}:1.0.0
          ports: [{containerPort: 80, name: http}]
          envFrom: [{configMapRef: {name: object-1}}]
          readinessProbe: {httpGet: {path: /ready, port: http}}
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
`;
}

/** The texts that the language servers are measured with. */

const kinds = [
  (at: number) => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: app-${at}
  namespace: flux-system
  labels:
    app.kubernetes.io/name: app-${at}
spec:
  interval: 1h
  timeout: 60s
  url: https://git.example.test/org/app-${at}
  ref:
    branch: main
  ignore: |
    /*
    !/deploy
`,
  (at: number) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: app-${at}
  namespace: flux-system
spec:
  interval: 1h
  retryInterval: 2m
  timeout: 5m
  path: ./deploy
  prune: true
  wait: true
  sourceRef:
    kind: GitRepository
    name: app-${at - 1}
  targetNamespace: app-${at}
  postBuild:
    substitute:
      NAME: app-${at}
      DOMAIN: example.test
  commonMetadata:
    labels:
      team: one
`,
  (at: number) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: app-${at}
  namespace: flux-system
spec:
  interval: 1h
  chartRef:
    kind: OCIRepository
    name: app-${at}
  install:
    remediation:
      retries: 3
  upgrade:
    remediation:
      retries: 3
  values:
    replicas: 2
    image:
      repository: registry.example.test/app-${at}
      tag: 1.0.${at}
    ingress:
      enabled: true
      hosts:
        - host: app-${at}.example.test
          paths:
            - path: /
    resources:
      requests:
        cpu: 10m
        memory: 64Mi
`,
  (at: number) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${at}
  namespace: default
  labels:
    app: app-${at}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-${at}
  template:
    metadata:
      labels:
        app: app-${at}
    spec:
      containers:
        - name: app
          image: registry.example.test/app:1.0.${at}
          args:
            - --listen=:8080
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: NAME
              value: app-${at}
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
          resources:
            requests:
              cpu: 10m
              memory: 64Mi
            limits:
              memory: 64Mi
          volumeMounts:
            - name: data
              mountPath: /data
      volumes:
        - name: data
          emptyDir: {}
`,
];

/** 67 documents of four kinds. */
export function sameFile(documents = 67): string {
  return Array.from({ length: documents }, (_, at) => kinds[at % 4]?.(at) ?? "").join("---\n");
}

export function largeFile(): string {
  return sameFile(1_656);
}

export function manyKeys(): string {
  const lines = Array.from({ length: 5_000 }, (_, at) => `  key-${at}: "value ${at}"\n`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: b\ndata:\n${lines.join("")}`;
}

/** Something is typed at one place: after each round another text stands there, as long as none before or after it. */
export interface Typing {
  readonly offset: number;
  readonly inserted: (round: number) => string;
}

/** Digits in a document of each kind in the middle. */
export function digitsOfKinds(text: string): readonly Typing[] {
  const middle = Math.floor(text.length / 2);
  const places = {
    GitRepository: "interval: 1",
    Kustomization: "retryInterval: 2",
    HelmRelease: "memory: 64",
    Deployment: "memory: 64",
  };
  return Object.entries(places).map(([kind, place]) => {
    const document = text.indexOf(`\nkind: ${kind}\n`, middle);
    return { ...digitsIn(text), offset: text.indexOf(place, document) + place.length };
  });
}

/** Digits in the memory of a Deployment in the middle, or in the middle of a text without one: everything behind them moves. */
export function digitsIn(text: string): Typing {
  const middle = Math.floor(text.length / 2);
  const memory = text.indexOf("memory: 64Mi", text.indexOf("kind: Deployment", middle));
  const offset = memory < 0 ? text.indexOf('"', middle) : memory + "memory: 64".length;
  return { offset, inserted: (round) => String(round % 2 === 0 ? round % 10 : 10 + (round % 80)) };
}

/** Lines at the same place: everything behind them gets another line number. */
export function linesIn(text: string): Typing {
  const offset = text.lastIndexOf("\n", digitsIn(text).offset) + 1;
  return { offset, inserted: (round) => `# ${round}\n`.repeat((round % 5) + 1) };
}

export function typed(text: string, { offset, inserted }: Typing, round: number): string {
  return text.slice(0, offset) + inserted(round) + text.slice(offset);
}

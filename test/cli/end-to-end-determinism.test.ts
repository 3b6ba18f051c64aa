/** The same repository gives the same bytes wherever and whenever it is rendered. */
import { cpSync } from "node:fs";

import { expect, test } from "vitest";

import { temporaryFolder, temporaryRepository } from "../support/temporary-repository.ts";
import { bundle, ended } from "./program.ts";

/** A chart with every template function whose real answer depends on the moment, the machine or chance. */
const restless = `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data:
  now: {{ now | date "2006-01-02T15:04:05Z07:00" | quote }}
  zone: {{ dateInZone "15:04 MST" (now) "Asia/Tokyo" | quote }}
  ago: {{ ago (now) | quote }}
  alpha: {{ randAlphaNum 24 | quote }}
  number: {{ randInt 0 1000000 | quote }}
  uuid: {{ uuidv4 | quote }}
  shuffled: {{ shuffle "abcdefghijklmnop" | quote }}
  hash: {{ bcrypt "x" | quote }}
  login: {{ htpasswd "u" "p" | quote }}
  key: {{ genPrivateKey "ecdsa" | sha256sum | quote }}
  ca: {{ (genCA "ca" 365).Cert | sha256sum | quote }}
  keys: {{ keys (dict "b" 1 "a" 2 "c" 3 "d" 4) | join "," | quote }}
  sorted: {{ list "é" "z" "a" "Z" | sortAlpha | join "," | quote }}
`;

const repository = (): string =>
  temporaryRepository({
    "cluster/flux-system/gotk-sync.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: "ssh://git@example.test/org/fleet", ref: { branch: main } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system }
spec:
  interval: 10m
  path: ./cluster
  prune: true
  sourceRef: { kind: GitRepository, name: flux-system }
`,
    "cluster/release.yaml": `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: restless, namespace: flux-system }
spec:
  interval: 1h
  chart: { spec: { chart: ./charts/restless, sourceRef: { kind: GitRepository, name: flux-system } } }
`,
    "charts/restless/Chart.yaml": "apiVersion: v2\nname: restless\nversion: 1.0.0\n",
    "charts/restless/templates/all.yaml": restless,
  });

interface Machine {
  readonly env: Readonly<Record<string, string>>;
  /** Seconds that the clock is off, by the loader of `libfaketime`'s manner: a patched Date in the host. */
  readonly preload?: string;
}

const clockOff = `data:text/javascript,const off=86400000*400;const now=Date.now;Date.now=()=>now()+off;`;

async function render(cwd: string, { env, preload }: Machine): Promise<string> {
  const loaded = preload === undefined ? [] : ["--import", preload];
  const words = [...loaded, bundle, "build", ".", "-o", "json", "--show-secrets"];
  const done = await ended(process.execPath, words, { cwd, home: temporaryFolder(), env });
  expect(done.stderr).not.toContain("error");
  expect(done.code).toBe(0);
  return done.stdout;
}

test("time zone, locale, home, clock, folder and engine do not show in the output", async () => {
  const dir = repository();
  const elsewhere = temporaryFolder();
  cpSync(dir, elsewhere, { recursive: true });
  const first = await render(dir, { env: { TZ: "UTC", LANG: "C.UTF-8" } });
  expect(first).toContain('"restless"');
  const others: readonly (readonly [string, Machine])[] = [
    [dir, { env: { TZ: "UTC", LANG: "C.UTF-8" } }],
    [dir, { env: { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" } }],
    [elsewhere, { env: { TZ: "America/St_Johns", LANG: "C" } }],
    [dir, { env: { TZ: "Asia/Tokyo" }, preload: clockOff }],
    [dir, { env: { TZ: "UTC", SLUICE_ENGINE: "wasm" } }],
    [dir, { env: { TZ: "Asia/Tokyo", SLUICE_ENGINE: "wasm" }, preload: clockOff }],
  ];
  for (const [folder, machine] of others) expect(await render(folder, machine)).toBe(first);
});

/** Hints beside the text, and what is never said in one. */
import { expect, test } from "vitest";

import { inlayHints } from "../../../language-server/features/inlay-hints.ts";
import { cursorCase } from "../../support/cursor.ts";
import { shippedPacks } from "../../support/lint.ts";

/** Hints as `line: text before the hint ‹hint›` of the file with the cursor, without defaults unless asked for. */
async function hints(text: string, range?: readonly [number, number]): Promise<readonly string[]> {
  const { folder, path } = cursorCase(text, await shippedPacks());
  const lines = folder.model.manifest(path)?.text.split("\n") ?? [];
  const [from, to] = range ?? [0, lines.length];
  const asked = { start: { line: from, character: 0 }, end: { line: to, character: 0 } };
  const { signal } = new AbortController();
  return inlayHints(folder, path, { range: asked }, signal).map(
    ({ position, label }) =>
      `${lines[position.line]?.slice(0, position.character).trim()} ‹${label as string}›`,
  );
}

const owner = (name: string, domain: string, more = "") => `
#- clusters/${name}.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  path: ./apps
  interval: 10m
  prune: true
  force: false
  deletionPolicy: Delete
  sourceRef:
    kind: GitRepository
    name: flux-system
  postBuild:
    substitute:
      DOMAIN: ${domain}
${more}`;

const app = `
#- apps/web.yaml█
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  namespace: web
data:
  host: www.\${DOMAIN}
  zone: \${ZONE:=a}
`;

test("values of variables, of every Kustomization that applies the file", async () => {
  expect(await hints(`${owner("a", "a.test")}${app.replace("█", "")}# █`)).toEqual([
    "host: www.${DOMAIN} ‹= a.test›",
  ]);
  expect(
    await hints(`${owner("a", "a.test")}${owner("b", "b.test")}${app.replace("█", "")}# █`),
  ).toEqual(["host: www.${DOMAIN} ‹= a.test | b.test›"]);
});

/** A cluster of its own, with settings that another one has too. */
const cluster = (name: string, domain: string) => `
#- clusters/${name}/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec:
  path: ./apps
  interval: 10m
  prune: true
  sourceRef: { kind: GitRepository, name: flux-system }
  postBuild:
    substituteFrom: [{ kind: ConfigMap, name: settings }]
#- clusters/${name}/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: flux-system }
data: { DOMAIN: ${domain} }
#- clusters/${name}/flux-system/gotk-sync.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system }
spec:
  path: ./clusters/${name}
  interval: 10m
  prune: true
  sourceRef: { kind: GitRepository, name: flux-system }
`;

test("every cluster has its own ConfigMap of the same name", async () => {
  const files = `${cluster("a", "a.test")}${cluster("b", "b.test")}${app.replace("█", "")}# █`;
  expect(await hints(files)).toEqual(["host: www.${DOMAIN} ‹= a.test | b.test›"]);
});

test("never what a Secret holds", async () => {
  const from = "    substituteFrom:\n      - kind: Secret\n        name: hidden\n";
  const secret = `#- clusters/hidden.yaml
apiVersion: v1
kind: Secret
metadata:
  name: hidden
  namespace: flux-system
stringData:
  ZONE: hush
`;
  const found = await hints(`${owner("a", "a.test", from)}${secret}${app.replace("█", "")}# █`);
  expect(found).toEqual(["host: www.${DOMAIN} ‹= a.test›"]);
});

test("the namespace that a kustomization.yaml gives", async () => {
  const files = (namespace: string) => `
#- kustomization.yaml
namespace: shop
resources: [web.yaml]
#- web.yaml
apiVersion: v1
kind: Service
metadata:
  name: web${namespace}
# █`;
  expect(await hints(files(""))).toEqual(["name: web ‹namespace: shop›"]);
  expect(await hints(files("\n  namespace: other"))).toEqual(["name: web ‹namespace: shop›"]);
  expect(await hints(files("\n  namespace: shop"))).toEqual([]);
});

test("defaults of what is left out, and only in the lines that are shown", async () => {
  const text = `
#- a.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: a
  namespace: flux-system
spec:
  provider: aws
# █`;
  expect(await hints(text)).toEqual(["spec: ‹timeout: 60s›"]);
  expect(await hints(text, [0, 3])).toEqual([]);
});

test("nothing in templates of charts", async () => {
  const chart = "\n#- c/Chart.yaml\nname: c\n#- c/templates/a.yaml\nkind: Service\n# █";
  expect(await hints(chart)).toEqual([]);
});

/** ResourceSets against a cluster: flux-operator's manager, labels, switches and inventory. */
import { expect, test } from "vitest";

import { edited, fixture } from "../../../support/fixture.ts";
import { gotkSync, kustomization } from "../../../support/flux.ts";
import type { LiveRequest } from "../../../../simulator/ports.ts";
import { refusal } from "./fake-cluster.ts";
import { alter, at, lines, useLivePlans } from "./plan-bench.ts";

const { start, plan } = useLivePlans();

const set = (tenants: readonly string[], value: string, metadata = ""): string => `
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: {name: tenants, namespace: apps${metadata}}
spec:
  inputs:
${tenants.map((tenant) => `    - tenant: ${tenant}`).join("\n")}
  resources:
    - apiVersion: v1
      kind: ConfigMap
      metadata:
        name: << inputs.tenant >>
        namespace: apps
        annotations: {fluxcd.controlplane.io/force: enabled}
      data: {value: "${value}"}
`;

const base = fixture(`${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps")}
#- apps/set.yaml
${set(["one", "two"], "a")}
`);

test("fans out changes, new tenants and such that leave", async () => {
  const cluster = await start(base);
  expect(lines(await plan(base, cluster))).toEqual([]);
  const found = await plan(edited(base, { "apps/set.yaml": set(["one", "three"], "b") }), cluster);
  expect(lines(found).filter((line) => line.startsWith("tenants: "))).toEqual([
    'tenants: changed ConfigMap/one /data/value "a"→"b"',
    "tenants: created ConfigMap/three",
    "tenants: deleted ConfigMap/two",
  ]);
  const managers = cluster.requests.flatMap((request: LiveRequest) =>
    request.verb === "dry-run" && request.path === at("one") ? [request.manager] : [],
  );
  expect(new Set(managers)).toEqual(new Set(["flux-operator"]));
});

test("spares what is told to stay, and makes anew what may be", async () => {
  const cluster = await start(base);
  alter(cluster, at("two"), ({ metadata }) => {
    metadata.annotations = { "fluxcd.controlplane.io/prune": "disabled" };
  });
  cluster.intercept = ({ verb, path }) =>
    verb === "dry-run" && path === at("one")
      ? refusal(422, 'ConfigMap "one" is invalid: data: Forbidden: field is immutable', "Invalid")
      : undefined;
  const found = await plan(edited(base, { "apps/set.yaml": set(["one"], "b") }), cluster);
  expect(lines(found).filter((line) => line.startsWith("tenants: "))).toEqual([
    'tenants: recreated ConfigMap/one /data/value "a"→"b"',
    "tenants: orphaned ConfigMap/two (its annotation fluxcd.controlplane.io/prune is disabled)",
  ]);
});

test("recreates what is immutable when the set says force", async () => {
  const forced = ", annotations: {fluxcd.controlplane.io/force: enabled}";
  const plain = (value: string, metadata = ""): string =>
    set(["one"], value, metadata).replace(
      "annotations: {fluxcd.controlplane.io/force: enabled}\n",
      "annotations: {}\n",
    );
  const cluster = await start(edited(base, { "apps/set.yaml": plain("a") }));
  cluster.intercept = ({ verb, path }) =>
    verb === "dry-run" && path === at("one")
      ? refusal(422, 'ConfigMap "one" is invalid: data: Forbidden: field is immutable', "Invalid")
      : undefined;
  const planOf = async (metadata: string): Promise<readonly string[]> => {
    const found = await plan(edited(base, { "apps/set.yaml": plain("b", metadata) }), cluster);
    return lines(found).filter((line) => line.startsWith("tenants: "));
  };
  expect(await planOf(forced)).toEqual(['tenants: recreated ConfigMap/one /data/value "a"→"b"']);
  expect(await planOf("")).not.toEqual(await planOf(forced));
});

test("neither spares nor skips an object for a switch that only its template may have", async () => {
  const cluster = await start(base);
  for (const name of ["one", "two"])
    alter(cluster, at(name), ({ metadata }) => {
      metadata.annotations = { "fluxcd.controlplane.io/reconcile": "disabled" };
    });
  const found = await plan(edited(base, { "apps/set.yaml": set(["one"], "b") }), cluster);
  const own = lines(found).filter((line) => line.startsWith("tenants: "));
  expect(own).toHaveLength(2);
  expect(own[0]).toContain('changed ConfigMap/one /data/value "a"→"b"');
  expect(own[1]).toBe("tenants: deleted ConfigMap/two");
});

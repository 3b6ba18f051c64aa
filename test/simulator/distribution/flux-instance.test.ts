// What a FluxInstance becomes, by the operator's documentation.
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { listAt, objectAt, textAt, type JsonObject } from "#simulator";
import { openDistribution } from "#simulator/node";
import { fluxInstanceObjects, patchTree } from "../../../simulator/distribution/flux-instance.ts";
import { installObjects } from "../../../simulator/distribution/install.ts";

const distribution = await openDistribution();

function instance(spec: string): JsonObject {
  return {
    apiVersion: "fluxcd.controlplane.io/v1",
    kind: "FluxInstance",
    metadata: { name: "flux", namespace: "flux-system" },
    spec: parse(`distribution: {version: 2.x, registry: ghcr.io/fluxcd}\n${spec}`) as JsonObject,
  };
}

function objectsOf(spec: string): readonly JsonObject[] {
  return fluxInstanceObjects(instance(spec), distribution).objects;
}

function find(objects: readonly JsonObject[], kind: string, name: string): JsonObject {
  const found = objects.find(
    (object) => object["kind"] === kind && textAt(object, "metadata", "name") === name,
  );
  if (found === undefined) throw new Error(`${kind}/${name} is missing`);
  return found;
}

function container(objects: readonly JsonObject[], name: string): unknown {
  return listAt(find(objects, "Deployment", name), "spec", "template", "spec", "containers")[0];
}

const args = (objects: readonly JsonObject[], name: string): readonly unknown[] =>
  listAt(container(objects, name), "args");

describe("the objects of a FluxInstance", () => {
  it("are those of flux install by default", () => {
    expect(objectsOf("")).toEqual(installObjects(distribution));
  });

  it("have the components, domain and registry that are asked for", () => {
    const objects = objectsOf(`
components: [source-controller, source-watcher, kustomize-controller]
cluster: {domain: k8s.local, networkPolicy: false}`);
    const deployments = objects.filter(({ kind }) => kind === "Deployment");
    expect(deployments.map((object) => textAt(object, "metadata", "name"))).toEqual([
      "source-controller",
      "source-watcher",
      "kustomize-controller",
    ]);
    expect(objects.some(({ kind }) => kind === "NetworkPolicy")).toBe(false);
    expect(args(objects, "kustomize-controller")).toContain(
      "--feature-gates=ExternalArtifact=true",
    );
    expect(args(objects, "source-controller")).toContain(
      "--storage-adv-addr=source-controller.$(RUNTIME_NAMESPACE).svc.k8s.local.",
    );
  });

  it("have the size of the table, and the lockdown of tenants", () => {
    const objects = objectsOf(
      "cluster: {size: large, multitenant: true, tenantDefaultServiceAccount: tenant}",
    );
    expect(objectAt(container(objects, "helm-controller"), "resources", "limits")).toEqual({
      cpu: "3000m",
      memory: "3Gi",
    });
    expect(args(objects, "helm-controller")).toEqual(
      expect.arrayContaining([
        "--concurrent=20",
        "--requeue-dependency=5s",
        "--no-cross-namespace-refs=true",
        "--default-service-account=tenant",
      ]),
    );
    expect(args(objects, "kustomize-controller")).toContain("--no-remote-bases=true");
    expect(args(objects, "source-controller")).not.toContain("--no-cross-namespace-refs=true");
  });

  it("have a claim for the artifacts", () => {
    const objects = objectsOf("storage: {class: standard, size: 10Gi}");
    expect(objectAt(find(objects, "PersistentVolumeClaim", "source-controller"), "spec")).toEqual({
      accessModes: ["ReadWriteOnce"],
      storageClassName: "standard",
      resources: { requests: { storage: "10Gi" } },
    });
    const pod = objectAt(
      find(objects, "Deployment", "source-controller"),
      "spec",
      "template",
      "spec",
    );
    expect(listAt(pod, "volumes")).toContainEqual({
      name: "data",
      persistentVolumeClaim: { claimName: "source-controller" },
    });
  });

  it("have controllers for each shard", () => {
    const objects = objectsOf(`
storage: {class: standard, size: 10Gi}
sharding: {shards: [a, b], storage: persistent}`);
    const names = objects
      .filter(({ kind }) => kind === "Deployment")
      .map((object) => textAt(object, "metadata", "name"));
    expect(names).toHaveLength(4 + 2 * 3);
    expect(args(objects, "source-controller")).toContain(
      "--watch-label-selector=!sharding.fluxcd.io/key",
    );
    expect(args(objects, "source-controller-a")).toEqual(
      expect.arrayContaining([
        "--watch-label-selector=sharding.fluxcd.io/key=a",
        "--storage-adv-addr=source-controller-a.$(RUNTIME_NAMESPACE).svc.cluster.local.",
      ]),
    );
    expect(args(objects, "notification-controller").join(" ")).not.toContain(
      "--watch-label-selector",
    );
    find(objects, "Service", "source-controller-b");
    find(objects, "PersistentVolumeClaim", "source-controller-b");
  });

  it("have the sync objects, named after the namespace", () => {
    const objects = objectsOf(`
sync: {kind: OCIRepository, url: "oci://ghcr.io/o/r", ref: latest, path: clusters/x, pullSecret: token}`);
    expect(objectAt(find(objects, "OCIRepository", "flux-system"), "spec")).toEqual({
      interval: "1m",
      url: "oci://ghcr.io/o/r",
      ref: { tag: "latest" },
      secretRef: { name: "token" },
    });
    expect(textAt(find(objects, "Kustomization", "flux-system"), "spec", "path")).toBe(
      "clusters/x",
    );
  });

  it("have common metadata, but not their pods", () => {
    const objects = objectsOf("commonMetadata: {labels: {team: sre}, annotations: {a: b}}");
    const deployment = find(objects, "Deployment", "helm-controller");
    expect(textAt(deployment, "metadata", "labels", "team")).toBe("sre");
    expect(textAt(deployment, "metadata", "annotations", "a")).toBe("b");
    expect(textAt(deployment, "spec", "template", "metadata", "labels", "team")).toBeUndefined();
  });

  it("come with their patches as a folder for kustomize", () => {
    const result = fluxInstanceObjects(
      instance("kustomize: {patches: [{target: {kind: Deployment}, patch: x}]}"),
      distribution,
    );
    const tree = patchTree(result);
    const text = new TextDecoder().decode(tree.files.get("kustomization.yaml")?.bytes);
    expect(parse(text)).toMatchObject({
      patches: [{ target: { kind: "Deployment" }, patch: "x" }],
    });
    expect(tree.files.size).toBe(result.objects.length + 1);
  });
});

describe("the problems of a FluxInstance", () => {
  it.each([
    ["components: [cake]", "error", "cake"],
    ["cluster: {multitenantWorkloadIdentity: true}", "error", "objectLevelWorkloadIdentity"],
  ])("%s", (spec, severity, words) => {
    const { problems } = fluxInstanceObjects(instance(spec), distribution);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity });
    expect(problems[0]?.message).toContain(words);
  });

  it("say when another release is asked for", () => {
    const of = (version: string): readonly string[] =>
      fluxInstanceObjects(
        { ...instance(""), spec: { distribution: { version } } },
        distribution,
      ).problems.map(({ severity }) => severity);
    expect(of("2.8.x")).toEqual(["information"]);
    for (const fine of ["2.x", "2.9.x", "v2.9.5", "~2.9", "*", ">=2.8.0"])
      expect(of(fine)).toEqual([]);
  });

  it("are values for confused types", () => {
    const confused = {
      kind: "FluxInstance",
      metadata: 7,
      spec: { components: "x", sync: 3, sharding: [] },
    };
    expect(
      fluxInstanceObjects(confused, distribution).problems.map(({ severity }) => severity),
    ).toEqual(["error"]);
  });
});

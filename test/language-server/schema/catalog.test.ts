// Which schema a document gets: minors of Flux and Kubernetes, CRDs of the workspace, and what is said of the rest.
import { describe, expect, test } from "vitest";

import type { KindSchema, Resolution } from "../../../language-server/schema/catalog.ts";
import { crdSource, readCrd } from "../../../language-server/schema/crd.ts";
import { schemaAt, schemaPathOf } from "../../../language-server/schema/navigate.ts";
import { describeProvenance } from "../../../language-server/schema/provenance.ts";
import { brief, bundledPacks, catalogFor, checkText } from "../../support/schemas.ts";

const kustomization = { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization" };
const oldRepository = { apiVersion: "source.toolkit.fluxcd.io/v1beta2", kind: "GitRepository" };

function foundKind(answer: Resolution): KindSchema {
  if (answer.outcome !== "found") throw new Error(`The answer is ${answer.outcome}.`);
  return answer.kind;
}

describe("minors of Flux", () => {
  test("a version that is served, deprecated, removed, not there yet", async () => {
    const at = async (flux: string, name: typeof oldRepository) =>
      (await catalogFor({ flux })).resolve(name);
    expect(await at("2.7", oldRepository)).toMatchObject({
      outcome: "found",
      notice: { replacement: "source.toolkit.fluxcd.io/v1", removedIn: "Flux 2.8" },
    });
    expect(await at("2.8", oldRepository)).toMatchObject({
      outcome: "not-served",
      reason: "removed",
      since: "Flux 2.8",
      served: ["source.toolkit.fluxcd.io/v1"],
      kind: { version: "v1beta2" },
    });
    const artifact = { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "ExternalArtifact" };
    expect(await at("2.6", artifact)).toMatchObject({ reason: "not-yet", since: "Flux 2.7" });
    expect(foundKind(await at("2.9", kustomization)).scope).toBe("namespaced");
  });

  test("a minor that is not bundled is the nearest one", async () => {
    const catalog = await catalogFor({ flux: "2.12" });
    const kind = foundKind(catalog.resolve(kustomization));
    expect(describeProvenance(kind.provenance)).toBe("Flux 2.9");
    expect(kind.complete).toBe(false);
    expect(foundKind((await catalogFor()).resolve(kustomization)).complete).toBe(true);
  });

  test("fields know since when they exist", async () => {
    const catalog = await catalogFor();
    expect(catalog.fieldLife(kustomization, ["spec", "ignoreMissingComponents"])).toEqual({
      since: "Flux 2.7",
    });
    expect(catalog.fieldLife(kustomization, ["spec", "path"])).toEqual({});
    expect(catalog.fieldLife(kustomization, ["spec", "nonsense"])).toBeUndefined();
    expect(catalog.fieldLife(kustomization, ["spec", "patches", "[]", "target", "kind"])).toEqual(
      {},
    );
  });

  test("the table of kinds of 2.9 is that of the controllers", async () => {
    const packs = await bundledPacks();
    const served = packs.flux.kinds
      .filter(({ roots }) => roots?.["2.9"] !== undefined)
      .map(({ kind, version }) => `${kind} ${version}`);
    expect(served.sort()).toEqual(
      [
        "HelmRelease v2",
        "ImagePolicy v1",
        "ImageRepository v1",
        "ImageUpdateAutomation v1",
        "Kustomization v1",
        "Alert v1beta3",
        "Provider v1beta3",
        "Receiver v1",
        "ArtifactGenerator v1beta1",
        "Bucket v1",
        "ExternalArtifact v1",
        "GitRepository v1",
        "HelmChart v1",
        "HelmRepository v1",
        "OCIRepository v1",
      ].sort(),
    );
  });
});

describe("Kubernetes", () => {
  test.each([
    ["apps/v1", "Deployment", "1.36", "found"],
    ["batch/v1beta1", "CronJob", "1.36", "removed"],
    ["batch/v1beta1", "CronJob", "1.24", "found"],
    ["extensions/v1beta1", "Ingress", "1.31", "removed"],
    ["flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.31", "found"],
    ["flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.32", "removed"],
    ["resource.k8s.io/v1", "ResourceClaim", "1.33", "not-yet"],
    ["resource.k8s.io/v1", "ResourceClaim", "1.34.2", "found"],
    ["apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "found"],
  ])("%s %s in %s is %s", async (apiVersion, kind, kubernetes, expected) => {
    const answer = (await catalogFor({ kubernetes })).resolve({ apiVersion, kind });
    expect(answer.outcome === "not-served" ? answer.reason : answer.outcome).toBe(expected);
  });

  test("what is removed says where it went", async () => {
    const catalog = await catalogFor();
    expect(catalog.resolve({ apiVersion: "extensions/v1beta1", kind: "Ingress" })).toMatchObject({
      since: "Kubernetes 1.22",
      served: ["networking.k8s.io/v1"],
    });
  });

  test("descriptions, list keys and allowed values are there", async () => {
    const catalog = await catalogFor();
    const service = catalog.find({ apiVersion: "v1", kind: "Service" });
    const ports = schemaAt(service?.schema ?? {}, ["spec", "ports"]);
    expect(ports).toMatchObject({ listType: "map", listMapKeys: ["port", "protocol"] });
    expect(ports?.description).toContain("The list of ports");
    expect(schemaAt(service?.schema ?? {}, ["spec", "type"])?.enum).toContain("LoadBalancer");
    expect(catalog.find({ apiVersion: "v1", kind: "Namespace" })?.scope).toBe("cluster");
  });
});

test("lists are known, but not suggested", async () => {
  const catalog = await catalogFor();
  const list = "apiVersion: v1\nkind: List\nitems: [{ apiVersion: v1, kind: ConfigMap }]\n";
  expect(brief(checkText(catalog, list))).toEqual([]);
  const typed = "apiVersion: v1\nkind: ConfigMapList\nitems: [{ data: { a: 1 } }]\n";
  expect(brief(checkText(catalog, typed))).toEqual(["type: 1"]);
  expect(catalog.kinds().filter(({ kind }) => kind.endsWith("List"))).toEqual([]);
});

describe("what is not known", () => {
  test("another version, a misspelled kind, a foreign group", async () => {
    const catalog = await catalogFor();
    expect(catalog.resolve({ apiVersion: "apps/v7", kind: "Deployment" })).toEqual({
      outcome: "unknown-version",
      served: ["apps/v1"],
    });
    expect(catalog.resolve({ apiVersion: "apps/v1", kind: "Deploymnet" })).toMatchObject({
      outcome: "unknown-kind",
      groupKnown: true,
      similar: [{ apiVersion: "apps/v1", kind: "Deployment" }],
    });
    expect(catalog.resolve({ apiVersion: "example.com/v1", kind: "Thing" })).toEqual({
      outcome: "unknown-kind",
      groupKnown: false,
      similar: [],
    });
  });
});

describe("CRDs of a workspace", () => {
  const crd = (version: object): unknown => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    spec: {
      group: "example.com",
      names: { kind: "Thing", plural: "things" },
      scope: "Cluster",
      versions: [{ name: "v1", served: true, ...version }],
    },
  });
  const place = { from: "workspace", path: "crds/thing.yaml", line: 3 } as const;

  test("they win over what is bundled and get the metadata of objects", async () => {
    const schema = {
      openAPIV3Schema: { type: "object", properties: { spec: { type: "string" } } },
    };
    const workspace = crdSource(readCrd(crd({ schema, deprecated: true }), place));
    const catalog = await catalogFor({ workspace });
    const answer = catalog.resolve({ apiVersion: "example.com/v1", kind: "Thing" });
    const kind = foundKind(answer);
    expect(kind.scope).toBe("cluster");
    expect(describeProvenance(kind.provenance)).toBe("crds/thing.yaml, line 3");
    expect(schemaAt(kind.schema, ["metadata", "labels"])?.additional?.type).toBe("string");
    expect(answer).toMatchObject({ notice: { message: "example.com/v1 Thing is deprecated" } });
    expect(catalog.kinds()).toContainEqual(
      expect.objectContaining({ apiVersion: "example.com/v1", kind: "Thing", deprecated: true }),
    );
    expect(catalog.find({ apiVersion: "example.com/v1", kind: "Thing" })).toBe(kind);
  });

  test("what is half written gives as much as there is, and never throws", () => {
    expect(readCrd(undefined, place)).toEqual([]);
    expect(readCrd({ kind: "CustomResourceDefinition", spec: { versions: 3 } }, place)).toEqual([]);
    expect(readCrd(crd({ served: false }), place)).toEqual([]);
    const odd = { openAPIV3Schema: { type: "objct", properties: { a: 5, b: { minLength: "x" } } } };
    const [kind] = readCrd(crd({ schema: odd }), place);
    expect(kind?.schema.properties?.["a"]).toEqual({ preserveUnknown: true });
    expect(kind?.schema.properties?.["b"]).toEqual({});
    expect(readCrd(crd({}), place)[0]?.complete).toBe(false);
  });
});

test("places of a document as places of its schema", async () => {
  const schema = (await catalogFor()).find({ apiVersion: "v1", kind: "ConfigMap" })?.schema ?? {};
  expect(schemaPathOf(schema, ["data", "key"])).toEqual(["data", "*"]);
  expect(schemaPathOf(schema, ["metadata", "finalizers", 2])).toEqual([
    "metadata",
    "finalizers",
    "[]",
  ]);
});

test("a schema that contains itself is a circle, and knows its own descriptions", async () => {
  const crd = (await catalogFor()).find({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
  });
  const props = ["spec", "versions", 0, "schema", "openAPIV3Schema"];
  const root = schemaAt(crd?.schema ?? {}, props);
  expect(root?.description).toContain("openAPIV3Schema is the OpenAPI v3 schema");
  const deep = schemaAt(crd?.schema ?? {}, [...props, "properties", "a", "properties", "b", "not"]);
  expect(deep?.properties?.["not"]?.properties).toBe(deep?.properties);
});

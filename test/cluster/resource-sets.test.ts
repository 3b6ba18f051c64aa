/** The engine's ResourceSets held against the real flux-operator: the same objects with the same content, and the same refusals. */
import { isDeepStrictEqual } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import type { ResourceSetRequest, ResourceSetResult } from "#simulator/engine";
import { readData } from "../../simulator/render/objects.ts";
import type { JsonObject } from "#simulator";
import { startEngine } from "../simulator/engine/fixture.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import { condition } from "./harness/kube-api.ts";
import type { KubeObject } from "./harness/kube-api.ts";
import { cases, world } from "./resource-sets/cases.ts";
import type { SetCase } from "./resource-sets/cases.ts";

const apiVersion = "fluxcd.controlplane.io/v1";
const namespace = "sets";
const inventoryPatience = 60_000;
let cluster: Cluster;
let made: ReadonlyMap<string, Answer>;

interface Answer {
  /** As the operator left it. */
  readonly set: KubeObject;
  readonly rendered: ResourceSetResult;
  /** What is on the cluster of what was rendered, by `Kind/name`. */
  readonly live: ReadonlyMap<string, KubeObject | undefined>;
}

beforeAll(async () => {
  cluster = await startCluster({ controllers: ["flux-operator"] });
  const { api } = cluster;
  await api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await api.apply(world);
  const providers = await settledProviders();
  for (const one of cases) await api.apply(setOf(one));
  const objects = await dataOfWorld();
  const engine = startEngine();
  const answers = new Map<string, Answer>();
  for (const one of cases) {
    const request = { resourceSet: setOf(one), providers, objects, assumed: [] };
    const rendered = engine.answer("resourceSet", request);
    const set = await decided(one, rendered);
    answers.set(one.name, { set, rendered, live: await liveOf(rendered) });
  }
  made = answers;
});
afterAll(() => cluster?.stop());

function setOf({ name, spec }: SetCase): KubeObject {
  return {
    apiVersion,
    kind: "ResourceSet",
    metadata: { name, namespace, annotations: { "reconcile.fluxcd.io/requestedAt": "test" } },
    spec: parse(spec) as Record<string, unknown>,
  };
}

/**
 * The status is written in pieces, and the inventory need not be in the first. The operator is asked once more where it differs; one that
 * stays another is what the tests then see.
 */
async function decided(one: SetCase, rendered: ResourceSetResult): Promise<KubeObject> {
  const ref = { apiVersion, kind: "ResourceSet", namespace, name: one.name };
  const set = await cluster.api.waitFor(ref, (object) => isDecided(object, one));
  if (one.fails === true || isDeepStrictEqual(entries(set), idsOf(rendered))) return set;
  const annotations = { "reconcile.fluxcd.io/requestedAt": "again" };
  await cluster.api.patch(ref, { metadata: { annotations } });
  const isSame = (object: KubeObject): boolean =>
    isDeepStrictEqual(entries(object), idsOf(rendered));
  return cluster.api.waitFor(ref, isSame, inventoryPatience).catch(() => set);
}

function isDecided(object: KubeObject, { fails }: SetCase): boolean {
  const ready = condition(object)?.status;
  if (fails === true) return ready === "False";
  return ready === "True" && object.status?.["lastHandledReconcileAt"] === "test";
}

async function settledProviders(): Promise<readonly KubeObject[]> {
  const kind = "ResourceSetInputProvider";
  const found = await cluster.api.list(apiVersion, kind, namespace);
  return Promise.all(
    found.map(({ metadata: { name } }) =>
      cluster.api.waitFor({ apiVersion, kind, namespace, name }, ({ status }) =>
        Array.isArray(status?.["exportedInputs"]),
      ),
    ),
  );
}

async function dataOfWorld(): Promise<ResourceSetRequest["objects"]> {
  const names = new Set(["source", "plain", "login", "bytes", "kubeconfig", "partial"]);
  const lists = ["ConfigMap", "Secret"].map((kind) => cluster.api.list("v1", kind, namespace));
  return (await Promise.all(lists))
    .flat()
    .filter(({ metadata }) => names.has(metadata.name))
    .flatMap((object) => readData(object as unknown as JsonObject) ?? []);
}

async function liveOf({ objects }: ResourceSetResult): Promise<Answer["live"]> {
  const live = new Map<string, KubeObject | undefined>();
  for (const { apiVersion: version, kind, name } of objects)
    live.set(
      `${kind}/${name}`,
      await cluster.api.get({ apiVersion: version, kind, namespace, name }),
    );
  return live;
}

/** What counts of an object: of a Deployment only what the sum is written to, because the server adds the rest. */
function content(object: JsonObject | KubeObject | undefined): unknown {
  if (object === undefined) return undefined;
  const { kind, metadata, data, binaryData, stringData, type, spec } = object as KubeObject;
  const texts = Object.entries((stringData ?? {}) as Record<string, string>);
  const encoded = texts.map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
  return {
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    data: { ...(data as object | undefined), ...Object.fromEntries(encoded) },
    binaryData: binaryData ?? {},
    ...(kind === "Secret" ? { type: type ?? "Opaque" } : {}),
    ...(kind === "Deployment" ? { template: annotationsOf(spec?.["template"] as Template) } : {}),
  };
}

interface Template {
  readonly metadata: { readonly annotations?: object };
}

function annotationsOf({ metadata }: Template): object | undefined {
  return metadata.annotations;
}

function entries({ status }: KubeObject): readonly string[] {
  const inventory = status?.["inventory"] as { entries?: readonly { id: string }[] } | undefined;
  return (inventory?.entries ?? []).map(({ id }) => id).sort();
}

/** As they are in the inventory. */
function idsOf({ objects }: ResourceSetResult): readonly string[] {
  const groups: Readonly<Record<string, string>> = { Deployment: "apps" };
  return objects
    .map(({ kind, name }) => `${namespace}_${name}_${groups[kind] ?? ""}_${kind}`)
    .sort();
}

describe.each(cases.filter(({ fails }) => fails === undefined))("$name", ({ name }) => {
  test("gives the same objects", () => {
    const { set, rendered } = made.get(name) as Answer;
    expect(rendered.failure).toBeUndefined();
    expect(idsOf(rendered)).toEqual(entries(set));
  });

  test("with the same content", () => {
    const { rendered, live } = made.get(name) as Answer;
    for (const { kind, name: object, json } of rendered.objects)
      expect(content(JSON.parse(json) as JsonObject), `${kind}/${object}`).toEqual(
        content(live.get(`${kind}/${object}`)),
      );
  });
});

test.each(cases.filter(({ fails }) => fails === true))("$name is refused", ({ name }) => {
  const { set, rendered } = made.get(name) as Answer;
  expect(condition(set)?.reason).toMatch(/Failed$/);
  expect(rendered.failure).toBeDefined();
});

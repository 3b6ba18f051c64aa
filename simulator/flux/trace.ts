/**
 * From any live object to where it comes from: its appliers up to the root, and the sources of each down to a URL and a
 * revision. Pure: whoever asks hands in a look-up, so that a watch cache answers without a request.
 */
import type { JsonObject } from "../manifest/json.ts";
import { listAt, objectAt, textAt } from "../manifest/json.ts";
import type { ObjectRef } from "../records.ts";
import { fluxApiVersion, fluxKinds, isFluxKind } from "./kinds.ts";
import type { FluxKindName } from "./kinds.ts";
import { objectId } from "./object-ref.ts";
import { ownersOf, refOf } from "./ownership.ts";

/** A live object by its reference; the version of the reference does not matter. */
export type FindObject = (ref: ObjectRef) => JsonObject | undefined;

export interface TraceHop {
  readonly role: "object" | "applier" | "source";
  readonly ref: ObjectRef;
  /** Absent when the look-up does not know it. */
  readonly object?: JsonObject;
  /** Of an applier: the folder or chart in its source. Of a source: its address. */
  readonly location?: string;
  /** Of an applier: what it applied last. Of a source: its artifact. */
  readonly revision?: string;
}

export interface Trace {
  /** The object, then its applier, the sources of that, the applier of the applier, … up to the root. */
  readonly hops: readonly TraceHop[];
  /** Whether owners own each other. */
  readonly cyclic: boolean;
}

export function trace(object: JsonObject, find: FindObject): Trace {
  const start = refOf(object);
  if (start === undefined) return { hops: [], cyclic: false };
  const hops: TraceHop[] = [];
  const seen = new Set<string>();
  let current: JsonObject | undefined = object;
  let ref: ObjectRef = start;
  let cyclic = false;
  for (;;) {
    seen.add(objectId(ref));
    hops.push(hop(ref, current, hops.length === 0 ? "object" : "applier"));
    if (current === undefined) break;
    for (const source of sourceChain(current, find)) {
      if (seen.has(objectId(source))) continue;
      seen.add(objectId(source));
      hops.push(hop(source, find(source), "source"));
    }
    const owner = firstKnown(ownersOf(current), find);
    if (owner === undefined || objectId(owner) === objectId(ref)) break;
    cyclic = hops.some((other) => objectId(other.ref) === objectId(owner));
    if (cyclic) break;
    ref = owner;
    current = find(owner);
  }
  return { hops, cyclic };
}

/** An owner that is there wins over one that labels merely name. */
function firstKnown(owners: readonly ObjectRef[], find: FindObject): ObjectRef | undefined {
  return owners.find((owner) => find(owner) !== undefined) ?? owners[0];
}

/**
 * The sources that an object reads, the nearest first, each followed by what it is made of: a HelmRelease's chart and its
 * repository, an ExternalArtifact's generator and the sources of that.
 */
export function sourceChain(object: JsonObject, find: FindObject): readonly ObjectRef[] {
  const found: ObjectRef[] = [];
  const visit = (current: JsonObject): void => {
    for (const ref of sourcesOf(current)) {
      if (found.some((other) => objectId(other) === objectId(ref))) continue;
      found.push(ref);
      const next = find(ref);
      if (next !== undefined) visit(next);
    }
  };
  visit(object);
  return found;
}

/** The sources that a field of the object names. */
export function sourcesOf(object: JsonObject): readonly ObjectRef[] {
  const ref = refOf(object);
  if (ref === undefined) return [];
  if (isFluxKind(ref, "HelmRelease")) return chartOf(object, ref);
  if (isFluxKind(ref, "ArtifactGenerator"))
    return listAt(object, "spec", "sources").flatMap((item) => sourceRef(item, ref.namespace));
  if (isFluxKind(ref, "ResourceSet"))
    return listAt(object, "spec", "inputsFrom").flatMap((item) => sourceRef(item, ref.namespace));
  return sourceRef(objectAt(object, "spec", "sourceRef"), ref.namespace);
}

/** A chart template makes a HelmChart `<namespace>-<name>` beside its source (`fluxcd/helm-controller api/v2`). */
function chartOf(object: JsonObject, { namespace, name }: ObjectRef): readonly ObjectRef[] {
  const chartRef = sourceRef(objectAt(object, "spec", "chartRef"), namespace);
  if (chartRef.length > 0) return chartRef;
  const source = sourceRef(objectAt(object, "spec", "chart", "spec", "sourceRef"), namespace);
  const [repository] = source;
  if (repository === undefined) return [];
  const kind: FluxKindName = "HelmChart";
  const chart = {
    apiVersion: fluxApiVersion(kind),
    kind,
    namespace: repository.namespace,
    name: `${namespace}-${name}`,
  };
  return [chart, repository];
}

/**
 * The revision that an applier has to have attempted for what its source holds now. Only Kustomizations repeat the revision of
 * their artifact; a HelmRelease names a chart version.
 */
export function expectedRevision(object: JsonObject, find: FindObject): string | undefined {
  const ref = refOf(object);
  if (ref === undefined || !isFluxKind(ref, "Kustomization")) return undefined;
  const [source] = sourcesOf(object);
  const artifact = source === undefined ? undefined : find(source);
  return textAt(artifact, "status", "artifact", "revision");
}

function sourceRef(reference: unknown, namespace: string): readonly ObjectRef[] {
  const kind = textAt(reference, "kind");
  const name = textAt(reference, "name");
  const row = fluxKinds.find((one) => one.kind === kind);
  if (row === undefined || name === undefined) return [];
  return [
    {
      apiVersion: fluxApiVersion(row.kind),
      kind: row.kind,
      namespace: textAt(reference, "namespace") ?? namespace,
      name,
    },
  ];
}

function hop(ref: ObjectRef, object: JsonObject | undefined, role: TraceHop["role"]): TraceHop {
  if (object === undefined) return { role, ref };
  const location = locationOf(object);
  const revision =
    textAt(object, "status", "artifact", "revision") ??
    textAt(object, "status", "lastAppliedRevision") ??
    textAt(listAt(object, "status", "history")[0], "chartVersion");
  return {
    role,
    ref,
    object,
    ...(location === undefined ? {} : { location }),
    ...(revision === undefined ? {} : { revision }),
  };
}

function locationOf(object: JsonObject): string | undefined {
  return (
    textAt(object, "spec", "url") ??
    textAt(object, "spec", "path") ??
    textAt(object, "spec", "chart", "spec", "chart") ??
    textAt(object, "spec", "chart") ??
    bucketAddress(object)
  );
}

function bucketAddress(object: JsonObject): string | undefined {
  const endpoint = textAt(object, "spec", "endpoint");
  const bucket = textAt(object, "spec", "bucketName");
  return endpoint === undefined || bucket === undefined ? undefined : `${endpoint}/${bucket}`;
}

/** The objects that have to be ready before this one: `spec.dependsOn`. */
export function dependenciesOf(object: JsonObject): readonly ObjectRef[] {
  const own = refOf(object);
  if (own === undefined) return [];
  return listAt(object, "spec", "dependsOn").flatMap((item) => {
    const name = textAt(item, "name");
    if (name === undefined) return [];
    return [
      {
        // A ResourceSet may wait for any kind; the others wait for their own.
        apiVersion: textAt(item, "apiVersion") ?? own.apiVersion,
        kind: textAt(item, "kind") ?? own.kind,
        namespace: textAt(item, "namespace") ?? own.namespace,
        name,
      },
    ];
  });
}

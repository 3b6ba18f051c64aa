/** Reads the API server's audit log: which objects helm-controller applied, and what it deleted. */
import { auditEvents, isHelmStorage } from "../harness/audit-events.ts";
import type { AuditEvent } from "../harness/audit-events.ts";
import type { KubeApi } from "../harness/kube-api.ts";
import type { AppliedObject } from "./expected.ts";

export interface Writes {
  readonly objects: readonly AppliedObject[];
  readonly deletes: readonly string[];
}

const owner = "helm.toolkit.fluxcd.io/";

/** Everything since a position in the file; `auditPosition` gives the position for the next time. */
export async function readWrites(file: string, from: number, api: KubeApi): Promise<Writes> {
  const objects = new Map<string, AppliedObject>();
  const deletes: string[] = [];
  for (const event of auditEvents(file, from)) {
    const { objectRef, requestURI, verb, responseStatus } = event;
    if (event.user.username !== "helm-controller" || objectRef === undefined) continue;
    if (objectRef.subresource !== undefined || requestURI.includes("dryRun=All")) continue;
    if ((responseStatus?.code ?? 500) >= 300 || isHelmStorage(event)) continue;
    const ref = await kindOf(objectRef, event, api);
    const text = `${ref.kind} ${ref.namespace === "" ? "" : `${ref.namespace}/`}${ref.name}`;
    if (verb === "delete" || verb === "deletecollection") deletes.push(text);
    else if (isApply(event)) objects.set(text + ref.apiVersion, applied(event, ref));
  }
  // Releases are reconciled at the same time, so that the order of requests says nothing.
  return { objects: [...objects.values()].sort(byKey), deletes: deletes.sort() };
}

function applied(event: AuditEvent, ref: AppliedObject["ref"]): AppliedObject {
  const labels = event.requestObject?.metadata?.labels ?? {};
  const [namespace, name] = [labels[`${owner}namespace`], labels[`${owner}name`]];
  const release = namespace === undefined || name === undefined ? "" : `${namespace}/${name}`;
  return { release, ref, object: sorted(event.requestObject) };
}

/** Server-side apply with force, or the creation of an object as Helm does it without. */
function isApply({ verb, requestURI }: AuditEvent): boolean {
  return (
    verb === "create" ||
    (/[?&]fieldManager=helm-controller(&|$)/.test(requestURI) && /[?&]force=/.test(requestURI))
  );
}

async function kindOf(
  ref: NonNullable<AuditEvent["objectRef"]>,
  event: AuditEvent,
  api: KubeApi,
): Promise<AppliedObject["ref"]> {
  const apiVersion = ref.apiGroup
    ? `${ref.apiGroup}/${ref.apiVersion ?? ""}`
    : (ref.apiVersion ?? "");
  const found = (await api.resources(apiVersion)).find(({ plural }) => plural === ref.resource);
  return {
    apiVersion,
    kind: found?.kind ?? ref.resource,
    namespace: found?.namespaced === false ? "" : (ref.namespace ?? ""),
    name: ref.name ?? event.requestObject?.metadata?.name ?? "",
  };
}

function byKey(one: AppliedObject, other: AppliedObject): number {
  const key = ({ release, ref }: AppliedObject): string =>
    [release, ref.apiVersion, ref.kind, ref.namespace, ref.name].join("\0");
  return key(one) < key(other) ? -1 : 1;
}

/** Keys in order, so that two recordings are equal as text. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

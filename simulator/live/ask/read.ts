/** Reading what is on a cluster: one object, or all of a kind. Bounded, and never an exception but for cancelling. */
import { groupOf } from "../../flux/object-ref.ts";
import { isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Live } from "../../ports.ts";
import { send } from "./gate.ts";
import { forgetKinds, pathOf, servedKinds } from "./kinds.ts";
import type { ServedKind } from "./kinds.ts";
import { readReplyOf } from "./status.ts";
import type { Refusal } from "./status.ts";

type Failed =
  | { readonly outcome: "unknown-kind" }
  | { readonly outcome: "forbidden" | "lost"; readonly message: string };

export type ReadAnswer =
  | { readonly outcome: "found"; readonly object: JsonObject }
  | { readonly outcome: "absent" }
  | Failed;

export type ListAnswer =
  /** `isPart`: there are more than are read at once. */
  | {
      readonly outcome: "found";
      readonly objects: readonly JsonObject[];
      readonly isPart: boolean;
    }
  | Failed;

/** A kind by its group, in a version that the server knows; or by `apiVersion`, in just that one if it is served. */
export type KindRef = { readonly kind: string } & (
  { readonly group: string } | { readonly apiVersion: string }
);

export type ReadRef = KindRef & { readonly namespace: string; readonly name: string };

export type ListRef = KindRef & {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Only `metadata` is needed. */
  readonly metadataOnly?: true;
};

const pageSize = 500;
const maxObjects = 20_000;

export async function readObject(
  live: Live,
  ref: ReadRef,
  signal?: AbortSignal,
): Promise<ReadAnswer> {
  const found = await find(live, ref, signal);
  if ("outcome" in found) return found;
  if (found.namespaced && ref.namespace === "") return { outcome: "absent" };
  const path = pathOf(found, ref.namespace, ref.name);
  const reply = readReplyOf(await send(live, { verb: "get", path }, signal));
  if (reply.ok) return { outcome: "found", object: reply.object };
  if (reply.refusal === "not-found" || reply.refusal === "namespace-missing")
    return { outcome: "absent" };
  return failed(reply.refusal, reply.message);
}

export async function listObjects(
  live: Live,
  ref: ListRef,
  signal?: AbortSignal,
): Promise<ListAnswer> {
  const found = await find(live, ref, signal);
  if ("outcome" in found) return found;
  const objects: JsonObject[] = [];
  let token: string | undefined;
  do {
    const path = `${pathOf(found, ref.namespace ?? "")}?${queryOf(ref, token)}`;
    const as = ref.metadataOnly === true ? ({ as: "metadata" } as const) : {};
    const reply = readReplyOf(await send(live, { verb: "get", path, ...as }, signal));
    if (!reply.ok) {
      if (reply.refusal === "not-found") return { outcome: "unknown-kind" };
      return failed(reply.refusal, reply.message);
    }
    objects.push(...listAt(reply.object, "items").flatMap((item) => typed(item, found)));
    token = textAt(objectAt(reply.object, "metadata"), "continue");
  } while (token !== undefined && objects.length < maxObjects);
  return { outcome: "found", objects, isPart: token !== undefined };
}

/** Items of a list say neither `apiVersion` nor `kind`. */
function typed(item: unknown, { group, version, kind }: ServedKind): readonly JsonObject[] {
  if (!isObject(item)) return [];
  return [{ ...item, apiVersion: group === "" ? version : `${group}/${version}`, kind }];
}

function queryOf(ref: ListRef, token: string | undefined): string {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (ref.labelSelector !== undefined) query.set("labelSelector", ref.labelSelector);
  if (ref.fieldSelector !== undefined) query.set("fieldSelector", ref.fieldSelector);
  if (token !== undefined) query.set("continue", token);
  return query.toString();
}

async function find(
  live: Live,
  ref: KindRef,
  signal: AbortSignal | undefined,
): Promise<ServedKind | Failed> {
  const kinds = await servedKinds(live, signal);
  if (kinds.outcome !== "known") return kinds;
  const group = "group" in ref ? ref.group : groupOf(ref.apiVersion);
  const exact =
    "apiVersion" in ref
      ? kinds.versions.get(`${group}/${ref.apiVersion.split("/").at(-1) ?? ""}/${ref.kind}`)
      : undefined;
  const served = exact ?? kinds.preferred.get(`${group}/${ref.kind}`);
  if (served !== undefined) return served;
  // It may have been installed since; who asks next sees it.
  forgetKinds(live);
  return { outcome: "unknown-kind" };
}

function failed(refusal: Refusal, message: string): Failed {
  return { outcome: refusal === "not-allowed" ? "forbidden" : "lost", message };
}

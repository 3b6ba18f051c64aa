/**
 * Which kinds an API server serves and under which paths: one aggregated discovery, remembered for each `Live`, or the older
 * one by group versions. What is not found may be new: the caller can have it asked again.
 */
import { isObject, listAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Live } from "../../ports.ts";
import { send } from "./gate.ts";
import type { Wait } from "./gate.ts";
import { readReplyOf } from "./status.ts";

/** A kind as the server serves it. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export type Kinds =
  | {
      readonly outcome: "known";
      /** By `group/version/Kind`. */
      readonly versions: ReadonlyMap<string, ServedKind>;
      /** By `group/Kind`, in the version that the server prefers. */
      readonly preferred: ReadonlyMap<string, ServedKind>;
    }
  | { readonly outcome: "forbidden" | "lost"; readonly message: string };

const remembered = new WeakMap<Live, Promise<Kinds>>();

/** Rejects only when cancelled. */
export async function servedKinds(
  live: Live,
  signal: AbortSignal | undefined,
  wait?: Wait,
): Promise<Kinds> {
  for (;;) {
    const known = remembered.get(live);
    const asking = known ?? discover(live, signal, wait);
    if (known === undefined) remembered.set(live, asking);
    try {
      const kinds = await asking;
      if (kinds.outcome !== "known") forgetKinds(live, asking);
      return kinds;
    } catch (error) {
      forgetKinds(live, asking);
      // Another asker may have been cancelled, not this one.
      if (known === undefined || signal?.aborted === true) throw error;
    }
  }
}

/** The next one who wants to know asks the server again. */
export function forgetKinds(live: Live, which?: Promise<Kinds>): void {
  if (which === undefined || remembered.get(live) === which) remembered.delete(live);
}

/** `/apis/<group>/<version>[/namespaces/<namespace>]/<plural>[/<name>]`, without a namespace for all of them. */
export function pathOf(kind: ServedKind, namespace: string, name?: string): string {
  const { group, version, plural, namespaced } = kind;
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope =
    namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${base}${scope}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

async function discover(
  live: Live,
  signal: AbortSignal | undefined,
  wait: Wait | undefined,
): Promise<Kinds> {
  const get = async (path: string) =>
    readReplyOf(await send(live, { verb: "get", path, as: "discovery" }, signal, wait));
  const [core, groups] = await Promise.all([get("/api"), get("/apis")]);
  for (const reply of [groups, core])
    if (!reply.ok) {
      const outcome = reply.refusal === "not-allowed" ? "forbidden" : "lost";
      return { outcome, message: reply.message };
    }
  if (!core.ok || !groups.ok) return { outcome: "lost", message: "" };
  if (textAt(groups.object, "kind") === "APIGroupDiscoveryList")
    return indexed([core, groups].flatMap(({ object }) => aggregatedKinds(object)));
  const paths = [
    ...listAt(core.object, "versions").map((version) => `/api/${String(version)}`),
    ...listAt(groups.object, "groups").flatMap(groupPaths),
  ];
  const lists = await Promise.all(
    paths.map(async (path) => {
      const reply = await get(path);
      return reply.ok ? fromResourceList(reply.object) : [];
    }),
  );
  return indexed(lists.flat());
}

/** Versions of a group come in the server's order of preference. */
function indexed(served: readonly ServedKind[]): Kinds {
  const versions = new Map<string, ServedKind>();
  const preferred = new Map<string, ServedKind>();
  for (const one of served) {
    versions.set(`${one.group}/${one.version}/${one.kind}`, one);
    const key = `${one.group}/${one.kind}`;
    if (!preferred.has(key)) preferred.set(key, one);
  }
  return { outcome: "known", versions, preferred };
}

/** Every kind of an `APIGroupDiscoveryList` in every version, those that the server prefers first. */
export function aggregatedKinds(list: JsonObject): readonly ServedKind[] {
  return listAt(list, "items").flatMap((item) => {
    const group = textAt(item, "metadata", "name") ?? "";
    return listAt(item, "versions").flatMap((version) =>
      listAt(version, "resources").flatMap((resource) => {
        const kind = textAt(resource, "responseKind", "kind");
        const plural = textAt(resource, "resource");
        const name = textAt(version, "version");
        if (kind === undefined || plural === undefined || name === undefined) return [];
        const namespaced = textAt(resource, "scope") === "Namespaced";
        return [{ group, version: name, kind, plural, namespaced }];
      }),
    );
  });
}

function groupPaths(group: unknown): readonly string[] {
  const first = textAt(group, "preferredVersion", "groupVersion");
  const all = listAt(group, "versions").flatMap((version) => textAt(version, "groupVersion") ?? []);
  const ordered = first === undefined ? all : [first, ...all.filter((one) => one !== first)];
  return ordered.map((groupVersion) => `/apis/${groupVersion}`);
}

function fromResourceList(list: JsonObject): readonly ServedKind[] {
  const parts = (textAt(list, "groupVersion") ?? "v1").split("/");
  const [group, version] = parts.length === 1 ? ["", parts[0]] : parts;
  return listAt(list, "resources").flatMap((resource) => {
    const kind = textAt(resource, "kind");
    const plural = textAt(resource, "name");
    if (kind === undefined || plural === undefined || plural.includes("/")) return [];
    const namespaced = isObject(resource) && resource["namespaced"] === true;
    return [{ group: group ?? "", version: version ?? "v1", kind, plural, namespaced }];
  });
}

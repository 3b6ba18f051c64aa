/**
 * Releases as Helm stores them: Secrets `sh.helm.release.v1.<name>.v<revision>` of type `helm.sh/release.v1`, which hold JSON,
 * compressed and in base64 twice (`helm.sh/helm/v4 pkg/storage/driver/util.go`). helm-controller knows no other storage.
 */
import { isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { Live } from "../ports.ts";
import { listObjects, readObject } from "./ask/read.ts";
import type { StoredRelease } from "./facts.ts";

export type ReleaseAnswer =
  | {
      readonly outcome: "found";
      readonly release: StoredRelease;
      /** Of the Secret; it changes with its status. */
      readonly resourceVersion: string;
    }
  | { readonly outcome: "absent" }
  | { readonly outcome: "forbidden" | "lost" | "unreadable"; readonly message: string };

/** A Secret can't be larger than 1 MiB; what it unpacks to is bounded as well. */
const maxUnpacked = 64 << 20;

/** The newest revision of a release, as helm-controller finds it. */
export async function readRelease(
  live: Live,
  storageNamespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<ReleaseAnswer> {
  const heads = await listReleases(live, { namespace: storageNamespace, name }, signal);
  if (heads.outcome !== "found") return heads;
  const newest = heads.newest.get(`${storageNamespace}/${name}`);
  return newest === undefined ? { outcome: "absent" } : readNewest(live, newest, signal);
}

/** What a Secret of Helm's storage holds. `known` is an earlier answer, given again while it still counts. */
export async function readNewest(
  live: Live,
  newest: ReleaseHead,
  signal?: AbortSignal,
  known?: ReleaseAnswer,
): Promise<ReleaseAnswer> {
  if (known?.outcome === "found" && known.resourceVersion === newest.resourceVersion) return known;
  const secret = { apiVersion: "v1", kind: "Secret", namespace: newest.namespace };
  const answer = await readObject(live, { ...secret, name: newest.secret }, signal);
  switch (answer.outcome) {
    case "found": {
      const release = await decodeRelease(answer.object);
      if (release === undefined)
        return { outcome: "unreadable", message: `${newest.secret} holds no release` };
      return { outcome: "found", release, resourceVersion: newest.resourceVersion };
    }
    case "absent":
    case "unknown-kind":
      return { outcome: "absent" };
    case "forbidden":
    case "lost":
      return { outcome: answer.outcome, message: answer.message };
  }
}

/** The Secret of a revision, without its content. */
export interface ReleaseHead {
  readonly secret: string;
  readonly namespace: string;
  readonly revision: number;
  readonly resourceVersion: string;
}

export type ReleaseList =
  /** The newest revision of each release by `<storage namespace>/<name>`. */
  | { readonly outcome: "found"; readonly newest: ReadonlyMap<string, ReleaseHead> }
  | { readonly outcome: "forbidden" | "lost"; readonly message: string };

/** What is stored: of one release, or in all namespaces. */
export async function listReleases(
  live: Live,
  only?: { readonly namespace: string; readonly name: string },
  signal?: AbortSignal,
): Promise<ReleaseList> {
  const answer = await listObjects(
    live,
    {
      apiVersion: "v1",
      kind: "Secret",
      ...(only === undefined ? {} : { namespace: only.namespace }),
      labelSelector: only === undefined ? "owner=helm" : `owner=helm,name=${only.name}`,
      metadataOnly: true,
    },
    signal,
  );
  if (answer.outcome === "unknown-kind") return { outcome: "found", newest: new Map() };
  if (answer.outcome !== "found") return answer;
  if (answer.isPart) return { outcome: "lost", message: "there are too many releases to list" };
  const newest = new Map<string, ReleaseHead>();
  for (const { metadata } of answer.objects) {
    const namespace = textAt(metadata, "namespace") ?? "";
    const key = `${namespace}/${textAt(metadata, "labels", "name") ?? ""}`;
    const revision = Number(textAt(metadata, "labels", "version") ?? 0);
    if (revision <= (newest.get(key)?.revision ?? 0)) continue;
    newest.set(key, {
      secret: textAt(metadata, "name") ?? "",
      namespace,
      revision,
      resourceVersion: textAt(metadata, "resourceVersion") ?? "",
    });
  }
  return { outcome: "found", newest };
}

/** The release in a Secret of Helm's storage; `undefined` for what is none. */
export async function decodeRelease(secret: JsonObject): Promise<StoredRelease | undefined> {
  const text = textAt(secret, "data", "release");
  if (text === undefined) return undefined;
  try {
    const packed = bytesOf(new TextDecoder().decode(bytesOf(text)));
    const json: unknown = JSON.parse(await unpacked(packed));
    return isObject(json) ? releaseOf(json) : undefined;
  } catch {
    // Not base64, not gzip, not JSON, or larger than any release is: for Helm it is no release either.
    return undefined;
  }
}

function releaseOf(json: JsonObject): StoredRelease | undefined {
  const name = textAt(json, "name");
  const revision = json["version"];
  if (name === undefined || typeof revision !== "number") return undefined;
  const metadata = objectAt(json, "chart", "metadata");
  const applyMethod = textAt(json, "apply_method");
  return {
    name,
    namespace: textAt(json, "namespace") ?? "",
    revision,
    status: textAt(json, "info", "status") ?? "",
    chart: {
      name: textAt(metadata, "name") ?? "",
      version: textAt(metadata, "version") ?? "",
      values: objectAt(json, "chart", "values"),
    },
    config: objectAt(json, "config"),
    manifest: textAt(json, "manifest") ?? "",
    hooks: listAt(json, "hooks").flatMap((hook) => textAt(hook, "manifest") ?? []),
    ...(applyMethod === undefined ? {} : { applyMethod }),
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Text of a gzip stream; releases of old versions of Helm are not compressed. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 0x08)
    return new TextDecoder().decode(bytes);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  const parts: string[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return parts.join("") + decoder.decode();
    size += value.length;
    if (size > maxUnpacked) {
      await reader.cancel();
      throw new RangeError("too large");
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
}

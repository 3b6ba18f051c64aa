/**
 * A Bucket as source-controller fetches it (`internal/controller/bucket_controller.go`, `internal/bucket/minio`): every
 * object below the prefix, and the `.sourceignore` at the root. What the ignore rules leave out is decided later.
 */
import { createHash } from "node:crypto";

import type { BucketSourceRequest, SourceAccess, TreeFile } from "#simulator";

import { FetchFailure, TooLargeError } from "../fetch-failure.ts";
import type { FetchContext, Fetcher } from "../fetcher.ts";
import { tlsOf } from "../oci/registry-access.ts";
import { fileOf, isTreePath } from "../read-tree.ts";
import { createSlots } from "../slots.ts";
import { parseUrl } from "../source-url.ts";
import { findBucket, getObject, listObjects, type S3Bucket, type S3Object } from "./s3-client.ts";

const ignoreFile = ".sourceignore";
const parallel = 10;

export const fetchBucket: Fetcher<BucketSourceRequest> = async (request, context) => {
  const bucket = await findBucket(bucketOf(request), context);
  const { tree: limits } = context.limits;
  const listed = await listObjects(bucket, request.prefix ?? "", limits.maxFiles, context);
  const wanted = listed.filter(({ key }) => !key.endsWith("/") && key !== ignoreFile);
  const { taken, refused } = placed(wanted);
  const total = taken.reduce((sum, { size }) => sum + size, 0);
  if (total > limits.maxTotalBytes)
    throw new TooLargeError(
      `Bucket '${request.bucket}' has more than ${limits.maxTotalBytes} bytes.`,
    );
  const files = new Map<string, TreeFile>();
  const index = new Map<string, string>(taken.map(({ key, etag }) => [key, etag]));
  const ignore = await getObject(bucket, ignoreFile, limits.maxFileBytes, context);
  if (ignore !== undefined) files.set(ignoreFile, fileOf(ignore.bytes));
  const known = context.known?.tree;
  const isUnchanged =
    known?.revision === indexDigest(index) &&
    known.files.get(ignoreFile)?.id === files.get(ignoreFile)?.id;
  if (known !== undefined && isUnchanged)
    return { outcome: "available", tree: known, ...remarksOn(refused) };
  const slots = createSlots(parallel);
  await Promise.all(
    taken.map((object) =>
      slots.run(async () => {
        const file = await download(bucket, object, context);
        if (file === undefined) return void index.delete(object.key);
        files.set(object.path, file.file);
        index.set(object.key, file.etag || object.etag);
      }, context.signal),
    ),
  );
  return {
    outcome: "available",
    tree: {
      label: `${bucket.origin}/${request.bucket}`,
      revision: indexDigest(index),
      files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    ...remarksOn(refused),
  };
};

function remarksOn(refused: readonly string[]): { readonly remarks?: readonly string[] } {
  const remarks = refused
    .slice(0, 5)
    .map((key) => `The object ${JSON.stringify(key)} is left out: no file can have that name.`);
  return remarks.length === 0 ? {} : { remarks };
}

function bucketOf(request: BucketSourceRequest): S3Bucket {
  const { endpoint, bucket, region, access = {} } = request;
  const url = parseUrl(`${access.insecure === true ? "http" : "https"}://${endpoint}`);
  if (url === undefined || endpoint.includes("/") || url.username !== "" || url.hostname === "") {
    throw new FetchFailure(
      "failed",
      `Endpoint ${JSON.stringify(endpoint)} is no host name. Write it without https:// and without a path.`,
    );
  }
  if (!/^[\w.-]+$/.test(bucket))
    throw new FetchFailure("not-found", `bucket '${bucket}' not found.`);
  return {
    ...{ origin: url.origin, bucket, region: region || undefined },
    ...{ keys: keysOf(access), tls: tlsOf(access.certificates) },
  };
}

function keysOf({ provider = "generic", secret }: SourceAccess): S3Bucket["keys"] {
  if (provider !== "generic" && provider !== "aws")
    throw unsupported(`Buckets of the provider ${provider} are not fetched`);
  if (secret === undefined) {
    if (provider === "generic") return undefined;
    throw unsupported(
      "A Bucket with the identity of the cluster at AWS can't be fetched from here",
    );
  }
  const { accesskey: accessKey, secretkey: secretKey } = secret;
  if (!accessKey || !secretKey) {
    throw new FetchFailure(
      "unauthorized",
      "invalid secret data: required fields 'accesskey' and 'secretkey'. Correct the Secret of the Bucket.",
    );
  }
  return { accessKey, secretKey };
}

function unsupported(what: string): FetchFailure {
  return new FetchFailure("unsupported", `${what}. Give a folder with --source.`);
}

interface PlacedObject extends S3Object {
  readonly path: string;
}

/** Where an object goes. Keys that climb are left out: a URL can't even name them. */
function placed(objects: readonly S3Object[]): {
  readonly taken: readonly PlacedObject[];
  readonly refused: readonly string[];
} {
  const taken: PlacedObject[] = [];
  const refused: string[] = [];
  for (const object of objects) {
    const path = object.key.split("/").filter(Boolean).join("/");
    if (isTreePath(path)) taken.push({ ...object, path });
    else refused.push(object.key);
  }
  const paths = new Set(taken.map(({ path }) => path));
  const clash = taken.find(({ path }) => foldersOf(path).some((folder) => paths.has(folder)));
  if (paths.size < taken.length || clash !== undefined)
    throw new FetchFailure(
      "invalid",
      "Two objects of the bucket would be the same file or folder.",
    );
  return { taken, refused };
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

async function download(
  bucket: S3Bucket,
  { key, size, etag }: S3Object,
  context: FetchContext,
): Promise<{ readonly file: TreeFile; readonly etag: string } | undefined> {
  const { maxFileBytes } = context.limits.tree;
  // A file without its content, as in every other tree; the id has to differ from one version to the next.
  if (size > maxFileBytes) {
    const id = createHash("sha1").update(`${key}\0${etag}`).digest("hex");
    return { file: { id, size, kind: "file" }, etag };
  }
  const object = await getObject(bucket, key, maxFileBytes, context);
  return object && { file: fileOf(object.bytes), etag: object.etag };
}

/** The revision of the artifact: a digest over keys and ETags (source-controller `internal/index/digest.go`). */
function indexDigest(index: ReadonlyMap<string, string>): string {
  const keys = [...index.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const hash = createHash("sha256");
  for (const key of keys) hash.update(`${key} ${index.get(key) ?? ""}\n`);
  return `sha256:${hash.digest("hex")}`;
}

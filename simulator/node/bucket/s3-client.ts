/**
 * The part of the S3 API that a bucket takes: does it exist, what is in it, and one object, read or written. Requests are signed
 * (Signature Version 4) or anonymous, and addressed as minio-go does it.
 */
import { createHash } from "node:crypto";

import { AwsV4Signer } from "aws4fetch";
import { XMLParser } from "fast-xml-parser";

import { FetchFailure } from "../fetch-failure.ts";
import type { FetchContext, TlsMaterial } from "../fetcher.ts";
import { type Exchange, exchange } from "../retrying-http.ts";

export interface S3Bucket {
  /** `https://host:port`. */
  readonly origin: string;
  readonly bucket: string;
  readonly region: string | undefined;
  readonly keys:
    | { readonly accessKey: string; readonly secretKey: string; readonly sessionToken?: string }
    | undefined;
  readonly tls: TlsMaterial | undefined;
}

export interface S3Object {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
}

const defaultRegion = "us-east-1";
const maxListingBytes = 16 * 1024 * 1024;

/** The bucket with the region it is in. Throws a `FetchFailure` when there is none, or it may not be read. */
export async function findBucket(bucket: S3Bucket, context: FetchContext): Promise<S3Bucket> {
  const asked = { ...bucket, region: bucket.region ?? defaultRegion };
  const answer = await send(asked, context, { method: "HEAD", path: "" });
  const isThere = answer.status >= 200 && answer.status < 300;
  const region =
    bucket.region ?? regionOf(answer) ?? (isThere ? undefined : await askRegion(asked, context));
  if (region === undefined || region === asked.region) {
    check(asked, answer);
    return asked;
  }
  const there = { ...bucket, region };
  check(there, await send(there, context, { method: "HEAD", path: "" }));
  return there;
}

function regionOf({ headers }: Exchange): string | undefined {
  const region = headers["x-amz-bucket-region"];
  return typeof region === "string" ? region : undefined;
}

/** Asked in the wrong region, a server says the right one with its refusal (minio-go `bucket-cache.go`). */
async function askRegion(bucket: S3Bucket, context: FetchContext): Promise<string | undefined> {
  const query = new URLSearchParams({ location: "" });
  const answer = await send(bucket, context, { method: "GET", path: "", query });
  const text = new TextDecoder().decode(answer.body);
  const found = /<(Region|LocationConstraint)[^<>]{0,100}>([\w-]{1,60})<\/\1>/.exec(text);
  return regionOf(answer) ?? found?.[2];
}

/** Every object whose key begins with `prefix` (ListObjectsV2). More than `maxObjects` are too many. */
export async function listObjects(
  bucket: S3Bucket,
  prefix: string,
  maxObjects: number,
  context: FetchContext,
): Promise<readonly S3Object[]> {
  const objects: S3Object[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ "list-type": "2", "encoding-type": "url", prefix });
    if (token !== undefined) query.set("continuation-token", token);
    const answer = await send(bucket, context, { method: "GET", path: "", query });
    check(bucket, answer);
    const page = parseListing(answer.body, bucket);
    objects.push(...page.objects);
    if (objects.length > maxObjects)
      throw new FetchFailure("too-large", `${shown(bucket)} has more than ${maxObjects} objects.`);
    if (page.next !== undefined && page.next === token) break;
    token = page.next;
  } while (token !== undefined);
  return objects;
}

/** `undefined` when there is no such object. */
export async function getObject(
  bucket: S3Bucket,
  key: string,
  maxBytes: number,
  context: FetchContext,
): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | undefined> {
  const path = `/${key.split("/").map(encoded).join("/")}`;
  const answer = await send(bucket, context, { method: "GET", path, maxBytes });
  if (answer.status === 404) return undefined;
  check(bucket, answer);
  return { bytes: answer.body, etag: unquoted(answer.headers.etag ?? "") };
}

/** Throws a `FetchFailure` when the bucket does not take it. */
export async function putObject(
  bucket: S3Bucket,
  key: string,
  body: Uint8Array,
  context: FetchContext,
): Promise<void> {
  const path = `/${key.split("/").map(encoded).join("/")}`;
  const answer = await send(bucket, context, { method: "PUT", path, body });
  if (answer.status >= 200 && answer.status < 300) return;
  const mayNot = answer.status === 401 || answer.status === 403;
  throw new FetchFailure(
    mayNot ? "unauthorized" : "failed",
    `${shown(bucket)} does not take what is written to it (${said(answer)}).`,
  );
}

interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT";
  /** Below the bucket. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly maxBytes?: number;
  readonly body?: Uint8Array;
}

async function send(
  bucket: S3Bucket,
  context: FetchContext,
  { method, path, query, maxBytes = maxListingBytes, body }: S3Request,
): Promise<Exchange> {
  const { keys, region = defaultRegion, tls } = bucket;
  const url = `${baseOf(bucket)}${path}${query === undefined ? "" : `?${query.toString()}`}`;
  const headers: Record<string, string> = { "user-agent": "sluice" };
  if (keys !== undefined) {
    const { accessKey: accessKeyId, secretKey: secretAccessKey, sessionToken } = keys;
    const signer = new AwsV4Signer({
      ...{ method, url, accessKeyId, secretAccessKey, region, service: "s3" },
      ...(sessionToken !== undefined && { sessionToken }),
      ...(body !== undefined && { headers: { "x-amz-content-sha256": sha256(body) } }),
    });
    const signed = await signer.sign();
    for (const [name, value] of signed.headers) headers[name] = value;
  }
  if (body !== undefined) headers["content-length"] = `${body.byteLength}`;
  const more = { ...(tls !== undefined && { tls }), ...(body !== undefined && { body }) };
  const request = { url, method, headers, ...more };
  return exchange(context, request, maxBytes);
}

/** The bucket is part of the host where the service wants it so (minio-go `isVirtualHostStyleRequest`). */
function baseOf({ origin, bucket }: S3Bucket): string {
  const url = new URL(origin);
  const isVirtual = /(^|\.)(amazonaws\.com(\.cn)?|storage\.googleapis\.com|aliyuncs\.com)$/.test(
    url.hostname,
  );
  // A certificate for `*.host` does not cover a bucket with a dot in its name.
  if (!isVirtual || (bucket.includes(".") && url.protocol === "https:"))
    return `${origin}/${encoded(bucket)}`;
  return `${url.protocol}//${bucket}.${url.host}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function said({ status, body }: Exchange): string {
  const code = /<Code>(\w{1,60})<\/Code>/.exec(new TextDecoder().decode(body))?.[1];
  return code === undefined ? `status ${status}` : `${code}, status ${status}`;
}

function check(bucket: S3Bucket, answer: Exchange): void {
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 404) throw new FetchFailure("not-found", `${shown(bucket)} not found.`);
  if (status === 401 || status === 403) {
    const how = bucket.keys === undefined ? "without credentials" : "with the keys of the Secret";
    throw new FetchFailure(
      "unauthorized",
      `${shown(bucket)} may not be read ${how} (${said(answer)}).`,
    );
  }
  throw new FetchFailure("failed", `${shown(bucket)} could not be read (${said(answer)}).`);
}

function shown({ origin, bucket }: S3Bucket): string {
  return `Bucket '${bucket}' of ${new URL(origin).host}`;
}

interface Listing {
  readonly objects: readonly S3Object[];
  readonly next: string | undefined;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  // Everything is text: a key `007` is no number. Entities are decoded here, those of XML and no others.
  parseTagValue: false,
  processEntities: false,
  trimValues: false,
  isArray: (name) => name === "Contents",
});

function parseListing(body: Uint8Array, bucket: S3Bucket): Listing {
  const result = recordOf(recordOf(parsed(body))["ListBucketResult"]);
  const contents: unknown = result["Contents"] ?? [];
  if (result["Name"] === undefined || !Array.isArray(contents))
    throw new FetchFailure("invalid", `${shown(bucket)} answered with something else than a list.`);
  const isEncoded = result["EncodingType"] === "url";
  const objects = contents.map((each): S3Object => {
    const { Key, ETag, Size } = recordOf(each);
    const key = textOf(Key);
    return {
      key: isEncoded ? decoded(key) : key,
      etag: unquoted(textOf(ETag)),
      size: Number(textOf(Size)) || 0,
    };
  });
  const token = textOf(result["NextContinuationToken"]);
  return { objects, next: result["IsTruncated"] === "true" && token !== "" ? token : undefined };
}

function parsed(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  if (/<!DOCTYPE/i.test(text)) return undefined;
  try {
    return parser.parse(text);
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function textOf(value: unknown): string {
  if (typeof value !== "string") return "";
  return value.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi,
    (_, name, decimal, hex) => {
      if (typeof name === "string") return entities[name as keyof typeof entities] ?? "";
      const code = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : "";
    },
  );
}

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" } as const;

function unquoted(etag: string): string {
  return etag.replace(/^"|"$/g, "");
}

/** S3 writes a space as `+`. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}

function encoded(part: string): string {
  return encodeURIComponent(part).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Where a shared cache is: `oci://HOST/REPO[:TAG]` in a registry, or `s3://BUCKET[/PREFIX]` with the usual AWS_* variables. */
import { FetchFailure } from "../fetch-failure.ts";
import { isTag, parseRepository, shownRepository } from "../oci/reference.ts";
import type { OciRepository } from "../oci/reference.ts";
import type { S3Bucket } from "../bucket/s3-client.ts";
import { UserError } from "../user-error.ts";

export type SharedCacheAddress =
  | {
      readonly kind: "oci";
      readonly repository: OciRepository;
      readonly tag: string;
      readonly shown: string;
    }
  | {
      readonly kind: "s3";
      readonly bucket: S3Bucket;
      /** Ends in a slash unless it is empty. */
      readonly prefix: string;
      readonly shown: string;
    };

type Environment = Readonly<Record<string, string | undefined>>;

const defaultTag = "sluice-cache";
/** A shard's number comes behind it. */
const maxTagLength = 100;

/** Throws a `UserError`. */
export function parseSharedCache(text: string, env: Environment): SharedCacheAddress {
  if (text.startsWith("oci://")) return ociAddress(text);
  if (text.startsWith("s3://")) return s3Address(text, env);
  throw new UserError(
    "--cache needs an address like oci://HOST/REPOSITORY:TAG or s3://BUCKET/PREFIX.",
  );
}

function ociAddress(text: string): SharedCacheAddress {
  const [, url = text, tag = defaultTag] = /^(oci:\/\/[^/]+\/.*?)(?::([^/:]*))?$/.exec(text) ?? [];
  if (!isTag(tag) || tag.length > maxTagLength)
    throw new UserError(`--cache: ${JSON.stringify(tag)} can't be the tag of a shared cache.`);
  try {
    const repository = parseRepository(url);
    return { kind: "oci", repository, tag, shown: `${shownRepository(repository)}:${tag}` };
  } catch (error) {
    if (error instanceof FetchFailure) throw new UserError(`--cache: ${error.message}`);
    throw error;
  }
}

function s3Address(text: string, env: Environment): SharedCacheAddress {
  const [, name = "", rest = ""] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(text) ?? [];
  const prefix = rest.replace(/\/+$/, "");
  if (!/^[a-z0-9][a-z0-9.-]{1,62}$/.test(name) || !/^[\w./!*'()=-]{0,512}$/.test(prefix))
    throw new UserError("--cache: an S3 address looks like s3://BUCKET/PREFIX.");
  const region = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const bucket = { origin: originOf(env, region), bucket: name, region, keys: keysOf(env) };
  return {
    kind: "s3",
    bucket: { ...bucket, tls: undefined },
    prefix: prefix === "" ? "" : `${prefix}/`,
    shown: `s3://${name}${prefix === "" ? "" : `/${prefix}`}`,
  };
}

function originOf(env: Environment, region: string): string {
  const endpoint = env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"] ?? "";
  if (endpoint === "") return `https://s3.${region}.amazonaws.com`;
  if (/^https?:\/\//.test(endpoint) && URL.canParse(endpoint)) return new URL(endpoint).origin;
  throw new UserError("AWS_ENDPOINT_URL has to be an address that begins with https://.");
}

function keysOf(env: Environment): S3Bucket["keys"] {
  const accessKey = env["AWS_ACCESS_KEY_ID"] ?? "";
  const secretKey = env["AWS_SECRET_ACCESS_KEY"] ?? "";
  if (accessKey === "" || secretKey === "") return undefined;
  const sessionToken = env["AWS_SESSION_TOKEN"] ?? "";
  return { accessKey, secretKey, ...(sessionToken !== "" && { sessionToken }) };
}

/**
 * A source object as the request that fetches it. Fields and precedence are source-controller's
 * (`fluxcd/source-controller api/v1`); credentials are taken from Secrets that the repository defines.
 */
import type { DataObject } from "../engine/protocol.ts";
import { parseDuration } from "../flux/duration.ts";
import { localKey } from "../flux/object-ref.ts";
import { flagAt, isObject, listAt, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { GitRef, SourceAccess, SourceRequest, Verification } from "../ports.ts";

/** Looks up a ConfigMap or Secret by `Kind/namespace/name`. */
type Data = (key: string) => DataObject | undefined;

type Common = Pick<
  Extract<SourceRequest, { readonly kind: "oci" }>,
  "access" | "verify" | "maxAge" | "timeout"
>;

export function gitRequest(object: JsonObject, data: Data): SourceRequest {
  const spec = objectAt(object, "spec");
  const sparse = listAt(spec, "sparseCheckout").filter((item) => typeof item === "string");
  return {
    kind: "git",
    url: textAt(spec, "url") ?? "",
    ref: gitRef(objectAt(spec, "ref")),
    submodules: flagAt(spec, "recurseSubmodules"),
    ...(sparse.length === 0 ? {} : { sparse }),
    ...common(object, data),
  };
}

function gitRef(ref: JsonObject): GitRef {
  const { branch, tag, semver, name, commit } = ref;
  const given = Object.entries({ branch, tag, semver, name, commit }).filter(
    ([, value]) => typeof value === "string" && value !== "",
  );
  // No ref at all means branch `master`.
  return given.length === 0 ? { branch: "master" } : Object.fromEntries(given);
}

export function ociRequest(object: JsonObject, data: Data): SourceRequest {
  const spec = objectAt(object, "spec");
  const { tag, semver, semverFilter, digest } = objectAt(spec, "ref");
  const ref = texts({ tag, semver, semverFilter, digest });
  const mediaType = textAt(spec, "layerSelector", "mediaType");
  const operation =
    textAt(spec, "layerSelector", "operation") === "copy"
      ? ("copy" as const)
      : ("extract" as const);
  return {
    kind: "oci",
    url: textAt(spec, "url") ?? "",
    ref,
    layer: { operation, ...(mediaType === undefined ? {} : { mediaType }) },
    ...common(object, data),
  };
}

export function bucketRequest(object: JsonObject, data: Data): SourceRequest {
  const spec = objectAt(object, "spec");
  const { prefix, region } = spec;
  return {
    kind: "bucket",
    endpoint: textAt(spec, "endpoint") ?? "",
    bucket: textAt(spec, "bucketName") ?? "",
    ...texts({ prefix, region }),
    ...common(object, data),
  };
}

/** A chart from a HelmRepository: `chart` is the spec of the HelmChart, whose own `verify` counts. */
export function chartRequest(
  repository: JsonObject,
  chart: { readonly name: string; readonly version: string; readonly object: JsonObject },
  data: Data,
): SourceRequest {
  const namespace = textAt(repository, "metadata", "namespace") ?? "";
  const { verify: _, ...access } = common(repository, data);
  const verify = verification(objectAt(chart.object, "spec"), namespace, data);
  return {
    kind: "chart",
    repository: textAt(repository, "spec", "url") ?? "",
    name: chart.name,
    version: chart.version === "*" ? "" : chart.version,
    passCredentials: flagAt(repository, "spec", "passCredentials"),
    ...access,
    ...(verify === undefined ? {} : { verify }),
  };
}

function common(object: JsonObject, data: Data): Common {
  const spec = objectAt(object, "spec");
  const namespace = textAt(object, "metadata", "namespace") ?? "";
  const access = accessOf(spec, namespace, data);
  const verify = verification(spec, namespace, data);
  const maxAge = parseDuration(textAt(spec, "interval"));
  const timeout = parseDuration(textAt(spec, "timeout"));
  return {
    ...(access === undefined ? {} : { access }),
    ...(verify === undefined ? {} : { verify }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

function accessOf(spec: JsonObject, namespace: string, data: Data): SourceAccess | undefined {
  const secret = secretData(spec["secretRef"], namespace, data);
  const certificates = secretData(spec["certSecretRef"], namespace, data);
  const provider = textAt(spec, "provider");
  const access = {
    ...(secret === undefined ? {} : { secret }),
    ...(certificates === undefined ? {} : { certificates }),
    ...(flagAt(spec, "insecure") ? { insecure: true } : {}),
    ...(provider === undefined ? {} : { provider }),
  };
  return Object.keys(access).length === 0 ? undefined : access;
}

function secretData(
  ref: unknown,
  namespace: string,
  data: Data,
): Readonly<Record<string, string>> | undefined {
  const name = textAt(ref, "name");
  const found = name === undefined ? undefined : data(localKey("Secret", namespace, name))?.data;
  // What can't be decrypted here stands as a placeholder, which is no credential: the user's own are better.
  const isUnknown = Object.values(found ?? {}).some((value) => placeholder.test(value));
  return isUnknown ? undefined : found;
}

/** What the engine puts in place of values that it does not know. */
const placeholder = /^secret-[0-9a-f]{12}$|SLUICE_UNKNOWN_/;

function verification(spec: JsonObject, namespace: string, data: Data): Verification | undefined {
  const verify = spec["verify"];
  if (!isObject(verify)) return undefined;
  const keys = secretData(verify["secretRef"], namespace, data);
  const identities = listAt(verify, "matchOIDCIdentity").map((item) => ({
    issuer: textAt(item, "issuer") ?? "",
    subject: textAt(item, "subject") ?? "",
  }));
  return {
    mode: textAt(verify, "provider") ?? textAt(verify, "mode") ?? "HEAD",
    ...(keys === undefined ? {} : { keys }),
    ...(identities.length === 0 ? {} : { identities }),
  };
}

function texts<Key extends string>(
  values: Readonly<Record<Key, unknown>>,
): Partial<Record<Key, string>> {
  const given = Object.entries(values).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(given) as Partial<Record<Key, string>>;
}

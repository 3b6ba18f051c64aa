/**
 * The manifest and the configuration of an artifact, byte for byte as flux writes them (fluxcd/pkg oci/push.go over
 * go-containerregistry `mutate`).
 */
import { digestOf } from "../oci/digest.ts";
import type { ArtifactLayer } from "./artifact-layer.ts";

export interface ArtifactMeta {
  readonly source: string;
  readonly revision: string;
  /** RFC 3339, whole seconds. */
  readonly created: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export interface Artifact {
  readonly layer: Blob;
  readonly config: Blob;
  readonly manifest: Blob;
}

/** go-containerregistry writes nothing of a layer into a configuration that is not an image's. */
const emptyConfig = {
  architecture: "",
  created: "0001-01-01T00:00:00Z",
  os: "",
  rootfs: { type: "layers", diff_ids: null },
  config: {},
};

const prefix = "org.opencontainers.image";

export function makeArtifact({ bytes }: ArtifactLayer, meta: ArtifactMeta): Artifact {
  const annotations = sorted({
    [`${prefix}.created`]: meta.created,
    [`${prefix}.source`]: meta.source,
    [`${prefix}.revision`]: meta.revision,
    ...meta.annotations,
  });
  const layer = blob("application/vnd.cncf.flux.content.v1.tar+gzip", bytes);
  const config = blob("application/vnd.cncf.flux.config.v1+json", goJson(emptyConfig));
  const manifest = goJson({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: described(config),
    layers: [described(layer)],
    annotations,
  });
  return { layer, config, manifest: blob("application/vnd.oci.image.manifest.v1+json", manifest) };
}

function blob(mediaType: string, bytes: Uint8Array): Blob {
  return { mediaType, digest: digestOf(bytes), bytes };
}

function described({ mediaType, digest, bytes }: Blob): object {
  return { mediaType, size: bytes.byteLength, digest };
}

function sorted(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const pairs = Object.entries(record);
  return Object.fromEntries(
    pairs.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
}

/** `encoding/json` escapes what HTML could misread. */
function goJson(value: object): Uint8Array {
  const text = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return new TextEncoder().encode(text);
}

/**
 * Packs in an OCI registry: an artifact for each shard, under `TAG` or `TAG-2of4`, whose layers are packs. Shards share
 * layers and never write to each other's tag.
 */
import { digestOf } from "../oci/digest.ts";
import { FetchFailure } from "../fetch-failure.ts";
import type { FetchContext } from "../fetcher.ts";
import { shownRepository } from "../oci/reference.ts";
import type { OciRepository } from "../oci/reference.ts";
import { withRegistry } from "../oci/registry-access.ts";
import type { Registry } from "../oci/registry.ts";
import type { Blob } from "../publish/artifact-manifest.ts";
import { uploadArtifact } from "../publish/artifact-upload.ts";
import { maxIndexes, maxPacks, packRef } from "./pack-store.ts";
import type { Pack, PackRef, PackStore } from "./pack-store.ts";

const packType = "application/vnd.sluice.cache.pack.v1.tar+gzip";
const artifactType = "application/vnd.sluice.cache.v1";
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const made = "org.opencontainers.image.created";
const used = "sluice.cache.used";

const emptyConfig = blob("application/vnd.oci.empty.v1+json", new TextEncoder().encode("{}"));

/** `shard` is `2of4`. */
export function openOciPacks(
  { repository, tag }: { readonly repository: OciRepository; readonly tag: string },
  shard: string | undefined,
  context: FetchContext,
): PackStore {
  const ownTag = shard === undefined ? tag : `${tag}-${shard}`;
  const ask = <T>(work: (registry: Registry) => Promise<T>): Promise<T> =>
    withRegistry(repository, {}, context, work);
  return {
    shown: `${shownRepository(repository)}:${tag}`,
    indexes: () =>
      ask(async (registry) => {
        const tags = (await tagsOf(registry)).filter((each) => isOf(tag, each));
        const found: (readonly PackRef[])[] = [];
        for (const each of tags.slice(0, maxIndexes)) found.push(await indexAt(registry, each));
        return found;
      }),
    ownIndex: () => ask((registry) => indexAt(registry, ownTag)),
    read: ({ digest, size }) =>
      ask((registry) => registry.blob({ mediaType: packType, digest, size })),
    async write(packs, added) {
      const layer = added === undefined ? emptyConfig : { mediaType: packType, ...added };
      const artifact = { layer, config: emptyConfig, manifest: manifestOf(packs) };
      const { signal } = context;
      await uploadArtifact(repository, ownTag, artifact, { insecure: false, signal });
    },
  };
}

function isOf(tag: string, found: string): boolean {
  return (
    found === tag || (found.startsWith(`${tag}-`) && /^\d+of\d+$/.test(found.slice(tag.length + 1)))
  );
}

/** A repository is made by the first push to it. */
async function tagsOf(registry: Registry): Promise<readonly string[]> {
  try {
    return await registry.tags();
  } catch (error) {
    if (error instanceof FetchFailure && error.reason === "not-found") return [];
    throw error;
  }
}

async function indexAt(registry: Registry, tag: string): Promise<readonly PackRef[]> {
  const manifest = await registry.manifest(tag);
  const layers = manifest?.json["layers"];
  if (manifest?.json["artifactType"] !== artifactType || !Array.isArray(layers)) return [];
  return layers.slice(0, maxPacks).flatMap((layer) => {
    const { mediaType, digest, size, annotations } = record(layer);
    const { [made]: madeAt, [used]: usedAt } = record(annotations);
    const ref = packRef({ digest, size, made: madeAt, used: usedAt });
    return mediaType === packType && ref !== undefined ? [ref] : [];
  });
}

function manifestOf(packs: readonly PackRef[]): Blob {
  const { mediaType, digest, bytes } = emptyConfig;
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType,
    config: { mediaType, digest, size: bytes.byteLength },
    layers: packs.map((pack) => ({
      mediaType: packType,
      digest: pack.digest,
      size: pack.size,
      annotations: { [made]: pack.made, [used]: pack.used },
    })),
  };
  return blob(manifestType, new TextEncoder().encode(JSON.stringify(manifest)));
}

function blob(mediaType: string, bytes: Uint8Array): Blob & Pack {
  return { mediaType, digest: digestOf(bytes), bytes };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

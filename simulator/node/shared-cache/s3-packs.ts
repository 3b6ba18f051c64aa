/** Packs in an S3 bucket: `PREFIX/packs/<sha256>.tar.gz`, and for each shard `PREFIX/index/all.json` or `PREFIX/index/2of4.json`. */
import { getObject, listObjects, putObject } from "../bucket/s3-client.ts";
import type { S3Bucket } from "../bucket/s3-client.ts";
import { FetchFailure } from "../fetch-failure.ts";
import type { FetchContext } from "../fetcher.ts";
import { requireDigest } from "../oci/digest.ts";
import { maxIndexes, maxPacks, packRef } from "./pack-store.ts";
import type { PackRef, PackStore } from "./pack-store.ts";

const maxIndexBytes = 64 * 1024;

export function openS3Packs(
  place: { readonly bucket: S3Bucket; readonly prefix: string; readonly shown: string },
  shard: string | undefined,
  context: FetchContext,
): PackStore {
  const { bucket, prefix, shown } = place;
  const own = `${prefix}index/${shard ?? "all"}.json`;
  const packKey = (digest: string): string => `${prefix}packs/${digest.slice(7)}.tar.gz`;
  const indexAt = async (key: string): Promise<readonly PackRef[]> => {
    const found = await getObject(bucket, key, maxIndexBytes, context);
    return found === undefined ? [] : parseIndex(found.bytes);
  };
  return {
    shown,
    async indexes() {
      const listed = await listObjects(bucket, `${prefix}index/`, maxIndexes, context);
      const keys = listed.map(({ key }) => key).filter((key) => key.endsWith(".json"));
      const found: (readonly PackRef[])[] = [];
      for (const key of keys) found.push(await indexAt(key));
      return found;
    },
    ownIndex: () => indexAt(own),
    async read({ digest, size }) {
      const found = await getObject(bucket, packKey(digest), size, context);
      if (found === undefined) throw new FetchFailure("not-found", `A pack of ${shown} is gone.`);
      requireDigest(found.bytes, digest, `A pack of ${shown}`);
      return found.bytes;
    },
    async write(packs, added) {
      if (added !== undefined) {
        const key = packKey(added.digest);
        const there = await listObjects(bucket, key, maxIndexes, context);
        const isThere = there.some((each) => each.size === added.bytes.byteLength);
        if (!isThere) await putObject(bucket, key, added.bytes, context);
      }
      const text = JSON.stringify({ version: 1, packs });
      await putObject(bucket, own, new TextEncoder().encode(text), context);
    },
  };
}

function parseIndex(bytes: Uint8Array): readonly PackRef[] {
  try {
    const { version, packs } = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly version?: unknown;
      readonly packs?: unknown;
    };
    if (version !== 1 || !Array.isArray(packs)) return [];
    return packs.slice(0, maxPacks).flatMap((pack: unknown) => {
      const ref = typeof pack === "object" && pack !== null ? packRef({ ...pack }) : undefined;
      return ref === undefined ? [] : [ref];
    });
  } catch {
    return [];
  }
}

/** What a shared cache is made of, wherever it is kept: packs, which are called by their digest, and an index for each shard. */

export interface PackRef {
  /** `sha256:<hex>` of the pack as it is stored. */
  readonly digest: string;
  readonly size: number;
  /** RFC 3339; packs are brought in from the newest to the oldest. */
  readonly made: string;
  /** The day of the last run that used something of it. */
  readonly used: string;
}

export interface Pack {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export interface PackStore {
  /** For messages; without credentials. */
  readonly shown: string;
  /** What every shard has written; nothing when there is no cache yet. */
  indexes(): Promise<readonly (readonly PackRef[])[]>;
  /** What this shard has written. */
  ownIndex(): Promise<readonly PackRef[]>;
  /** Rejects with a `FetchFailure` when it is missing or is not what its digest says. */
  read(pack: PackRef): Promise<Uint8Array>;
  /** Sends the pack unless it is there, then lets the index of this shard lead to all of `packs`. */
  write(packs: readonly PackRef[], added: Pack | undefined): Promise<void>;
}

/** Of one pack, as it is stored. */
export const maxPackBytes = 256 * 1024 * 1024;
/** More packs or shards than this were not made by Sluice. */
export const maxPacks = 64;
export const maxIndexes = 256;

/** `undefined` for what is no reference; an index may have been written by anybody. */
export function packRef(value: Readonly<Record<string, unknown>>): PackRef | undefined {
  const { digest, size, made, used } = value;
  if (typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size <= 0 || size > maxPackBytes)
    return undefined;
  if (!isTime(made) || !isTime(used)) return undefined;
  return { digest, size, made, used };
}

function isTime(text: unknown): text is string {
  return typeof text === "string" && /^\d{4}-\d\d-\d\d(T[\d:.]{8,12}Z)?$/.test(text);
}

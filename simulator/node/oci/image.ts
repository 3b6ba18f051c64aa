/** From a manifest or an index to the layers of one image, as go-containerregistry does (`pkg/v1/remote`). */
import { FetchFailure } from "../fetch-failure.ts";
import { type Descriptor, indexTypes, type Registry, type StoredManifest } from "./registry.ts";

export interface Image {
  readonly layers: readonly Descriptor[];
  readonly config: Descriptor | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

const maxDepth = 4;

/** `shown` names the artifact in messages. */
export async function imageOf(
  registry: Registry,
  manifest: StoredManifest,
  shown: string,
): Promise<Image> {
  let current = manifest;
  for (let depth = 0; isIndex(current); depth++) {
    if (depth === maxDepth)
      throw new FetchFailure("invalid", `${shown} is an index of indexes, too deep.`);
    const child = await registry.manifest(childFor(current, shown).digest);
    if (child === undefined)
      throw new FetchFailure("not-found", `${shown} names a manifest that is not there.`);
    current = child;
  }
  const { layers, config, annotations } = current.json;
  if (!Array.isArray(layers))
    throw new FetchFailure(
      "invalid",
      `${shown} is ${current.mediaType || "something"} without layers.`,
    );
  return {
    layers: layers.map((layer) => descriptorOf(layer, shown)),
    config: config === undefined ? undefined : descriptorOf(config, shown),
    annotations: textsOf(annotations),
  };
}

function isIndex({ mediaType, json }: StoredManifest): boolean {
  return (
    indexTypes.includes(mediaType) ||
    (json["layers"] === undefined && Array.isArray(json["manifests"]))
  );
}

/** The first child for linux/amd64; a child without platform counts as that (`pkg/v1/remote/index.go`, `childByPlatform`). */
function childFor(index: StoredManifest, shown: string): Descriptor {
  const children = index.json["manifests"];
  const found = (Array.isArray(children) ? children : []).find((child: unknown) => {
    const platform = (child as { readonly platform?: unknown } | null)?.platform;
    if (platform === undefined || platform === null) return true;
    const { os, architecture } = platform as {
      readonly os?: unknown;
      readonly architecture?: unknown;
    };
    return os === "linux" && architecture === "amd64";
  });
  if (found === undefined)
    throw new FetchFailure(
      "not-found",
      `${shown} is an index without an entry for linux/amd64, which Flux takes.`,
    );
  return descriptorOf(found, shown);
}

export function descriptorOf(value: unknown, shown: string): Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (
    typeof digest !== "string" ||
    typeof size !== "number" ||
    !Number.isSafeInteger(size) ||
    size < 0
  )
    throw new FetchFailure(
      "invalid",
      `The manifest of ${shown} describes content without digest or size.`,
    );
  return { mediaType: typeof mediaType === "string" ? mediaType : "", digest, size };
}

export function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/**
 * Fetches an OCIRepository as source-controller does (`internal/controller/ocirepository_controller.go`): which manifest,
 * which layer, and what becomes of it.
 */
import type { FileTree, OciSourceRequest, SourceAnswer, TreeFile } from "#simulator";

import { unpackTarGzip } from "../archive/unpack.ts";
import type { Fetcher, FetchContext } from "../fetcher.ts";
import { FetchFailure } from "../fetch-failure.ts";
import { fileOf, type TreeProblem } from "../read-tree.ts";
import { isDigest } from "./digest.ts";
import { type Image, imageOf } from "./image.ts";
import { isTag, parseRepository, shownRepository } from "./reference.ts";
import type { Descriptor, Registry } from "./registry.ts";
import { withRegistry } from "./registry-access.ts";
import { verifySignature } from "./verify-signature.ts";

const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

export const fetchOci: Fetcher<OciSourceRequest> = async (request, context) => {
  const repository = parseRepository(request.url);
  return withRegistry(repository, request.access, context, (registry) =>
    fetchFrom(registry, shownRepository(repository), request, context),
  );
};

async function fetchFrom(
  registry: Registry,
  shown: string,
  request: OciSourceRequest,
  context: FetchContext,
): Promise<SourceAnswer> {
  const reference = await referenceOf(request, registry, context);
  const manifest = await registry.manifest(reference);
  const label = isDigest(reference) ? `${shown}@${reference}` : `${shown}:${reference}`;
  if (manifest === undefined) throw new FetchFailure("not-found", `There is no ${label}.`);
  const checked = await verifySignature(registry, manifest.digest, request.verify, label);
  if (checked.outcome === "unverified") {
    return { outcome: "unavailable", reason: "unverified", message: checked.message };
  }
  const revision = isDigest(reference) ? manifest.digest : `${reference}@${manifest.digest}`;
  const { known } = context;
  if (known?.digest === manifest.digest && known.tree.revision === revision)
    return available(known.tree, manifest.digest, checked.remarks);
  const image = await imageOf(registry, manifest, label);
  const { files, problems } = await contentOf(request, registry, image, { label, context });
  const remarks = [...checked.remarks, ...saidOf(problems)];
  return available({ label, revision, files }, manifest.digest, remarks);
}

function available(tree: FileTree, digest: string, remarks: readonly string[]): SourceAnswer {
  return { outcome: "available", tree, digest, ...(remarks.length === 0 ? {} : { remarks }) };
}

/** A few of them: an archive may hold thousands. */
function saidOf(problems: readonly TreeProblem[]): readonly string[] {
  const few = problems.slice(0, 5).map(({ message }) => message);
  const more = problems.length - few.length;
  return more > 0 ? [...few, `${more} more files are without their content.`] : few;
}

/** A tag or a digest: `getArtifactRef`. */
async function referenceOf(
  { ref = {}, layer, url }: OciSourceRequest,
  registry: Registry,
  { pickVersion, signal }: FetchContext,
): Promise<string> {
  const { digest, semver, semverFilter, tag } = ref;
  if (digest !== undefined && digest !== "") {
    if (isDigest(digest)) return digest;
    throw new FetchFailure("invalid", `${JSON.stringify(digest)} is no digest (sha256:…).`);
  }
  if (semver === undefined || semver === "")
    return validTag(tag === undefined || tag === "" ? "latest" : tag);
  const tags = (await registry.tags()).filter(isTag);
  if (pickVersion === undefined) {
    const text = `${url} asks for ${semver}, and there is nothing here that understands ranges.`;
    throw new FetchFailure("unsupported", text);
  }
  const isChart = layer?.mediaType === chartLayer;
  const picked = await pickVersion(
    {
      // In tags of charts `_` stands for `+`, which tags can't hold (`convertOCIToSemVerTag`).
      versions: isChart ? tags.map((text) => text.replaceAll("_", "+")) : tags,
      constraint: semver,
      ...(semverFilter === undefined || semverFilter === "" ? {} : { filter: semverFilter }),
      rule: "oci",
    },
    signal,
  );
  if (picked === undefined)
    throw new FetchFailure(
      "not-found",
      `None of the ${tags.length} tags of ${url} fits ${semver}.`,
    );
  return validTag(isChart ? picked.replaceAll("+", "_") : picked);
}

function validTag(tag: string): string {
  if (isTag(tag)) return tag;
  throw new FetchFailure("invalid", `${JSON.stringify(tag)} can't be the tag of an OCI artifact.`);
}

/** `selectLayer`, and the two operations. */
async function contentOf(
  { layer = {} }: OciSourceRequest,
  registry: Registry,
  image: Image,
  { label, context }: { readonly label: string; readonly context: FetchContext },
): Promise<{
  readonly files: ReadonlyMap<string, TreeFile>;
  readonly problems: readonly TreeProblem[];
}> {
  const selected = selectLayer(image, layer.mediaType, label);
  const blob = await registry.blob(selected);
  const { limits, signal } = context;
  switch (layer.operation ?? "extract") {
    case "extract":
      return unpackTarGzip(blob, limits.tree, `The layer of ${label}`, signal);
    case "copy":
      return { files: new Map([["layer.tgz", fileOf(blob)]]), problems: [] };
  }
}

function selectLayer({ layers }: Image, mediaType: string | undefined, label: string): Descriptor {
  const found =
    mediaType === undefined || mediaType === ""
      ? layers[0]
      : layers.find((layer) => layer.mediaType === mediaType);
  if (found !== undefined) return found;
  const text =
    layers.length === 0
      ? `${label} has no layers.`
      : `${label} has no layer of the type ${mediaType ?? ""}. It has ${[...new Set(layers.map((layer) => layer.mediaType))].join(", ")}.`;
  throw new FetchFailure("invalid", text);
}

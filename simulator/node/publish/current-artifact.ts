/** The artifact that a tag leads to now, which is what clusters that follow the tag have: the other side of a publication's plan. */
import { FetchFailure, TooLargeError } from "../fetch-failure.ts";
import { createNetworkGuard, isPublicAddress, RefusedError } from "../network-guard.ts";
import { imageOf } from "../oci/image.ts";
import { shownRepository } from "../oci/reference.ts";
import type { OciRepository } from "../oci/reference.ts";
import { withRegistry } from "../oci/registry-access.ts";
import type { Registry } from "../oci/registry.ts";
import type { UploadOptions } from "./artifact-upload.ts";
import { registryContext } from "./registry-context.ts";

export type CurrentArtifact =
  | {
      readonly state: "there";
      /** Of the manifest, `sha256:…`. */
      readonly digest: string;
      readonly layer: { readonly digest: string; readonly bytes: Uint8Array };
      /** What it was made of: `main@sha1:…`. */
      readonly revision?: string;
    }
  /** The registry has no such tag. */
  | { readonly state: "none" }
  /** With the digest where the tag is known and what it leads to can't be had. */
  | { readonly state: "unreadable"; readonly message: string; readonly digest?: string };

export interface CurrentOptions extends Pick<UploadOptions, "insecure" | "credentials" | "signal"> {
  /** Other hosts than the registry, where it sends its readers, may be inside of the user's network. */
  readonly allowPrivateNetwork: boolean;
}

/** As long as a source may take. */
const patienceMs = 60_000;

/** Rejects only when cancelled. */
export async function readCurrent(
  repository: OciRepository,
  tag: string,
  options: CurrentOptions,
): Promise<CurrentArtifact> {
  const timeout = AbortSignal.timeout(patienceMs);
  const { signal, credentials, insecure } = options;
  const context = registryContext(
    guardFor(repository, options),
    256 * 1024 * 1024,
    signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  );
  const access = { insecure, ...(credentials !== undefined && { secret: { ...credentials } }) };
  let digest: string | undefined;
  try {
    return await withRegistry(repository, access, context, async (registry) => {
      digest = undefined;
      const found = await readTag(registry, repository, tag, (known) => (digest = known));
      return found ?? { state: "none" };
    });
  } catch (error) {
    signal?.throwIfAborted();
    const message = timeout.aborted
      ? `${repository.registry} did not answer within ${patienceMs / 1000} s.`
      : inWords(error, repository);
    return { state: "unreadable", message, ...(digest !== undefined && { digest }) };
  }
}

async function readTag(
  registry: Registry,
  repository: OciRepository,
  tag: string,
  onDigest: (digest: string) => void,
): Promise<CurrentArtifact | undefined> {
  const manifest = await registry.manifest(tag);
  if (manifest === undefined) return undefined;
  const { digest } = manifest;
  onDigest(digest);
  const label = `${shownRepository(repository)}:${tag}`;
  const { layers, annotations } = await imageOf(registry, manifest, label);
  const [first] = layers;
  if (first === undefined) throw new FetchFailure("invalid", `${label} has no layers.`);
  const layer = { digest: first.digest, bytes: await registry.blob(first) };
  const revision = annotations["org.opencontainers.image.revision"];
  return { state: "there", digest, layer, ...(revision !== undefined && { revision }) };
}

/** The user named the registry, so it may be anywhere; what it names in turn may not, as with every source. */
function guardFor({ registry }: OciRepository, { allowPrivateNetwork }: CurrentOptions) {
  const host = registry.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  const isAllowed = allowPrivateNetwork ? (): boolean => true : isPublicAddress;
  return createNetworkGuard({ isAllowed, allowedHosts: [host.toLowerCase()] });
}

function inWords(error: unknown, { registry }: OciRepository): string {
  if (error instanceof FetchFailure)
    return error.message.replace(/, or name a Secret in the manifest/, "");
  if (error instanceof RefusedError || error instanceof TooLargeError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return `${registry} can't be reached (${code ?? message}).`;
}

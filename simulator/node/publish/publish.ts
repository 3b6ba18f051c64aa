/** Publishes a folder as `flux push artifact` does: the same bytes, hence the same digest. */
import { FetchFailure } from "../fetch-failure.ts";
import { isTag, parseRepository, shownRepository } from "../oci/reference.ts";
import type { OciRepository } from "../oci/reference.ts";
import { UserError } from "../user-error.ts";
import { listEntries } from "./artifact-entries.ts";
import { defaultIgnore, makeLayer } from "./artifact-layer.ts";
import { makeArtifact } from "./artifact-manifest.ts";
import type { Artifact } from "./artifact-manifest.ts";
import { uploadArtifact } from "./artifact-upload.ts";
import type { UploadOptions, UploadOutcome } from "./artifact-upload.ts";
import { readCurrent } from "./current-artifact.ts";
import type { CurrentArtifact, CurrentOptions } from "./current-artifact.ts";

export interface PublishRequest {
  /** `oci://host/path[:tag]`; without a tag it is `latest`. */
  readonly address: string;
  /** The folder, or one file. */
  readonly path: string;
  readonly source: string;
  readonly revision: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339; the same for the same bytes where it is fixed. */
  readonly created: string;
  /** Patterns as .gitignore has them; flux's own where absent. */
  readonly ignore?: readonly string[];
  /** Path of `engine.wasm`. */
  readonly wasm: string;
}

export interface Published {
  /** `oci://host/path@sha256:…` */
  readonly url: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly layer: { readonly digest: string; readonly diffId: string; readonly bytes: number };
  readonly files: number;
}

export interface MadeArtifact {
  readonly published: Published;
  /** The files, as a gzipped tar archive. */
  readonly layer: Uint8Array;
  /** What the tag leads to now. Rejects only when cancelled. */
  readonly current: (options: CurrentOptions) => Promise<CurrentArtifact>;
  /** Rejects with a `UserError`. Until it has ended the tag leads to what it led to before. */
  readonly upload: (options: UploadOptions) => Promise<UploadOutcome>;
}

/** Makes the artifact; nothing is sent. Rejects with a `UserError`. */
export async function makePublication(
  request: PublishRequest,
  signal?: AbortSignal,
): Promise<MadeArtifact> {
  const { repository, tag } = inUserWords(() => parseAddress(request.address));
  const entries = await listEntries(request.path, signal);
  const layer = await makeLayer(request.wasm, entries, request.ignore ?? defaultIgnore, signal);
  const artifact: Artifact = makeArtifact(layer, request);
  const { digest } = artifact.manifest;
  const shown = shownRepository(repository);
  const published: Published = {
    url: `${shown}@${digest}`,
    repository: shown.replace(/^oci:\/\//, ""),
    tag,
    digest,
    layer: {
      digest: artifact.layer.digest,
      diffId: layer.diffId,
      bytes: artifact.layer.bytes.byteLength,
    },
    files: layer.files,
  };
  return {
    published,
    layer: layer.bytes,
    current: (options) => readCurrent(repository, tag, options),
    upload: async (options) => {
      try {
        return await uploadArtifact(repository, tag, artifact, options);
      } catch (error) {
        throw toUserError(error);
      }
    },
  };
}

function parseAddress(address: string): {
  readonly repository: OciRepository;
  readonly tag: string;
} {
  const [, url = address, tag = "latest"] = /^(oci:\/\/.*?)(?::([^/:]*))?$/.exec(address) ?? [];
  // The port of a host without a path is no tag.
  if (/^oci:\/\/[^/]*$/.test(url)) return { repository: parseRepository(address), tag: "latest" };
  if (!isTag(tag)) throw new UserError(`${JSON.stringify(tag)} is not a tag.`);
  return { repository: parseRepository(url), tag };
}

function inUserWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toUserError(error);
  }
}

function toUserError(error: unknown): unknown {
  if (!(error instanceof FetchFailure)) return error;
  return new UserError(error.message.replace(/, or name a Secret in the manifest/, ""));
}

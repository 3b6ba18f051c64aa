/**
 * Addresses of OCI repositories, read as go-containerregistry reads them (`pkg/name`): Docker Hub's defaults, and the
 * hosts that may be asked without encryption.
 */
import { isIPv4 } from "node:net";

import { FetchFailure } from "../fetch-failure.ts";
import { withoutCredentials } from "../source-url.ts";

export interface OciRepository {
  /** Host with port, as it was written: `ghcr.io`, `127.0.0.1:5000`, `index.docker.io`. */
  readonly registry: string;
  /** `org/name` */
  readonly path: string;
}

const dockerHub = "index.docker.io";

/** `oci://host/path`, without a tag. Throws a `FetchFailure`. */
export function parseRepository(url: string): OciRepository {
  const rest = /^oci:\/\/(.+)$/.exec(url)?.[1];
  if (rest === undefined)
    throw invalid(url, "it must have the form oci://<host>/<organisation>/<name>");
  const [first = "", ...others] = rest.split("/");
  if (others.at(-1) === "") others.pop();
  const isHost = rest.includes("/") && (/[.:]/.test(first) || first === "localhost");
  const host = isHost ? first : dockerHub;
  const registry = host === "docker.io" ? dockerHub : host;
  const parts = isHost ? others : [first, ...others];
  const path =
    registry === dockerHub && parts.length === 1 ? `library/${parts[0]}` : parts.join("/");
  if (path.includes(":") || path.includes("@"))
    throw invalid(url, "it must not contain a tag or a digest; these belong into spec.ref");
  if (!URL.canParse(`https://${registry}/`) || new URL(`https://${registry}/`).pathname !== "/")
    throw invalid(url, "its host can't be read");
  if (/[@/?#]/.test(registry) || !/^[a-z0-9][a-z0-9._/-]*$/.test(path) || path.includes("//"))
    throw invalid(url, "names of repositories consist of lower case letters, digits and . _ - /");
  return { registry, path };
}

/** As it is shown to people. */
export function shownRepository({ registry, path }: OciRepository): string {
  return `oci://${registry === dockerHub ? "docker.io" : registry}/${path}`;
}

/** `pkg/name/registry.go`, `Registry.Scheme`: https is tried first, and http only here. */
export function mayBePlain(registry: string, insecure: boolean): boolean {
  const host = registry.replace(/:\d+$/, "");
  return (
    insecure ||
    host === "localhost" ||
    host === "[::1]" ||
    /\.local(?:host)?$/.test(host) ||
    (isIPv4(host) && /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(host))
  );
}

export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}

function invalid(url: string, why: string): FetchFailure {
  const shown = withoutCredentials(url);
  return new FetchFailure("invalid", `${shown} is not the address of an OCI repository: ${why}.`);
}

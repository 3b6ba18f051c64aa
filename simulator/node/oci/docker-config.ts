/**
 * Docker's `config.json`, as a file of the user or inside a Secret, and which of its credentials are meant for a
 * repository (Kubernetes `pkg/credentialprovider`, docker/cli `cli/config`).
 */
import type { Credentials } from "../fetcher.ts";

export interface DockerConfig {
  /** By the address they are stored for, as it was written. */
  readonly auths: ReadonlyMap<string, Credentials>;
  /** Name of the helper of a host. */
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore?: string;
}

const dockerHub = "index.docker.io";

/** `undefined` for what is no such file. The older form without `auths` is read too. */
export function parseDockerConfig(text: string): DockerConfig | undefined {
  const json = parseRecord(text);
  if (json === undefined) return undefined;
  const isOlder =
    json["auths"] === undefined &&
    json["credsStore"] === undefined &&
    json["credHelpers"] === undefined;
  const auths = new Map<string, Credentials>();
  for (const [address, entry] of Object.entries(record(isOlder ? json : json["auths"]))) {
    const credentials = credentialsOf(record(entry));
    if (credentials !== undefined) auths.set(address, credentials);
  }
  const helpers = Object.entries(record(json["credHelpers"])).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const store = json["credsStore"];
  return {
    auths,
    credHelpers: new Map(helpers),
    ...(typeof store === "string" && store !== "" ? { credsStore: store } : {}),
  };
}

/** The longest stored address that covers the repository; in host names `*` stands for one part or less. */
export function credentialsFor(
  { auths }: DockerConfig,
  registry: string,
  path: string,
): Credentials | undefined {
  const wanted = `${canonicalHost(registry)}/${path}`;
  const matching = [...auths]
    .map(([address, credentials]) => ({ address: canonicalAddress(address), credentials }))
    .filter(({ address }) => covers(address, wanted))
    .sort((a, b) => b.address.length - a.address.length);
  return matching[0]?.credentials;
}

/** Under which name helpers and files know a registry. */
export function serverName(registry: string): string {
  return canonicalHost(registry) === dockerHub ? "https://index.docker.io/v1/" : registry;
}

function credentialsOf(entry: Readonly<Record<string, unknown>>): Credentials | undefined {
  const { auth, identitytoken, registrytoken } = entry;
  if (typeof identitytoken === "string" && identitytoken !== "")
    return { kind: "identity-token", token: identitytoken };
  if (typeof registrytoken === "string" && registrytoken !== "")
    return { kind: "bearer", token: registrytoken };
  const decoded = typeof auth === "string" ? Buffer.from(auth, "base64").toString("utf8") : "";
  const colon = decoded.indexOf(":");
  const username = colon > 0 ? decoded.slice(0, colon) : entry["username"];
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/\0+$/, "") : entry["password"];
  if (typeof username !== "string" || typeof password !== "string" || username === "")
    return undefined;
  return { kind: "basic", username, password };
}

function covers(address: string, wanted: string): boolean {
  const [host = "", ...path] = address.split("/");
  const [wantedHost = "", ...wantedPath] = wanted.split("/");
  return hostCovers(host, wantedHost) && path.every((part, index) => part === wantedPath[index]);
}

function hostCovers(pattern: string, host: string): boolean {
  const parts = pattern.split(".");
  const hostParts = host.split(".");
  return (
    parts.length === hostParts.length &&
    parts.every((part, index) => partCovers(part, hostParts[index] ?? ""))
  );
}

/** Without a regular expression, which a hostile pattern could make slow. */
function partCovers(pattern: string, part: string): boolean {
  const [start = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === part;
  const end = rest.pop() ?? "";
  if (!part.startsWith(start) || !part.endsWith(end) || part.length < start.length + end.length)
    return false;
  let at = start.length;
  for (const piece of rest) {
    const found = part.indexOf(piece, at);
    if (found === -1 || found + piece.length > part.length - end.length) return false;
    at = found + piece.length;
  }
  return true;
}

function canonicalAddress(address: string): string {
  const plain = address
    .replace(/^https?:\/\//, "")
    .replace(/\/v[12]\/?$/, "")
    .replace(/\/+$/, "");
  const [host = "", ...path] = plain.split("/");
  return [canonicalHost(host), ...path].join("/");
}

function canonicalHost(host: string): string {
  return host === "docker.io" || host === "registry-1.docker.io" ? dockerHub : host;
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? record(value) : undefined;
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

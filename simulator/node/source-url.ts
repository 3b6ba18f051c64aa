/** The addresses sources may have, and how they are read and shown. */
import { RefusedError } from "./network-guard.ts";

/** `undefined` for what is no URL. */
export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
}

/** A URL as it may be shown and logged. */
export function withoutCredentials(url: URL | string): string {
  const shown = parseUrl(String(url));
  if (shown === undefined) return "an address that can't be read";
  // In `ssh://git@host` the name is part of the address and no secret.
  if (shown.protocol !== "ssh:") shown.username = "";
  shown.password = "";
  return shown.href;
}

/**
 * The URL of a Git repository. Besides URLs it takes what Git and kustomize do: `git@host:path` and a `git::` in front
 * (kustomize `api/internal/git/repospec.go`). Throws a `RefusedError` for anything but http, https, ssh and git.
 */
export function gitUrl(text: string): URL {
  const plain = text.trim().replace(/^git::/, "");
  const scp = /^(?:([\w.-]+)@)?([\w.-]+|\[[\da-f:]+\]):(?!\/\/|:)(.+)$/i.exec(plain);
  const written =
    scp === null
      ? plain
      : `ssh://${scp[1] ?? "git"}@${scp[2] ?? ""}/${(scp[3] ?? "").replace(/^\//, "")}`;
  const url = parseUrl(written.replace(/^git\+ssh:/, "ssh:"));
  if (url === undefined) throw new RefusedError(`${text} is not the address of a Git repository.`);
  if (!["http:", "https:", "ssh:", "git:"].includes(url.protocol)) {
    throw new RefusedError(
      `Addresses that begin with ${url.protocol} are not fetched. Use https or ssh.`,
    );
  }
  if (!/^[\w.-]+$|^\[[\da-f:.]+\]$/i.test(url.hostname) || url.hostname.startsWith("-")) {
    throw new RefusedError(`${withoutCredentials(url)} has no host to fetch from.`);
  }
  return url;
}

/** The URL of a single file. Throws a `RefusedError` for anything but http and https. */
export function httpUrl(text: string): URL {
  const url = parseUrl(text);
  if (url === undefined) throw new RefusedError(`${text} is not an address.`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RefusedError(`Addresses that begin with ${url.protocol} are not fetched. Use https.`);
  }
  return url;
}

/** A branch, tag, commit or full ref name; nothing that git could take for an option or a refspec. */
export function isSafeRef(ref: string): boolean {
  return (
    /^[\w./@#%=,!+-]+$/u.test(ref) &&
    !/^[-+]/.test(ref) &&
    !ref.includes("..") &&
    !ref.includes("@{")
  );
}

export function isCommit(ref: string | undefined): boolean {
  return ref !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref);
}

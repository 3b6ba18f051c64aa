/**
 * From a path in a tree to a URI and back. Both sides are compared decoded, because clients and Node
 * percent-encode different characters.
 */

export function toUri(root: string, path: string): string {
  return `${withSlash(root)}${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** Path of `uri` inside `root`, or `undefined` when it is elsewhere. */
export function toPath(root: string, uri: string): string | undefined {
  const prefix = decode(withSlash(root));
  const decoded = decode(uri);
  return decoded.startsWith(prefix) && decoded.length > prefix.length
    ? decoded.slice(prefix.length)
    : undefined;
}

/** One spelling for each folder: no slash at the end, but for the root of a scheme such as `vscode-vfs://github/`. */
export function canonicalRoot(uri: string): string {
  return uri.endsWith("/") && !/^[^:/]+:\/\/[^/]*\/$/.test(uri) ? uri.slice(0, -1) : uri;
}

function withSlash(uri: string): string {
  return uri.endsWith("/") ? uri : `${uri}/`;
}

function decode(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

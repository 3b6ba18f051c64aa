/** Git URLs compared as people mean them: the same repository over https, ssh or scp syntax is one repository. */

/** The limit of GitRepository `spec.url` is the API server's for an object; no server takes a longer address than this. */
const maxLength = 2_000;

/** `host/path` in lower case, without user, port, `.git` and trailing slashes; `undefined` for what is no URL. */
export function normaliseGitUrl(url: string): string | undefined {
  const text = url.trim();
  if (text.length > maxLength) return undefined;
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(text);
  const full = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^:/]+)(?::\d+)?\/(.+)$/i.exec(text);
  const match = full ?? scp;
  if (match === null) return undefined;
  const path = (match[2] ?? "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .replace(/^\/+/, "");
  return `${match[1] ?? ""}/${path}`.toLowerCase();
}

export function sameRepository(url: string, others: readonly string[]): boolean {
  const wanted = normaliseGitUrl(url);
  return wanted !== undefined && others.some((other) => normaliseGitUrl(other) === wanted);
}

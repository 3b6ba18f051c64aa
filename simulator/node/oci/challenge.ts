/** The `WWW-Authenticate` header of a registry (RFC 9110, section 11.6.1): what it wants to see before it answers. */

export type Challenge =
  | { readonly scheme: "basic" }
  | {
      readonly scheme: "bearer";
      readonly realm: string;
      readonly service?: string;
      readonly scope?: string;
    };

/** The first challenge that is understood; a bearer token is preferred. */
export function parseChallenge(header: string): Challenge | undefined {
  const challenges = split(header);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  const realm = bearer?.parameters.get("realm");
  if (bearer !== undefined && realm !== undefined) {
    const service = bearer.parameters.get("service");
    const scope = bearer.parameters.get("scope");
    return {
      scheme: "bearer",
      realm,
      ...(service === undefined ? {} : { service }),
      ...(scope === undefined ? {} : { scope }),
    };
  }
  return challenges.some(({ scheme }) => scheme === "basic") ? { scheme: "basic" } : undefined;
}

function split(
  header: string,
): readonly { readonly scheme: string; readonly parameters: ReadonlyMap<string, string> }[] {
  const found: { readonly scheme: string; readonly parameters: Map<string, string> }[] = [];
  // Either `name=value`, or a word that begins the next challenge.
  const pattern = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w-]+)/g;
  for (const [, name, quoted, plain, scheme] of header.slice(0, 8192).matchAll(pattern)) {
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (name !== undefined)
      found
        .at(-1)
        ?.parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "");
  }
  return found;
}

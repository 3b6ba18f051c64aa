/** The user's age keys, from where sops looks for them. They are handed on and never shown or logged. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export interface AgeIdentitiesOptions {
  /** `--age-key-file`. */
  readonly file?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Also look where sops keeps keys by default; only for people who asked for it. */
  readonly useDefault?: boolean;
  readonly platform?: NodeJS.Platform;
}

export interface AgeIdentities {
  /** `AGE-SECRET-KEY-1…`, without doubles. */
  readonly identities: readonly string[];
  /** One sentence each; they name files, never keys. */
  readonly problems: readonly string[];
}

/** All of the places are used together, as sops does (`getsops/sops age/keysource.go`, `loadIdentities`). */
export async function readAgeIdentities(options: AgeIdentitiesOptions): Promise<AgeIdentities> {
  const { file, env } = options;
  const identities = new Set<string>();
  const problems: string[] = [];
  const take = (text: string, where: string): void => {
    const found = parseIdentities(text);
    for (const identity of found.identities) identities.add(identity);
    if (found.identities.length === 0) problems.push(`There is no age key in ${where}.`);
    if (found.unknownLines > 0)
      problems.push(`${found.unknownLines} lines of ${where} are no age keys and are left out.`);
  };
  for (const [path, where] of [
    [file, file],
    [env["SOPS_AGE_KEY_FILE"], "SOPS_AGE_KEY_FILE"],
  ] as const) {
    if (path === undefined || path === "") continue;
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) problems.push(`The age key file ${path} can't be read.`);
    else take(text, where ?? path);
  }
  const inline = env["SOPS_AGE_KEY"];
  if (inline !== undefined && inline !== "") take(inline, "SOPS_AGE_KEY");
  if (options.useDefault === true) {
    const text = await readFile(
      defaultKeyFile(env, options.platform ?? process.platform),
      "utf8",
    ).catch(() => undefined);
    if (text !== undefined) take(text, "sops' own key file");
  }
  return { identities: [...identities], problems };
}

/** `os.UserConfigDir` of Go with `sops/age/keys.txt`; sops prefers XDG_CONFIG_HOME on macOS too when it is set. */
function defaultKeyFile(env: AgeIdentitiesOptions["env"], platform: NodeJS.Platform): string {
  const home = env["HOME"] ?? homedir();
  const xdg = env["XDG_CONFIG_HOME"];
  const config = (): string => {
    if (platform === "win32")
      return env["AppData"] ?? env["APPDATA"] ?? join(home, "AppData", "Roaming");
    if (xdg !== undefined && xdg !== "") return xdg;
    return platform === "darwin"
      ? join(home, "Library", "Application Support")
      : join(home, ".config");
  };
  return join(config(), "sops", "age", "keys.txt");
}

function parseIdentities(text: string): {
  readonly identities: readonly string[];
  readonly unknownLines: number;
} {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const meant = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const identities = meant
    .filter((line) => /^AGE-SECRET-KEY-(1|PQ-1)[0-9A-Z]+$/i.test(line))
    .map((line) => line.toUpperCase());
  return { identities, unknownLines: meant.length - identities.length };
}

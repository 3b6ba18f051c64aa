/** `sluice publish`: a folder as an OCI artifact, with the bytes and the digest that `flux push artifact` gives it. */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { Published } from "#simulator/node/publish";
import { makePublication } from "#simulator/node/publish";

import { bundledFile } from "../bundled-file.ts";
import type { CommandLine } from "../command-line.ts";
import type { OptionName } from "../options.ts";
import { documentText } from "../print/document.ts";
import { printable } from "../print/printable.ts";
import { UserError } from "../user-error.ts";

export interface PublishContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: (text: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** The text to print. Throws a `UserError`. */
export async function publish(
  line: CommandLine,
  { now, env, report, signal }: PublishContext,
): Promise<string> {
  const one = (name: OptionName): string | undefined => line.given.get(name)?.[0];
  const address = line.operand;
  if (address === undefined)
    throw new UserError("Where to? sluice publish oci://HOST/PATH:TAG --path FOLDER.");
  const format = one("output") ?? "text";
  const path = await existing(one("path") ?? ".");
  const created = line.given.has("reproducible") ? 0 : now;
  const request = {
    address,
    path,
    source: one("source") ?? (await originOf(path)),
    revision: one("revision") ?? (await revisionOf(path)),
    annotations: readAnnotations(line.given.get("annotation") ?? []),
    created: new Date(created).toISOString().replace(/\.\d+Z$/, "Z"),
    ...(line.given.has("ignore-paths") && { ignore: patterns(line) }),
    wasm:
      bundledFile("engine.wasm") ??
      fileURLToPath(new URL("../../dist/engine.wasm", import.meta.url)),
  };
  const dry = line.given.has("dry-run");
  try {
    const made = await makePublication(request, signal);
    const credentials = readCredentials(env);
    if (!dry)
      await made.upload({
        insecure: line.given.has("insecure-registry"),
        signal,
        onProgress: (message) => void report(`${message}\n`),
        ...(credentials !== undefined && { credentials }),
      });
    const { published } = made;
    if (format !== "text") return documentText({ ...published, pushed: !dry }, format as "json");
    return publishedText(published, dry);
  } catch (error) {
    if (error instanceof Error && error.name === "UserError" && !(error instanceof UserError))
      throw new UserError(error.message, { cause: error });
    throw error;
  }
}

function publishedText({ url, tag, files, layer }: Published, dry: boolean): string {
  const what = `${files} files, ${layer.bytes} bytes compressed`;
  return dry
    ? `${printable(url)}\n${what}. Nothing was sent: --dry-run.\n`
    : `${printable(url)}\n${what}, published as ${printable(tag)}.\n`;
}

async function existing(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new UserError(`--path: ${path} does not exist.`);
  return path;
}

/** `KEY=VALUE`, as flux takes it: the value has no `=`. */
function readAnnotations(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([^=]+)=([^=]*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined)
        throw new UserError(`--annotation can't be "${text}". It looks like KEY=VALUE.`);
      return [key, value] as const;
    }),
  );
}

function patterns({ given }: CommandLine): readonly string[] {
  return (given.get("ignore-paths") ?? []).flatMap((text) => text.split(","));
}

/** In the environment, because other users of a machine see arguments. */
function readCredentials(
  env: PublishContext["env"],
): { readonly username: string; readonly password: string } | undefined {
  const [username = "", password = ""] = [env["SLUICE_USERNAME"], env["SLUICE_PASSWORD"]];
  return username === "" || password === "" ? undefined : { username, password };
}

async function originOf(path: string): Promise<string> {
  const url = await git(path, "config", "--get", "remote.origin.url");
  if (url !== undefined) return url.replace(/^(\w+:\/\/)[^@/]*@/, "$1");
  throw new UserError(
    "Where do the files come from? Give the address of the repository with --source.",
  );
}

/** `main@sha1:…`, as Flux writes revisions of Git. */
async function revisionOf(path: string): Promise<string> {
  const commit = await git(path, "rev-parse", "--verify", "HEAD");
  if (commit === undefined)
    throw new UserError(
      "Which revision is it? Give it with --revision, for example main@sha1:COMMIT.",
    );
  const branch = await git(path, "symbolic-ref", "--short", "--quiet", "HEAD");
  return branch === undefined ? `sha1:${commit}` : `${branch}@sha1:${commit}`;
}

async function git(path: string, ...args: readonly string[]): Promise<string | undefined> {
  const folder = (await stat(path)).isDirectory() ? path : undefined;
  try {
    const { stdout } = await promisify(execFile)("git", [...args], { cwd: folder });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

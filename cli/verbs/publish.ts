/**
 * `sluice publish`: a folder as an OCI artifact, with the bytes and the digest that `flux push artifact` gives it; after a look at what
 * it does to clusters, when that is asked for.
 */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type {
  CurrentArtifact,
  MadeArtifact,
  Published,
  UploadOptions,
} from "#simulator/node/publish";
import { makePublication } from "#simulator/node/publish";

import { bundledFile } from "../bundled-file.ts";
import type { CommandLine } from "../command-line.ts";
import type { OptionName } from "../options.ts";
import { documentText } from "../print/document.ts";
import { printable } from "../print/printable.ts";
import { plainStyle } from "../print/style.ts";
import type { Style } from "../print/style.ts";
import type { Request } from "../request.ts";
import { UserError } from "../user-error.ts";
import type { ExitCode, Session } from "./verb.ts";

export interface PublishContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => Promise<void>;
  readonly report: (text: string) => Promise<void>;
  readonly style: Style;
  readonly open: (request: Request) => Promise<Session>;
  readonly signal: AbortSignal;
}

/** 1: `--fail-on` stopped it, and nothing was sent. Throws a `UserError`. */
export async function publish(line: CommandLine, context: PublishContext): Promise<ExitCode> {
  try {
    return await makeAndPublish(line, context);
  } catch (error) {
    if (error instanceof Error && error.name === "UserError" && !(error instanceof UserError))
      throw new UserError(error.message, { cause: error });
    throw error;
  }
}

async function makeAndPublish(line: CommandLine, context: PublishContext): Promise<ExitCode> {
  const { env, print, report, signal } = context;
  const format = line.given.get("output")?.[0] ?? "text";
  const path = await existing(line.given.get("path")?.[0] ?? ".");
  const made = await makePublication(await requestOf(line, path, context.now), signal);
  const { published } = made;
  const insecure = line.given.has("insecure-registry");
  const credentials = readCredentials(env);
  const access = { insecure, signal, ...(credentials !== undefined && { credentials }) };
  const isPlanned = line.given.has("diff") || line.given.has("fail-on");
  const allowPrivateNetwork = line.given.has("allow-private-network");
  const current = isPlanned ? await made.current({ ...access, allowPrivateNetwork }) : undefined;
  if (current !== undefined && (await isStopped(line, path, made, current, context))) {
    await report("sluice: --fail-on stopped it (above), so nothing was published.\n");
    return 1;
  }
  const dry = line.given.has("dry-run");
  if (!dry) {
    const onProgress = (message: string): void => void report(`${message}\n`);
    const outcome = await made.upload({ ...access, ...replacing(current), onProgress });
    if (outcome.outcome === "moved")
      throw new UserError(
        `${published.repository}:${published.tag} has moved since the plan was made, so nothing was published. Look at the plan again.`,
      );
  }
  if (format === "text") await print(publishedText(published, dry));
  else await print(documentText({ ...published, pushed: !dry }, format as "json"));
  return 0;
}

async function requestOf(
  line: CommandLine,
  path: string,
  now: number,
): Promise<Parameters<typeof makePublication>[0]> {
  const one = (name: OptionName): string | undefined => line.given.get(name)?.[0];
  const address = line.operand;
  if (address === undefined)
    throw new UserError("Where to? sluice publish oci://HOST/PATH:TAG --path FOLDER.");
  const created = line.given.has("reproducible") ? 0 : now;
  return {
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
}

/** The plan is the output only where that is text: the rest is for programs. */
async function isStopped(
  line: CommandLine,
  path: string,
  made: MadeArtifact,
  current: CurrentArtifact,
  { print, report, style, open, signal }: PublishContext,
): Promise<boolean> {
  const { planPublication } = await import("./publish-plan.ts");
  const isText = (line.given.get("output")?.[0] ?? "text") === "text";
  const write = isText ? print : report;
  const out = async (texts: Iterable<string>): Promise<void> => write([...texts].join(""));
  const context = { open, print: out, style: isText ? style : plainStyle, report, signal };
  return planPublication(line, path, made, current, context);
}

/** What the plan was made against has to be there still; what could not be told is not looked at. */
function replacing(current: CurrentArtifact | undefined): Pick<UploadOptions, "replaces"> {
  if (current === undefined) return {};
  if (current.state === "none") return { replaces: {} };
  return current.digest === undefined ? {} : { replaces: { digest: current.digest } };
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

/**
 * `spec.verify` of a GitRepository (source-controller `internal/controller/gitrepository_controller.go`,
 * `verifySignature`): PGP signatures are checked by `gpg` with a key ring of its own, SSH signatures by `ssh-keygen`.
 * Where the program is missing, the answer is a remark and not a failure.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Verification } from "#simulator";

import { FetchFailure } from "./fetch-failure.ts";
import { findProgram, runProgram } from "./git-process.ts";
import type { GitRawObject } from "./git-remote.ts";

export interface SignatureTools {
  /** A folder for this fetch alone. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

interface SignedObjects {
  readonly commit: GitRawObject;
  /** The annotated tag that was checked out, if one was. */
  readonly tag?: GitRawObject | undefined;
}

interface Keys {
  readonly pgp: readonly string[];
  readonly ssh: readonly string[];
}

/** Answers what could not be checked. Throws a `FetchFailure` with the reason `unverified`. */
export async function verifyGit(
  verify: Verification | undefined,
  { commit, tag }: SignedObjects,
  tools: SignatureTools,
): Promise<readonly string[]> {
  if (verify === undefined || verify.mode === "") return [];
  if (verify.keys === undefined)
    return ["The signature was not checked, because the Secret of spec.verify is not known here."];
  const keys = keysOf(verify.keys);
  const remarks: string[] = [];
  if (verify.mode === "Tag" || verify.mode === "TagAndHEAD") {
    if (tag === undefined)
      throw unverified("cannot verify tag object's signature if a tag reference is not specified");
    remarks.push(...(await verifyObject("tag", splitTag(tag.bytes), keys, tools)));
  }
  if (verify.mode !== "Tag")
    remarks.push(...(await verifyObject("commit", splitCommit(commit.bytes), keys, tools)));
  return remarks;
}

/** Keys by the end of their name; without a known end they count as PGP (`publicKeySSHSuffix`, `publicKeyPGPSuffix`). */
function keysOf(data: Readonly<Record<string, string>>): Keys {
  const isSsh = (name: string): boolean => name.endsWith(".sshpub");
  const entries = Object.entries(data);
  return {
    ssh: entries.filter(([name]) => isSsh(name)).map(([, key]) => key),
    pgp: entries.filter(([name]) => !isSsh(name)).map(([, key]) => key),
  };
}

interface Signed {
  readonly payload: Uint8Array;
  readonly signature: string;
}

/** The header `gpgsig`, and the commit without it (gitformat-signature(5)). */
function splitCommit(bytes: Uint8Array): Signed {
  const text = Buffer.from(bytes).toString("latin1");
  const end = text.indexOf("\n\n");
  const header = text.slice(0, end + 1);
  const match = /^gpgsig (.*\n(?: .*\n)*)/m.exec(header);
  if (match === null) return { payload: bytes, signature: "" };
  const rest = header.slice(0, match.index) + header.slice(match.index + match[0].length);
  return {
    payload: Buffer.from(rest + text.slice(end + 1), "latin1"),
    signature: (match[1] ?? "").replace(/\n /g, "\n"),
  };
}

/** The signature of a tag stands at the end of its message. */
function splitTag(bytes: Uint8Array): Signed {
  const text = Buffer.from(bytes).toString("latin1");
  const start = text.search(/^-----BEGIN (PGP|SSH|SIGNED)/m);
  if (start === -1) return { payload: bytes, signature: "" };
  return { payload: bytes.subarray(0, start), signature: text.slice(start) };
}

async function verifyObject(
  what: "tag" | "commit",
  signed: Signed,
  keys: Keys,
  tools: SignatureTools,
): Promise<readonly string[]> {
  const { signature } = signed;
  if (signature === "") throw unverified(`the ${what} is not signed`);
  const isPgp = /^-----BEGIN PGP (SIGNATURE|MESSAGE)/.test(signature);
  const isSsh = signature.startsWith("-----BEGIN SSH SIGNATURE");
  if (!isPgp && !isSsh)
    throw unverified(`the ${what} has a signature of a type that Flux does not support`);
  const wanted = isPgp ? keys.pgp : keys.ssh;
  if (wanted.length === 0)
    throw unverified(
      `the ${what} has ${isPgp ? "a PGP" : "an SSH"} signature, and the Secret has no such public key`,
    );
  const name = isPgp ? "gpg" : "ssh-keygen";
  const program = findProgram(name);
  if (program === undefined) {
    return [`The signature of the ${what} was not checked, because ${name} is not installed here.`];
  }
  const folder = await mkdtemp(join(tools.folder, "verify-"));
  try {
    const run = { program, folder, signal: tools.signal };
    const good = isPgp
      ? await isGoodPgp(run, signed, wanted)
      : await isGoodSsh(run, signed, wanted);
    if (good) return [];
    throw unverified(`the signature of the ${what} is by none of the keys in the Secret`);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Run {
  readonly program: string;
  /** For this check alone. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A key ring of its own, no agent, no network, no trust: the Secret says which keys count. */
async function isGoodPgp(
  { program, folder, signal }: Run,
  { payload, signature }: Signed,
  keyRings: readonly string[],
): Promise<boolean> {
  const home = join(folder, "gnupg");
  await mkdir(home, { mode: 0o700 });
  const files = { keys: join(folder, "keys"), signature: join(folder, "signature") };
  const data = join(folder, "data");
  const fixed = [
    ...["--homedir", home, "--batch", "--no-tty", "--no-options", "--no-autostart"],
    ...["--disable-dirmngr", "--no-auto-key-retrieve", "--trust-model", "always"],
  ];
  const where = { cwd: folder, env: programEnvironment(home), signal };
  for (const ring of keyRings) {
    await writeFile(files.keys, ring, { mode: 0o600 });
    await runProgram(program, [...fixed, "--import", files.keys], where);
  }
  await writeFile(files.signature, signature, { mode: 0o600 });
  await writeFile(data, payload, { mode: 0o600 });
  const args = [...fixed, "--status-fd", "1", "--verify", files.signature, data];
  const { code, stdout } = await runProgram(program, args, where);
  const status = stdout.toString("utf8");
  return (
    code === 0 &&
    /^\[GNUPG:\] GOODSIG /m.test(status) &&
    /^\[GNUPG:\] VALIDSIG /m.test(status) &&
    !/^\[GNUPG:\] (BADSIG|EXPSIG|EXPKEYSIG|REVKEYSIG|ERRSIG) /m.test(status)
  );
}

/** The namespace is `git` (git `gpg-interface.c`). The keys are lines as in `authorized_keys`. */
async function isGoodSsh(
  { program, folder, signal }: Run,
  { payload, signature }: Signed,
  authorizedKeys: readonly string[],
): Promise<boolean> {
  const keys = authorizedKeys
    .flatMap((text) => text.split(/\r?\n/))
    .flatMap((line) => /(?:^|\s)((?:ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+)/.exec(line)?.[1] ?? []);
  const allowed = join(folder, "allowed_signers");
  const signatureFile = join(folder, "signature");
  await writeFile(allowed, keys.map((key) => `signer namespaces="git" ${key}\n`).join(""));
  await writeFile(signatureFile, signature);
  const args = ["-Y", "verify", "-f", allowed, "-I", "signer", "-n", "git", "-s", signatureFile];
  const where = { cwd: folder, env: programEnvironment(folder), signal };
  const { code } = await runProgram(program, args, { ...where, input: payload });
  return code === 0;
}

function programEnvironment(home: string): Record<string, string> {
  const kept = ["PATH", "SystemRoot", "TEMP", "TMP"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), HOME: home, LC_ALL: "C" };
}

function unverified(reason: string): FetchFailure {
  return new FetchFailure("unverified", `spec.verify refuses the revision: ${reason}.`);
}

/** Asks a `docker-credential-<name>` program, which keeps passwords for Docker (docker/docker-credential-helpers). */
import { spawn } from "node:child_process";

import type { Credentials } from "../fetcher.ts";

/** `undefined` when the program has nothing for the server, is missing, or fails. */
export type RunHelper = (
  name: string,
  server: string,
  signal: AbortSignal,
) => Promise<Credentials | undefined>;

const timeoutMs = 15_000;
const maxOutput = 1024 * 1024;

export const runCredentialHelper: RunHelper = async (name, server, signal) => {
  // The name comes out of a file; it must not lead to another program.
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const output = await outputOf(`docker-credential-${name}`, `${server}\n`, signal);
  signal.throwIfAborted();
  return output === undefined ? undefined : credentialsIn(output);
};

function outputOf(
  program: string,
  input: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, ["get"], {
      stdio: ["pipe", "pipe", "ignore"],
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      windowsHide: true,
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.length > maxOutput) child.kill();
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? output : undefined));
  });
}

function credentialsIn(output: string): Credentials | undefined {
  try {
    const { Username: username, Secret: secret } = JSON.parse(output) as Readonly<
      Record<string, unknown>
    >;
    if (typeof username !== "string" || typeof secret !== "string" || secret === "")
      return undefined;
    if (username === "<token>") return { kind: "identity-token", token: secret };
    return username === "" ? undefined : { kind: "basic", username, password: secret };
  } catch {
    return undefined;
  }
}

/**
 * Runs the exec plugin of a kubeconfig user (`client-go plugin/pkg/client/auth/exec`): one at a time, so that a browser
 * login opens once; stopped with its session; its standard error is kept for the person who has to mend it.
 */
import { spawn } from "node:child_process";

import { isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";

import { ConnectionError } from "./connection-error.ts";

export interface ExecCredential {
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Milliseconds since 1970; absent when it does not expire. */
  readonly expires?: number;
}

/** What a plugin may write before it counts as broken. */
const maxOutput = 1_000_000;
const maxErrorText = 4000;

let queue: Promise<unknown> = Promise.resolve();

/** `cluster` is handed to plugins that ask for it (`provideClusterInfo`). */
export function execCredential(
  exec: JsonObject,
  cluster: JsonObject,
  signal: AbortSignal,
): Promise<ExecCredential> {
  const turn = queue.then(() => {
    signal.throwIfAborted();
    return run(exec, cluster, signal);
  });
  queue = turn.catch(() => undefined);
  return turn;
}

async function run(
  exec: JsonObject,
  cluster: JsonObject,
  signal: AbortSignal,
): Promise<ExecCredential> {
  const command = textAt(exec, "command");
  if (command === undefined)
    throw new ConnectionError("kubeconfig", "The user's exec plugin has no command.");
  const apiVersion = textAt(exec, "apiVersion") ?? "client.authentication.k8s.io/v1";
  if (textAt(exec, "interactiveMode") === "Always")
    throw new ConnectionError(
      "exec-plugin",
      `The exec plugin ${command} wants a terminal (interactiveMode: Always), and it gets none.`,
    );
  const output = await outputOf(command, exec, environment(exec, apiVersion, cluster), signal);
  return parseCredential(command, output);
}

function environment(
  exec: JsonObject,
  apiVersion: string,
  cluster: JsonObject,
): Readonly<Record<string, string | undefined>> {
  const info = {
    apiVersion,
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(exec["provideClusterInfo"] === true ? { cluster: clusterInfo(cluster) } : {}),
    },
  };
  const own = listAt(exec, "env").flatMap((item) => {
    const name = textAt(item, "name");
    return name === undefined ? [] : [[name, textAt(item, "value") ?? ""] as const];
  });
  return {
    ...process.env,
    ...Object.fromEntries(own),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
}

function clusterInfo(cluster: JsonObject): JsonObject {
  const keys = [
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
  ];
  return Object.fromEntries(
    keys.filter((key) => cluster[key] !== undefined).map((key) => [key, cluster[key]]),
  );
}

function outputOf(
  command: string,
  exec: JsonObject,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const args = listAt(exec, "args").filter((item): item is string => typeof item === "string");
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, signal, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.length > maxOutput) child.kill();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-maxErrorText);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (signal.aborted) return reject(abortError(signal));
      const hint = textAt(exec, "installHint") ?? error.message;
      const message =
        error.code === "ENOENT"
          ? `The exec plugin ${command} is not installed.`
          : `The exec plugin ${command} could not be started.`;
      reject(new ConnectionError("exec-plugin", message, hint));
    });
    child.on("close", (code, by) => {
      if (code === 0) return resolve(output);
      const how = code === null ? `was ended by ${by ?? "a signal"}` : `failed with code ${code}`;
      reject(
        new ConnectionError("exec-plugin", `The exec plugin ${command} ${how}.`, errors.trim()),
      );
    });
  });
}

function parseCredential(command: string, output: string): ExecCredential {
  const broken = (what: string): ConnectionError =>
    new ConnectionError("exec-plugin", `The exec plugin ${command} ${what}.`);
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    // The output may be a token: it is not repeated.
    throw broken("did not answer with JSON");
  }
  const status = objectAt(value, "status");
  const token = textAt(status, "token");
  const certificate = textAt(status, "clientCertificateData");
  const key = textAt(status, "clientKeyData");
  if (!isObject(value) || (token === undefined && certificate === undefined))
    throw broken("answered without a token and without a certificate");
  const expires = Date.parse(textAt(status, "expirationTimestamp") ?? "");
  return {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(Number.isNaN(expires) ? {} : { expires }),
  };
}

function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("cancelled");
}

/**
 * The user's kubeconfig: which files, what they say together, and what is wrong with them. Contexts are listed from here
 * without the Kubernetes client, so that nothing is loaded, executed or contacted before somebody connects.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";

import { parseDocument } from "yaml";

import { isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";

export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  /** The namespace that kubectl would use. */
  readonly namespace?: string;
}

export interface KubeconfigProblem {
  readonly file: string;
  readonly message: string;
}

export interface Kubeconfig {
  /** The files that were looked for, present or not: these are watched. */
  readonly files: readonly string[];
  readonly contexts: readonly KubeContext[];
  readonly currentContext?: string;
  readonly problems: readonly KubeconfigProblem[];
  /** Entries by name, as they stand in the file, with absolute paths. */
  readonly clusters: ReadonlyMap<string, JsonObject>;
  readonly users: ReadonlyMap<string, JsonObject>;
}

/** `configured` is the setting; empty stands for `$KUBECONFIG` and then `~/.kube/config`, as in kubectl. */
export function kubeconfigFiles(configured: string, env: NodeJS.ProcessEnv): readonly string[] {
  const list = configured === "" ? env["KUBECONFIG"] : configured;
  const files = (list ?? "").split(delimiter).filter((file) => file !== "");
  const home = env["HOME"] ?? homedir();
  if (files.length === 0) return [join(home, ".kube", "config")];
  return files.map((file) => (file.startsWith("~/") ? join(home, file.slice(2)) : file));
}

/** Merges the files as kubectl does: the first one that defines a name wins. Never throws for what a file says. */
export async function readKubeconfig(files: readonly string[]): Promise<Kubeconfig> {
  const problems: KubeconfigProblem[] = [];
  const contexts = new Map<string, KubeContext>();
  const clusters = new Map<string, JsonObject>();
  const users = new Map<string, JsonObject>();
  let currentContext: string | undefined;
  for (const file of files) {
    const read = await readOne(file);
    if (typeof read === "string") {
      // kubectl skips files of $KUBECONFIG that do not exist; with only one file it is worth saying.
      if (read !== missing || files.length === 1) problems.push({ file, message: read });
      continue;
    }
    currentContext ??= textAt(read, "current-context");
    const folder = dirname(file);
    addNamed(clusters, read, "clusters", "cluster", (entry) => absolute(entry, folder));
    addNamed(users, read, "users", "user", (entry) => absolute(entry, folder));
    addNamed(contexts, read, "contexts", "context", toContext);
  }
  for (const { name, cluster } of contexts.values()) {
    if (clusters.has(cluster)) continue;
    const message = `Context ${name} names a cluster that is not there: ${cluster || "(none)"}.`;
    problems.push({ file: files[0] ?? "", message });
  }
  return {
    files,
    contexts: [...contexts.values()],
    ...(currentContext === undefined ? {} : { currentContext }),
    problems,
    clusters,
    users,
  };
}

const missing = "There is no such file.";

/** The parsed file, or what is wrong with it. */
async function readOne(file: string): Promise<JsonObject | string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = textAt(error, "code") ?? "";
    if (code === "ENOENT" || code === "ENOTDIR") return missing;
    return code === "EACCES" ? "The file may not be read." : `The file can't be read (${code}).`;
  }
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split("\n").length;
    return `Line ${line} is no valid YAML (${error.code}).`;
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (value === null || value === undefined) return {};
  return isObject(value) ? value : "The file is no kubeconfig: it is not a mapping.";
}

function addNamed<T>(
  into: Map<string, T>,
  file: JsonObject,
  list: string,
  key: string,
  make: (entry: JsonObject, name: string) => T,
): void {
  for (const item of listAt(file, list)) {
    const name = textAt(item, "name");
    if (name !== undefined && !into.has(name)) into.set(name, make(objectAt(item, key), name));
  }
}

function toContext(entry: JsonObject, name: string): KubeContext {
  const namespace = textAt(entry, "namespace");
  return {
    name,
    cluster: textAt(entry, "cluster") ?? "",
    user: textAt(entry, "user") ?? "",
    ...(namespace === undefined ? {} : { namespace }),
  };
}

const pathKeys = new Set([
  "certificate-authority",
  "client-certificate",
  "client-key",
  "tokenFile",
  "token-file",
]);

/** Paths are relative to the file that names them; so is an exec command with a slash (`client-go tools/clientcmd`). */
function absolute(entry: JsonObject, folder: string): JsonObject {
  const resolve = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const pairs = Object.entries(entry).map(([key, value]) => [
    key,
    pathKeys.has(key) && typeof value === "string" && value !== "" ? resolve(value) : value,
  ]);
  const result = Object.fromEntries(pairs) as JsonObject;
  const command = textAt(result, "exec", "command");
  if (command === undefined || isAbsolute(command) || !/[\\/]/.test(command)) return result;
  return { ...result, exec: { ...objectAt(result, "exec"), command: join(folder, command) } };
}

/**
 * What of a kubeconfig in a Secret (`spec.kubeConfig`) may be used, as in the controllers: credentials that stand in it, and nothing of the
 * machine that reads it (`fluxcd/pkg runtime/client/kubeconfig.go`). Says why where that is not enough, and quotes nothing of it.
 */
import { parse } from "yaml";

import { isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";

export type RemoteEntries =
  | { readonly outcome: "usable"; readonly cluster: JsonObject; readonly user: JsonObject }
  | { readonly outcome: "refused"; readonly why: string };

/**
 * `insecure-skip-tls-verify`, `as`, `exec` and `auth-provider` are left out there as well, the first and the third unless a flag of the
 * controller allows them (`--insecure-kubeconfig-tls`, `--insecure-kubeconfig-exec`).
 */
const ofCluster = ["server", "tls-server-name", "certificate-authority-data", "proxy-url"];
const ofUser = ["token", "username", "password", "client-certificate-data", "client-key-data"];

/** Paths, and what is used instead of the file where both are there. */
const files: readonly (readonly ["cluster" | "user", path: string, instead: string])[] = [
  ["cluster", "certificate-authority", "certificate-authority-data"],
  ["user", "client-certificate", "client-certificate-data"],
  ["user", "client-key", "client-key-data"],
  ["user", "tokenFile", "token"],
];

export function remoteEntries(kubeconfig: string): RemoteEntries {
  const read = parsed(kubeconfig);
  const contexts = listAt(read, "contexts");
  const name = textAt(read, "current-context") ?? textAt(contexts[0], "name") ?? "";
  const context = named(contexts, name, "context");
  const cluster = named(listAt(read, "clusters"), textAt(context, "cluster"), "cluster");
  const user = named(listAt(read, "users"), textAt(context, "user"), "user");
  if (!isAddress(textAt(cluster, "server")))
    return refused("what it holds is no kubeconfig with the address of an API server");
  const file = files.find(([where, path, instead]) => {
    const entry = where === "cluster" ? cluster : user;
    return textAt(entry, path) !== undefined && textAt(entry, instead) === undefined;
  });
  if (file !== undefined)
    return refused(`its ${file[1]} is a file, and nothing of this machine is used for it`);
  const credentials = only(user, ofUser);
  if (Object.keys(credentials).length === 0)
    return refused(
      user["exec"] === undefined && user["auth-provider"] === undefined
        ? "its kubeconfig has no credentials"
        : "its kubeconfig signs in with a plugin, and none is run for it",
    );
  return { outcome: "usable", cluster: only(cluster, ofCluster), user: credentials };
}

function refused(why: string): RemoteEntries {
  return { outcome: "refused", why };
}

function isAddress(server: string | undefined): boolean {
  try {
    return ["http:", "https:"].includes(new URL(server ?? "").protocol);
  } catch {
    return false;
  }
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = parse(text, { maxAliasCount: 100, logLevel: "silent" });
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function named(list: readonly unknown[], name: string | undefined, key: string): JsonObject {
  return objectAt(
    list.find((item) => textAt(item, "name") === name),
    key,
  );
}

function only(entry: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.filter((key) => entry[key] !== undefined).map((key) => [key, entry[key]]),
  );
}

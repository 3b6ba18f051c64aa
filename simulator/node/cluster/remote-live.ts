/**
 * The cluster of a kubeconfig that lies in a Secret (`spec.kubeConfig`), as a `Live`. Nothing of this machine is used for it: no exec
 * plugin runs and no file is read, as in the controllers unless they are told otherwise (`--insecure-kubeconfig-exec`).
 */
import { parse } from "yaml";

import { isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { OpenLive } from "./create-live.ts";
import { KubeApi } from "./kube-api.ts";
import { liveOn } from "./live-on.ts";
import { loadKubeClient } from "./load-kube-client.ts";

const ofCluster = [
  "server",
  "tls-server-name",
  "insecure-skip-tls-verify",
  "certificate-authority-data",
  "proxy-url",
];
const ofUser = ["token", "username", "password", "client-certificate-data", "client-key-data"];

/** `undefined` for a text that is no kubeconfig, or whose credentials would come from this machine. */
export function openRemoteLive(kubeconfig: string): OpenLive | undefined {
  const read = parsed(kubeconfig);
  const contexts = listAt(read, "contexts");
  const name = textAt(read, "current-context") ?? textAt(contexts[0], "name") ?? "";
  const context = named(contexts, name, "context");
  const cluster = only(
    named(listAt(read, "clusters"), textAt(context, "cluster"), "cluster"),
    ofCluster,
  );
  const user = only(named(listAt(read, "users"), textAt(context, "user"), "user"), ofUser);
  if (textAt(cluster, "server") === undefined || Object.keys(user).length === 0) return undefined;
  const api = new KubeApi(async () =>
    (await loadKubeClient()).openEndpoint(cluster, user, undefined),
  );
  return { ...liveOn(name, api), close: () => api.close() };
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

/** Reads the releases that Helm stored in Secrets: values, order of the manifest, hooks. */
import { gunzipSync } from "node:zlib";

import type { KubeApi } from "../harness/kube-api.ts";
import { parseObjects } from "../harness/kube-api.ts";
import { sorted } from "./audit.ts";
import type { StoredRelease } from "./expected.ts";

interface HelmStorage {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly info: { readonly status: string };
  readonly chart: { readonly metadata: { readonly name: string; readonly version: string } };
  readonly config?: unknown;
  readonly manifest: string;
  readonly hooks?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly path: string;
    readonly events: readonly string[];
    readonly weight?: number;
    readonly delete_policies?: readonly string[];
  }[];
}

export async function storedReleases(api: KubeApi): Promise<readonly StoredRelease[]> {
  const secrets = (await api.list("v1", "Secret")).filter(
    (secret) => secret["type"] === "helm.sh/release.v1",
  );
  return secrets
    .map((secret) => decode((secret["data"] as { readonly release: string }).release))
    .map((stored) => ({
      namespace: stored.namespace,
      name: stored.name,
      version: stored.version,
      status: stored.info.status,
      chart: `${stored.chart.metadata.name}@${stored.chart.metadata.version}`,
      values: sorted(stored.config ?? {}),
      order: orderOf(stored.manifest),
      hooks: (stored.hooks ?? []).map((hook) => ({
        kind: hook.kind,
        name: hook.name,
        path: hook.path,
        events: hook.events,
        weight: hook.weight ?? 0,
        deletePolicies: hook.delete_policies ?? [],
      })),
    }))
    .sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** Base64 twice: once by the API server, once by Helm. */
function decode(text: string): HelmStorage {
  const compressed = Buffer.from(Buffer.from(text, "base64").toString(), "base64");
  return JSON.parse(gunzipSync(compressed).toString()) as HelmStorage;
}

function orderOf(manifest: string): readonly string[] {
  return parseObjects(manifest).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

function key({ namespace, name, version }: StoredRelease): string {
  return `${namespace}/${name}/${version}`;
}

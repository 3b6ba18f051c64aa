/** A release as Helm stores it, for a cluster in memory. */
import { gzipSync } from "node:zlib";

export interface ReleaseToStore {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status?: string;
  readonly chart?: { readonly name: string; readonly version: string; readonly values?: object };
  readonly config?: object;
  readonly manifest?: string;
}

/** The Secret as YAML (which JSON is). */
export function storedRelease(release: ReleaseToStore): string {
  const { name, namespace, revision, status = "deployed", config = {}, manifest = "" } = release;
  const { values = {}, ...chart } = release.chart ?? { name: "app", version: "1.0.0" };
  const json = JSON.stringify({
    name,
    namespace,
    version: revision,
    info: { status },
    chart: { metadata: { apiVersion: "v2", ...chart }, values },
    config,
    manifest,
    hooks: [{ name: "job", manifest: "kind: Job\n", events: ["pre-upgrade"] }],
    apply_method: "ssa",
  });
  const text = gzipSync(json).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: `sh.helm.release.v1.${name}.v${revision}`,
      namespace,
      labels: { owner: "helm", name, status, version: String(revision) },
    },
    data: { release: Buffer.from(text).toString("base64") },
  });
}

/**
 * One HTTP server on loopback that is a Helm repository (`/charts/index.yaml`) and an OCI registry (`/v2/…`), read-only for
 * its clients and filled by the test. Plain HTTP: sources say `insecure: true`.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { parse, stringify } from "yaml";

import { packTarball, sha256 } from "./tarball.ts";
import type { Files } from "./tarball.ts";

export interface ArtifactServer {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** `spec.url` of a HelmRepository. */
  readonly helmRepository: string;
  /** `spec.url` of an OCIRepository is `<registry>/<name>`; of a HelmRepository of type oci it is the folder. */
  readonly registry: string;
  /** Puts a chart (files below its root, `Chart.yaml` among them) into the Helm repository. */
  addChart(files: Files): void;
  /** Pushes a chart as `<registry>/<folder>/<chart name>` with its version as tag. Answers the manifest's digest. */
  pushChart(folder: string, files: Files, tag?: string): string;
  /** Serves a file below `/files/`. Answers its URL. */
  addFile(path: string, bytes: Uint8Array): string;
  /** Pushes files as a Flux artifact. Answers the manifest's digest. */
  pushArtifact(name: string, files: Files, tag: string): string;
  close(): Promise<void>;
}

interface Blob {
  readonly bytes: Uint8Array;
  readonly type: string;
}

interface ChartFile {
  readonly apiVersion: string;
  readonly name: string;
  readonly version: string;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
/** A fixed time, so that the index and the annotations are the same in each run. */
const created = "2026-01-01T00:00:00Z";

export async function startArtifactServer(): Promise<ArtifactServer> {
  const files = new Map<string, Blob>();
  const charts = new Map<string, readonly object[]>();
  const tags = new Map<string, readonly string[]>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://server").pathname);
    const found = files.get(path) ?? tagList(path, tags);
    if (path === "/v2/") return void response.writeHead(200).end("{}");
    if (found === undefined) {
      const error = { errors: [{ code: "NOT_FOUND", message: "not found" }] };
      return void response.writeHead(404).end(JSON.stringify(error));
    }
    response.writeHead(200, {
      "content-type": found.type,
      "content-length": found.bytes.length,
      ...(path.startsWith("/v2/")
        ? { "docker-content-digest": `sha256:${sha256(found.bytes)}` }
        : {}),
    });
    response.end(request.method === "HEAD" ? undefined : found.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const blob = (name: string, bytes: Uint8Array, type: string): object => {
    const digest = `sha256:${sha256(bytes)}`;
    files.set(`/v2/${name}/blobs/${digest}`, { bytes, type: "application/octet-stream" });
    return { mediaType: type, digest, size: bytes.length };
  };
  const push = (name: string, tag: string, manifest: object): string => {
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: manifestType, ...manifest }),
    );
    const digest = `sha256:${sha256(bytes)}`;
    for (const reference of [tag, digest])
      files.set(`/v2/${name}/manifests/${reference}`, { bytes, type: manifestType });
    tags.set(name, [...new Set([...(tags.get(name) ?? []), tag])]);
    return digest;
  };

  return {
    host,
    helmRepository: `http://${host}/charts`,
    registry: `oci://${host}`,
    addChart(chart) {
      const about = chartFile(chart);
      const bytes = packChart(chart);
      const file = `${about.name}-${about.version}.tgz`;
      files.set(`/charts/${file}`, { bytes, type: "application/gzip" });
      const row = { ...about, urls: [file], digest: sha256(bytes), created };
      charts.set(about.name, [...(charts.get(about.name) ?? []), row]);
      const index = { apiVersion: "v1", entries: Object.fromEntries(charts), generated: created };
      files.set("/charts/index.yaml", {
        bytes: Buffer.from(stringify(index)),
        type: "application/yaml",
      });
    },
    pushChart(folder, chart, tag) {
      const about = chartFile(chart);
      const name = folder === "" ? about.name : `${folder}/${about.name}`;
      const config = Buffer.from(JSON.stringify(about));
      return push(name, tag ?? about.version.replaceAll("+", "_"), {
        config: blob(name, config, "application/vnd.cncf.helm.config.v1+json"),
        layers: [
          blob(name, packChart(chart), "application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
        ],
      });
    },
    addFile(path, bytes) {
      files.set(`/files/${path}`, { bytes, type: "application/octet-stream" });
      return `http://${host}/files/${path}`;
    },
    pushArtifact(name, content, tag) {
      return push(name, tag, {
        config: blob(name, Buffer.from("{}"), "application/vnd.cncf.flux.config.v1+json"),
        layers: [blob(name, packTarball(content), "application/vnd.cncf.flux.content.v1.tar+gzip")],
        annotations: { "org.opencontainers.image.created": created },
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function tagList(path: string, tags: ReadonlyMap<string, readonly string[]>): Blob | undefined {
  const name = /^\/v2\/(.+)\/tags\/list$/.exec(path)?.[1];
  const list = name === undefined ? undefined : tags.get(name);
  if (list === undefined) return undefined;
  return { bytes: Buffer.from(JSON.stringify({ name, tags: list })), type: "application/json" };
}

function chartFile(chart: Files): ChartFile {
  return parse(Buffer.from(chart["Chart.yaml"] ?? "").toString()) as ChartFile;
}

/** A packaged chart has everything below a folder of its name. */
export function packChart(chart: Files): Uint8Array {
  const { name } = chartFile(chart);
  return packTarball(
    Object.fromEntries(
      Object.entries(chart).map(([path, content]) => [`${name}/${path}`, content]),
    ),
  );
}

/** A Helm repository over http: packed charts in a folder and the index that `helm repo index` would write of them. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

import { chartArchive } from "../archives.ts";

export interface ChartInIndex {
  readonly name: string;
  readonly version: string;
  readonly created?: string;
  /** Instead of `<name>-<version>.tgz`, relative to the repository. */
  readonly url?: string;
  /** Instead of the archive's own. */
  readonly digest?: string;
  /** Something in the chart, to tell apart what has the same version. */
  readonly text?: string;
}

export interface HelmRepositoryOptions {
  readonly charts: readonly ChartInIndex[];
  /** Wanted for everything, as basic authentication. */
  readonly user?: { readonly username: string; readonly password: string };
  /** Served under this path. */
  readonly path?: string;
  /** Of `index.yaml`. */
  readonly form?: "yaml" | "json" | "gzip";
}

export interface TestHelmRepository {
  readonly url: string;
  /** Method, path and whether credentials came along, oldest first. */
  readonly requests: readonly string[];
  /** The archive of a chart, as it is served. */
  readonly archives: ReadonlyMap<string, Uint8Array>;
  close(): Promise<void>;
}

export async function startHelmRepository(
  options: HelmRepositoryOptions,
): Promise<TestHelmRepository> {
  const { charts, user, path = "", form = "yaml" } = options;
  const archives = new Map<string, Uint8Array>();
  for (const chart of charts) archives.set(fileOf(chart), await packed(chart));
  const index = indexOf(charts, archives);
  const text = form === "json" ? JSON.stringify(index) : yamlOf(index);
  const requests: string[] = [];
  const wanted =
    user && `Basic ${Buffer.from(`${user.username}:${user.password}`).toString("base64")}`;
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    const suffix = authorization === undefined ? "" : " with credentials";
    requests.push(`${request.method ?? ""} ${request.url ?? ""}${suffix}`);
    if (wanted !== undefined && authorization !== wanted) return response.writeHead(401).end();
    const { pathname } = new URL(request.url ?? "/", "http://server");
    const name = decodeURIComponent(pathname).slice(path.length + 1);
    if (name === "index.yaml")
      return form === "gzip"
        ? response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(text))
        : response.writeHead(200).end(text);
    const archive = archives.get(name);
    return archive === undefined
      ? response.writeHead(404).end()
      : response.writeHead(200).end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    requests,
    archives,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function fileOf({ name, version, text = "" }: ChartInIndex): string {
  return `${name}-${version}${text}.tgz`;
}

function packed({ name, version, text }: ChartInIndex): Promise<Uint8Array> {
  return chartArchive(name, version, text === undefined ? {} : { [`${name}/README.md`]: text });
}

interface Index {
  readonly apiVersion: "v1";
  readonly entries: Readonly<Record<string, readonly unknown[]>>;
  readonly generated: string;
}

function indexOf(
  charts: readonly ChartInIndex[],
  archives: ReadonlyMap<string, Uint8Array>,
): Index {
  const entries: Record<string, unknown[]> = {};
  for (const chart of charts) {
    const archive = archives.get(fileOf(chart)) ?? new Uint8Array();
    (entries[chart.name] ??= []).push({
      apiVersion: "v2",
      created: chart.created ?? "2026-01-01T00:00:00Z",
      description: `A chart: "${chart.name}", with text\nover lines`,
      digest: chart.digest ?? createHash("sha256").update(archive).digest("hex"),
      name: chart.name,
      urls: [chart.url ?? fileOf(chart)],
      version: chart.version,
    });
  }
  return { apiVersion: "v1", entries, generated: "2026-01-01T00:00:00Z" };
}

/** As Helm writes it: keys in order, lists as far left as their key, texts over lines as blocks. */
function yamlOf({ apiVersion, entries, generated }: Index): string {
  const lines = [`apiVersion: ${apiVersion}`, "entries:"];
  for (const [name, versions] of Object.entries(entries)) {
    lines.push(`  ${name}:`);
    for (const version of versions)
      lines.push(
        ...Object.entries(version as object).map(([key, value], index) => {
          const lead = index === 0 ? "  - " : "    ";
          if (Array.isArray(value))
            return `${lead}${key}:\n${value.map((url) => `    - ${String(url)}`).join("\n")}`;
          const text = String(value);
          if (text.includes("\n"))
            return `${lead}${key}: |-\n      ${text.replaceAll("\n", "\n      ")}`;
          return `${lead}${key}: ${key === "created" ? JSON.stringify(text) : text}`;
        }),
      );
  }
  lines.push(`generated: "${generated}"`, "");
  return lines.join("\n");
}

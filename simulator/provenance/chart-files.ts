/** The files of the chart that a HelmRelease was rendered with, as text: its archive is read where it is one. */
import { isMap, isSeq, parseDocument } from "yaml";

import type { ChartInput } from "../engine/protocol.ts";
import type { FileTree } from "../ports.ts";
import type { ArtifactTrees } from "../render/build-memo.ts";

/** Reads a file by its path in the chart; that of a subchart begins with `charts/<name>/`. */
export type ReadChartFile = (path: string) => Promise<string | undefined>;

export function chartReader(chart: ChartInput, trees: ArtifactTrees): ReadChartFile {
  const read = plainReader(chart, trees);
  return async (path) => (await read(path)) ?? (await readOfAlias(read, path));
}

/** A dependency is known by its alias to Helm, and lies under the name of its chart. */
async function readOfAlias(read: ReadChartFile, path: string): Promise<string | undefined> {
  const [, alias, below] = /^charts\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const text = alias === undefined ? undefined : await read("Chart.yaml");
  if (text === undefined || below === undefined) return undefined;
  const { contents } = parseDocument(text, { logLevel: "silent" });
  const list: unknown = isMap(contents) ? contents.get("dependencies") : undefined;
  const items = isSeq(list) ? list.items.filter((one) => isMap(one)) : [];
  const name = items.find((one) => one.get("alias") === alias)?.get("name");
  return typeof name === "string" ? read(`charts/${name}/${below}`) : undefined;
}

function plainReader(chart: ChartInput, trees: ArtifactTrees): ReadChartFile {
  const tree = trees.get(chart.artifact);
  if (tree === undefined) return () => Promise.resolve(undefined);
  switch (chart.form) {
    case "directory":
      return (path) => {
        const folder = chartFolder(chart);
        const file = tree.files.get(folder === "" ? path : `${folder}/${path}`);
        return Promise.resolve(file?.bytes && decode(file.bytes));
      };
    case "unpacked": {
      const files = withoutFirst(tree);
      return (path) => readIn((name) => files.get(name), [...files.keys()], path);
    }
    case "archive":
      return async (path) => {
        const packed = tree.files.get(chart.path)?.bytes;
        if (packed === undefined) return undefined;
        const files = await unpack(packed);
        return readIn((name) => files.get(name), [...files.keys()], path);
      };
  }
}

/** Of a chart that lies in a folder of its artifact. */
export function chartFolder({ path }: ChartInput): string {
  return path.replace(/^(?:\.?\/)+|\/+$/g, "").replace(/^\.$/, "");
}

type Bytes = Uint8Array | undefined;

/** A subchart may be packed in its own right. */
async function readIn(
  get: (path: string) => Bytes,
  names: readonly string[],
  path: string,
): Promise<string | undefined> {
  const found = get(path);
  if (found !== undefined) return decode(found);
  const [, name, below] = /^charts\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (name === undefined || below === undefined) return undefined;
  const start = `charts/${name}-`;
  const archive = names.find(
    (one) => one.startsWith(start) && /^\d.*\.tgz$/.test(one.slice(start.length)),
  );
  const packed = archive === undefined ? undefined : get(archive);
  if (packed === undefined) return undefined;
  const files = await unpack(packed);
  return readIn((one) => files.get(one), [...files.keys()], below);
}

function withoutFirst({ files }: FileTree): ReadonlyMap<string, Uint8Array> {
  const out = new Map<string, Uint8Array>();
  for (const [path, { bytes }] of files)
    if (bytes !== undefined) out.set(path.slice(path.indexOf("/") + 1), bytes);
  return out;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** An archive that unpacks to more is not read. */
const maxUnpacked = 32 << 20;
const unpacked = new WeakMap<Uint8Array, Promise<ReadonlyMap<string, Uint8Array>>>();

/** Files by their path below the chart's folder. Anything that is no archive has none. */
function unpack(packed: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  let files = unpacked.get(packed);
  if (files === undefined) {
    files = inflate(packed).then(filesOfTar, () => new Map());
    unpacked.set(packed, files);
  }
  return files;
}

async function inflate(packed: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(packed)])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxUnpacked) {
      await reader.cancel();
      throw new RangeError("too large");
    }
    parts.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const block = 512;

/** Plain and ustar names; a long name (GNU `L`, pax `path`) stands in an entry before the file. */
function filesOfTar(tar: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length;) {
    const text = (from: number, length: number): string => {
      const field = decode(tar.subarray(at + from, at + from + length));
      const end = field.indexOf("\0");
      return end < 0 ? field : field.slice(0, end);
    };
    const size = Number.parseInt(text(124, 12), 8) || 0;
    const body = tar.subarray(at + block, at + block + size);
    const type = text(156, 1);
    const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
    const name = longName ?? (prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`);
    longName = undefined;
    if (type === "L") longName = decode(body).replace(/\0+$/, "");
    else if (type === "x") longName = /^\d+ path=(.*)$/m.exec(decode(body))?.[1];
    else if (type === "" || type === "0") {
      const path = name.replace(/^\.\//, "");
      files.set(path.slice(path.indexOf("/") + 1), body);
    }
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}

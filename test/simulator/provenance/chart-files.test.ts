/** Reading files of a chart: in a folder, in an archive, and in an archive within it. */
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { chartReader } from "../../../simulator/provenance/chart-files.ts";
import { placeOfDefault } from "../../../simulator/provenance/chart-place.ts";
import type { FileTree } from "#simulator";

const chart = { artifact: "a", valuesFiles: [], ignoreMissingValuesFiles: false };

function treeOf(files: Readonly<Record<string, Uint8Array>>): ReadonlyMap<string, FileTree> {
  const entries = Object.entries(files).map(
    ([path, bytes]) => [path, { id: path, size: bytes.length, kind: "file", bytes }] as const,
  );
  return new Map([["a", { label: "", revision: "", files: new Map(entries) }]]);
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A ustar archive. */
function tarOf(files: Readonly<Record<string, Uint8Array | string>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const body = typeof content === "string" ? bytes(content) : content;
    const header = new Uint8Array(512);
    const isLong = name.length > 100;
    const slash = isLong ? name.lastIndexOf("/") : -1;
    header.set(bytes(name.slice(slash + 1)), 0);
    if (isLong) header.set(bytes(name.slice(0, slash)), 345);
    header.set(bytes(body.length.toString(8).padStart(11, "0")), 124);
    header.set(bytes("0"), 156);
    header.set(bytes("ustar"), 257);
    const padded = new Uint8Array(Math.ceil(body.length / 512) * 512);
    padded.set(body);
    return [header, padded];
  });
  return gzipSync(Buffer.concat([...blocks, new Uint8Array(1024)]));
}

test("a folder, with and without a path", async () => {
  const trees = treeOf({ "charts/app/values.yaml": bytes("a: 1"), "values.yaml": bytes("b: 1") });
  const read = (path: string) => chartReader({ ...chart, form: "directory", path }, trees);
  expect(await read("./charts/app")("values.yaml")).toBe("a: 1");
  expect(await read("charts/app/")("values.yaml")).toBe("a: 1");
  expect(await read(".")("values.yaml")).toBe("b: 1");
  expect(await read("charts/none")("values.yaml")).toBeUndefined();
});

test("an archive, and the archive of a subchart in it", async () => {
  const long = `templates/${"x".repeat(90)}.yaml`;
  const inner = tarOf({ "redis/values.yaml": "port: 1\n", "redis/templates/a.yaml": "inner" });
  const archive = tarOf({
    "app/values.yaml": "image: x\n",
    [`app/${long}`]: "long",
    "app/charts/redis-1.2.3.tgz": inner,
    "app/Chart.yaml": "dependencies: [{name: redis, alias: cache}]",
  });
  const trees = treeOf({ "chart.tgz": archive });
  const read = chartReader({ ...chart, form: "archive", path: "chart.tgz" }, trees);
  expect(await read("values.yaml")).toBe("image: x\n");
  expect(await read(long)).toBe("long");
  expect(await read("charts/redis/templates/a.yaml")).toBe("inner");
  expect(await read("charts/none/values.yaml")).toBeUndefined();
  expect(await read("charts/cache/templates/a.yaml")).toBe("inner");
  expect(await placeOfDefault(read, ["redis", "port"])).toEqual({
    file: "charts/redis/values.yaml",
    line: 1,
  });
  expect(await placeOfDefault(read, ["image", "tag"])).toEqual({ file: "values.yaml", line: 1 });
});

test("the layer of an artifact, without the folder around", async () => {
  const read = chartReader(
    { ...chart, form: "unpacked", path: "" },
    treeOf({ "app/values.yaml": bytes("a: 1") }),
  );
  expect(await read("values.yaml")).toBe("a: 1");
});

test("what is no archive has no files", async () => {
  const read = chartReader(
    { ...chart, form: "archive", path: "chart.tgz" },
    treeOf({ "chart.tgz": bytes("no archive at all") }),
  );
  expect(await read("values.yaml")).toBeUndefined();
});
